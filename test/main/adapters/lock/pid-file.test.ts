import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeFileDurably } from '../../../../main/adapters/files/write-file-durably.ts';
import { writePidFile } from '../../../../main/adapters/lock/pid-file.ts';
import { temporaryHome } from '../files/temporary-home.ts';

const write = (file: string, pid: number) => writePidFile({ file, pid, writeFile: writeFileDurably });

it('holds the number alone, for nobody else to read, and goes again', async () => {
  const file = path.join(temporaryHome(), 'engine.pid');
  const remove = await write(file, 4711);
  expect(readFileSync(file, 'utf8')).toBe('4711\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await remove();
  expect(existsSync(file)).toBe(false);
});

it('is left to the engine that came after, and one that has gone already is no fault', async () => {
  const file = path.join(temporaryHome(), 'engine.pid');
  const removeFirst = await write(file, 4711);
  const removeSecond = await write(file, 4712);
  await removeFirst();
  expect(readFileSync(file, 'utf8')).toBe('4712\n');
  await removeSecond();
  await removeSecond();
  expect(existsSync(file)).toBe(false);
});

it('takes the place of whatever an engine that was killed left', async () => {
  const file = path.join(temporaryHome(), 'engine.pid');
  writeFileSync(file, 'no number at all');
  await write(file, 4711);
  expect(readFileSync(file, 'utf8')).toBe('4711\n');
});

it('cannot be written where there is no folder, and says so', async () => {
  await expect(write(path.join(temporaryHome(), 'none', 'engine.pid'), 4711)).rejects.toThrow();
});
