import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createFileLog } from '../../../../main/adapters/log/file-log.ts';
import { VigilError } from '../../../../main/contract/failure.ts';

function temporaryHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-log-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

function linesIn(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

it('lines are JSON, in order, from the level on, in a file of ours alone', async () => {
  const home = temporaryHome();
  const log = createFileLog({ file: path.join(home, 'logs', 'vigil.log'), level: 'info' });
  log.write('debug', 'fleet', 'too quiet');
  log.write('info', 'fleet', 'first', { machine: 'm-1' });
  log.write('error', 'qemu', 'second\nline');
  await log.flush();
  const file = path.join(home, 'logs', 'vigil.log');
  expect(linesIn(file)).toEqual([
    { at: expect.any(String), level: 'info', topic: 'fleet', message: 'first', machine: 'm-1' },
    { at: expect.any(String), level: 'error', topic: 'qemu', message: 'second\nline' },
  ]);
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
});

it('an error is written with the chain of its causes', async () => {
  const home = temporaryHome();
  const log = createFileLog({ file: path.join(home, 'logs', 'vigil.log'), level: 'info' });
  const error = new VigilError('refused', 'It did not start.', { cause: new Error('exit code 1') });
  log.write('error', 'qemu', 'start failed', { error });
  await log.flush();
  expect(linesIn(path.join(home, 'logs', 'vigil.log'))[0]).toMatchObject({
    error: { name: 'VigilError', code: 'refused', message: 'It did not start.', cause: { message: 'exit code 1' } },
  });
});

it('what looks like a secret is masked, in fields, texts and errors', async () => {
  const home = temporaryHome();
  const log = createFileLog({ file: path.join(home, 'logs', 'vigil.log'), level: 'info' });
  log.write('info', 'mail', 'sent with password=canary-1 to https://me:canary-2@host/', {
    smtpPassword: 'canary-3',
    headers: { Authorization: 'Bearer canary-4', accept: 'text/plain' },
    error: new Error('refused: Bearer canary-5-canary-5'),
    list: ['api_key: canary-6'],
  });
  await log.flush();
  const text = readFileSync(path.join(home, 'logs', 'vigil.log'), 'utf8');
  expect(text).not.toContain('canary');
  expect(text).toContain('text/plain');
});

it('hostile fields do not break a line: cycles, getters that throw, depth, bulk', async () => {
  const home = temporaryHome();
  const log = createFileLog({ file: path.join(home, 'logs', 'vigil.log'), level: 'info' });
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  log.write('info', 'a', 'cycle', { cycle });
  log.write('info', 'a', 'getter', {
    get bad(): string {
      throw new Error('no');
    },
  });
  log.write('info', 'a', 'bulk', { text: 'x'.repeat(1_000_000), list: Array.from({ length: 5000 }, () => 1), n: 1n });
  log.write('info', 'a', 'not a date', { at: new Date(Number.NaN) });
  await log.flush();
  const lines = linesIn(path.join(home, 'logs', 'vigil.log'));
  expect(lines.map((line) => line.message)).toEqual(['cycle', 'getter', 'bulk', 'not a date']);
  expect(JSON.stringify(lines[2]).length).toBeLessThan(20_000);
});

it('a full file is put aside and three older ones stay', async () => {
  const home = temporaryHome();
  const log = createFileLog({ file: path.join(home, 'logs', 'vigil.log'), level: 'info', limitBytes: 2000 });
  for (let index = 0; index < 100; index += 1) {
    log.write('info', 'a', `line ${index} ${'x'.repeat(200)}`);
    await log.flush();
  }
  const folder = path.join(home, 'logs');
  expect(readdirSync(folder).sort()).toEqual(['vigil.log', 'vigil.log.1', 'vigil.log.2', 'vigil.log.3']);
  expect(Math.max(...readdirSync(folder).map((name) => statSync(path.join(folder, name)).size))).toBeLessThanOrEqual(
    2000,
  );
  expect(linesIn(path.join(folder, 'vigil.log')).at(-1)).toMatchObject({ message: expect.stringContaining('line 99') });
});

it('a folder that cannot be made costs lines and nothing else', async () => {
  const home = temporaryHome();
  writeFileSync(path.join(home, 'logs'), 'a file in the way');
  const log = createFileLog({ file: path.join(home, 'logs', 'vigil.log'), level: 'info' });
  log.write('info', 'a', 'lost');
  await log.flush();
  rmSync(path.join(home, 'logs'));
  log.write('info', 'a', 'kept');
  await log.flush();
  expect(linesIn(path.join(home, 'logs', 'vigil.log')).map((line) => line.message)).toEqual([
    'kept',
    '1 lines could not be written',
  ]);
});
