import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { seemsAlive } from '../../../main/transport/client/find-engine.ts';
import { runCliProcess } from '../../support/cli-process.ts';

/** The command line, a headless engine that it starts itself, and QEMU: nothing stands in for anything. */

let folder: string;
let home: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vigil-cli-'));
  home = path.join(folder, 'home');
});
afterEach(async () => {
  for (const { name } of await machines()) await vigil('delete', name, '--force');
  await vigil('lifecycle', 'daemon', 'stop');
  await rm(folder, { recursive: true, force: true });
});

const vigil = (...args: string[]) => runCliProcess(home, args);

async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await vigil(...args, '--json');
  if (stdout === '') throw new Error(`no document: ${stderr}`);
  return JSON.parse(stdout) as T;
}

const machines = () => json<readonly Machine[]>('list');
const engine = () => json<{ running: boolean; pid: number }>('lifecycle', 'daemon', 'status');

test('a machine is made, started, stopped with its rung told, and deleted without a trace', async () => {
  const made = await vigil('create', 'demo', '--memory', '64', '--disk', '16', '--start');
  expect(made).toMatchObject({ exitCode: 0, stdout: "Machine 'demo' created successfully and started\n" });
  const [demo] = await machines();
  expect(demo).toMatchObject({ name: 'demo', state: 'running', wanted: 'running', memoryMib: 64, diskMib: 16 });
  const pid = demo?.pid ?? 0;
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  // The firmware knows no ACPI: after its second the next rung has its turn.
  const stopped = await json<Operation>('stop', 'demo', '--timeout', '1');
  expect(stopped).toMatchObject({ kind: 'stop', state: 'done', result: { rung: 'quit' } });
  expect(existsSync(`/proc/${pid}`)).toBe(false);
  expect(await vigil('delete', 'demo', '--force')).toMatchObject({ exitCode: 0, stdout: "Machine 'demo' deleted\n" });
  expect(await readdir(path.join(home, 'machines'))).toEqual([]);
  const actions = (await json<{ action: string }[]>('history')).map(({ action }) => action);
  expect(actions.slice(0, 2)).toEqual(['machine.deleted', 'machine.stopped']);
});

test('machines outlive the engine and are there again under the next one', async () => {
  await vigil('create', 'demo', '--memory', '64', '--disk', '16', '--start');
  const [before] = await machines();
  const first = await engine();
  expect(await vigil('lifecycle', 'daemon', 'stop')).toMatchObject({ exitCode: 0 });
  expect(seemsAlive(first)).toBe(false);
  expect(existsSync(`/proc/${before?.pid}`)).toBe(true);
  expect(await engine()).toMatchObject({ running: false, pid: null });
  const [after] = await machines();
  expect(after).toMatchObject({ id: before?.id, state: 'running', pid: before?.pid });
  expect((await engine()).pid).not.toBe(first.pid);
});

test('commands that start at the same moment share one engine', async () => {
  const results = await Promise.all(Array.from({ length: 4 }, () => vigil('list', '--json')));
  expect(results.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(
    Array.from({ length: 4 }, () => [0, '[]\n']),
  );
  expect(await engine()).toMatchObject({ running: true });
});

test('what is refused leaves nothing behind', async () => {
  const create = (...args: string[]) => vigil('create', ...args, '--json');
  const failures = [
    await create('Demo'),
    await create('demo', '--memory', '15'),
    await create('demo', '--kernel', path.join(folder, 'no-such-kernel')),
  ].map(({ exitCode, stdout }) => [exitCode, (JSON.parse(stdout) as { error: { field?: string } }).error.field]);
  expect(failures).toEqual([
    [2, 'name'],
    [2, 'memoryMib'],
    [2, 'kernel'],
  ]);
  await create('demo', '--memory', '64', '--disk', '16');
  const again = await create('demo', '--memory', '64', '--disk', '16');
  expect(again.exitCode).toBe(2);
  expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'bad-input', field: 'name' } });
  expect((await machines()).map(({ name, state }) => [name, state])).toEqual([['demo', 'stopped']]);
  expect(await readdir(path.join(home, 'machines'))).toHaveLength(2);
});
