import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createDataHome } from '../../../../main/adapters/files/create-data-home.ts';
import { temporaryHome } from './temporary-home.ts';

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

it('a new home and its folders are ours alone', async () => {
  const home = path.join(temporaryHome(), 'deep', 'home');
  const { remarks } = await createDataHome(home);
  expect([remarks, modeOf(home), modeOf(path.join(home, 'machines')), modeOf(path.join(home, 'logs'))]).toEqual([
    [],
    '700',
    '700',
    '700',
  ]);
});

it('a home that others may read is closed, and that is said', async () => {
  const home = temporaryHome();
  mkdirSync(path.join(home, 'machines'));
  chmodSync(home, 0o755);
  chmodSync(path.join(home, 'machines'), 0o770);
  const { remarks } = await createDataHome(home);
  expect(remarks).toEqual([
    `${home} could be read by others (mode 755); it is closed now (700).`,
    `${path.join(home, 'machines')} could be read by others (mode 770); it is closed now (700).`,
  ]);
  expect(modeOf(home)).toBe('700');
});

it('an open folder with other things in it is not taken from the others', async () => {
  const home = temporaryHome();
  writeFileSync(path.join(home, 'letter.txt'), 'dear');
  chmodSync(home, 0o777);
  await expect(createDataHome(home)).rejects.toMatchObject({ code: 'refused' });
  expect(modeOf(home)).toBe('777');
});

it('a file in the place of the home is refused', async () => {
  const home = path.join(temporaryHome(), 'home');
  writeFileSync(home, '');
  await expect(createDataHome(home)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('not a folder'),
  });
});

it('a link to a folder of our own is followed', async () => {
  const folder = temporaryHome();
  mkdirSync(path.join(folder, 'real'));
  symlinkSync(path.join(folder, 'real'), path.join(folder, 'home'));
  expect((await createDataHome(path.join(folder, 'home'))).path).toBe(path.join(folder, 'real'));
});

/** Only root can make a folder that belongs to someone else. */
const isRoot = process.getuid?.() === 0;
const notTested = isRoot ? '' : ': NOT TESTED here, it takes root';

it.runIf(isRoot)(`a home that belongs to someone else is refused, also behind a link${notTested}`, async () => {
  const folder = temporaryHome();
  mkdirSync(path.join(folder, 'theirs'));
  chownSync(path.join(folder, 'theirs'), 12345, 12345);
  symlinkSync(path.join(folder, 'theirs'), path.join(folder, 'home'));
  await expect(createDataHome(path.join(folder, 'home'))).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('belongs to another account'),
  });
});
