import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startHeadlessEngine } from '../../../main/cli/start-engine.ts';
import { connectToEngine } from '../../../main/transport/client/engine-client.ts';
import { findEngine } from '../../../main/transport/client/find-engine.ts';
import { eventually } from '../../support/eventually.ts';
import { recordingLog } from '../../support/recording-log.ts';

const stub = path.resolve(import.meta.dirname, '../../support/stub-headless.ts');
let folder: string;
let home: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vigil-start-'));
  home = path.join(folder, 'home');
});
afterEach(async () => {
  const lock = await findEngine(home);
  if (lock !== null) process.kill(lock.pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const connect = (start = (where: string) => startHeadlessEngine(stub, where)) =>
  connectToEngine({ home, face: 'cli', log: recordingLog(), start });

test('an engine that is started answers, in a session of its own, its words in a private log', async () => {
  const connection = await connect();
  const { pid } = await connection.call('engine.status', {});
  connection.close();
  expect(pid).not.toBe(process.pid);
  // pgrp and session, the fifth and sixth field, are its own.
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  expect([Number(fields[2]), Number(fields[3])]).toEqual([pid, pid]);
  const log = path.join(home, 'logs', 'headless.log');
  expect(await readFile(log, 'utf8')).toBe('the stub begins\n');
  expect((await stat(log)).mode & 0o777).toBe(0o600);
  expect((await stat(home)).mode & 0o777).toBe(0o700);
  expect((await stat(path.dirname(log))).mode & 0o777).toBe(0o700);
});

test('a pipe that waits for its caller is not held open by the engine', async () => {
  // A process with pipes of ours starts the engine and ends; `close` comes only when nobody else has those pipes.
  const script = `
    import { startHeadlessEngine } from ${JSON.stringify(path.resolve('main/cli/start-engine.ts'))};
    import { openSync } from 'node:fs';
    openSync(process.execPath, 'r');
    await startHeadlessEngine(${JSON.stringify(stub)}, ${JSON.stringify(home)});
    process.exit(0);
  `;
  const caller = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: 'pipe' });
  await new Promise((resolve) => caller.once('close', resolve));
  await eventually('the engine is there', async () => (await findEngine(home)) !== null);
  const pid = (await findEngine(home))?.pid ?? 0;
  const open = ['0', '1', '2'].map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
  const log = path.join(home, 'logs', 'headless.log');
  expect(open).toEqual(['/dev/null', log, log]);
});

test('an engine that dies while it starts is told with how and its last words, and not those of an earlier one', async () => {
  const connection = await connect();
  await connection.call('engine.shutdown', {});
  await eventually('the first one is gone', async () => (await findEngine(home)) === null);
  process.env.STUB_ENGINE = 'dies';
  try {
    await expect(connect()).rejects.toMatchObject({
      code: 'unreachable',
      message: 'The engine ended at once (exit code 3).',
      hint: 'It said: no space left on device',
    });
  } finally {
    delete process.env.STUB_ENGINE;
  }
});

test('a program that cannot be started is told', async () => {
  const missing = path.join(folder, 'missing.ts');
  await expect(connect((where) => startHeadlessEngine(missing, where))).rejects.toMatchObject({
    code: 'unreachable',
    hint: expect.stringContaining('Cannot find module'),
  });
});
