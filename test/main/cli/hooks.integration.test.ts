import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AzlinImport } from '../../../main/contract/azlin-import.ts';
import type { HealthRound } from '../../../main/contract/health-check.ts';
import type { Hook, HookRun } from '../../../main/contract/hook.ts';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { eventually } from '../../support/eventually.ts';

/** Scripts of a person, a headless engine and QEMU: nothing stands in for anything. */

let folder: string;
let home: string;
let told: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'vigil-hooks-')));
  home = path.join(folder, 'home');
  told = path.join(folder, 'told');
});
afterEach(async () => {
  for (const { name } of await json<readonly Machine[]>('list')) await vigil('delete', name, '--force');
  await vigil('lifecycle', 'daemon', 'stop');
  await rm(folder, { recursive: true, force: true });
});

const vigil = (...args: string[]) => runCliProcess(home, args);
async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await vigil(...args, '--json');
  if (stdout === '') throw new Error(`no document: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Writes down what it is told: one line of its environment, one of its input. */
async function teller(name = 'tell.sh'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(
    file,
    `#!/bin/sh\nread -r input\nprintf '%s|%s|%s|%s\\n%s\\n' "$VIGIL_EVENT_TYPE" "$AZLIN_VM_NAME" "$VIGIL_PROVIDER" "$VIGIL_HOOK_PATH" "$input" >> '${told}'\n`,
  );
  await chmod(file, 0o700);
  return file;
}
const linesTold = async (): Promise<readonly string[]> =>
  (await readFile(told, 'utf8').catch(() => '')).split('\n').filter(Boolean);
const toldTimes = (times: number): Promise<readonly string[]> =>
  eventually(`${times} events told`, async () => {
    const lines = await linesTold();
    return lines.length >= 2 * times && lines;
  });

test('start, stop and delete of a machine run each its hook, once, with the facts', async () => {
  const script = await teller();
  await vigil('create', 'demo', '--memory', '64', '--disk', '16');
  for (const event of ['on_start', 'on_stop', 'on_destroy']) {
    const set = await vigil('lifecycle', 'hook', 'demo', event, script);
    expect(set).toMatchObject({ exitCode: 0, stdout: `Hook ${event} of 'demo' is ${script}, approved\n` });
  }
  const { id } = (await json<readonly Machine[]>('list'))[0] ?? { id: '' };
  await vigil('start', 'demo');
  await toldTimes(1);
  await vigil('stop', 'demo', '--timeout', '1');
  await toldTimes(2);
  await vigil('delete', 'demo', '--force');
  const lines = await toldTimes(3);
  expect(lines.filter((_, index) => index % 2 === 0)).toEqual(
    ['on_start', 'on_stop', 'on_destroy'].map((event) => `${event}|demo|qemu|${script}`),
  );
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ event: 'on_start', machine: { id, name: 'demo' }, test: false });
  const journal = await eventually('three runs in the journal', async () => {
    const entries = await json<readonly JournalEntry[]>('history', '--limit', '50');
    return entries.filter(({ action }) => action === 'hook.ran').length === 3 && entries;
  });
  const causes = journal
    .filter(({ action }) => action === 'hook.ran')
    .map(({ cause }) => journal.find((entry) => entry.id === cause)?.action);
  expect(causes).toEqual(['machine.deleted', 'machine.stopped', 'machine.started']);
  const log = await readFile(path.join(home, 'logs', 'hooks.log'), 'utf8');
  expect(log.trim().split('\n')).toHaveLength(3);
  expect(statSync(path.join(home, 'logs', 'hooks.log')).mode & 0o777).toBe(0o600);
});

test('a test tells what was printed and how it ended; changed bytes wait for a person', async () => {
  const script = path.join(folder, 'fails.sh');
  await writeFile(script, '#!/bin/sh\necho "$VIGIL_EVENT_TYPE"\necho no >&2\nexit 7\n');
  await chmod(script, 0o700);
  await vigil('create', 'demo', '--memory', '64', '--disk', '16');
  await vigil('lifecycle', 'hook', 'demo', 'on_failure', script);
  const fired = await vigil('lifecycle', 'hook', 'demo', 'on_failure', '--test');
  expect(fired).toMatchObject({ exitCode: 1, stdout: 'on_failure\n' });
  expect(fired.stderr).toMatch(/^no\nThe hook on_failure of 'demo', fired as a test, ended with 7/);
  await writeFile(script, '#!/bin/sh\nexit 0\n');
  const [hook] = await json<readonly Hook[]>('lifecycle', 'hook', 'demo');
  expect(hook).toMatchObject({ state: 'changed', event: 'on_failure' });
  const refused = await json<HookRun>('lifecycle', 'hook', 'demo', 'on_failure', '--test');
  expect(refused).toMatchObject({ outcome: 'refused', exitCode: null });
  await vigil('lifecycle', 'hook', 'demo', 'on_failure', script);
  expect(await vigil('lifecycle', 'hook', 'demo', 'on_failure', '--test')).toMatchObject({ exitCode: 0 });
  expect(await vigil('lifecycle', 'hook', 'demo', 'on_failure', '--clear')).toMatchObject({ exitCode: 0 });
  expect(await json('lifecycle', 'hook', 'demo')).toEqual([]);
  expect(await vigil('lifecycle', 'hook', 'demo', 'on_never', script)).toMatchObject({ exitCode: 2 });
});

test('a script that checks a machine has its say once it is approved, and not when others may change it', async () => {
  const script = path.join(folder, 'is-well.sh');
  await writeFile(script, '#!/bin/sh\necho "$VIGIL_VM_NAME smokes"\nexit 1\n');
  await chmod(script, 0o770);
  await vigil('host', 'add', 'demo', '--address', '127.0.0.1', '--port', '9');
  const writable = await vigil('lifecycle', 'check-script', 'demo', script);
  expect(writable).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`chmod go-w ${script}`) });
  await chmod(script, 0o700);
  const set = await vigil('lifecycle', 'check-script', 'demo', script);
  expect(set).toMatchObject({ exitCode: 0, stdout: `'demo' is checked by ${script}, approved\n` });
  const checked = async () =>
    (await json<HealthRound>('check', 'demo')).checks.find(({ method }) => method === 'script');
  expect(await checked()).toMatchObject({ kind: 'degraded', reason: 'demo smokes' });
  await writeFile(script, '#!/bin/sh\nexit 0\n');
  expect(await checked()).toMatchObject({
    kind: 'unknown',
    advice: expect.stringContaining(`vigil lifecycle check-script demo ${script}`),
  });
  expect(await vigil('lifecycle', 'check-script', 'demo', '--text')).toMatchObject({ stdout: '#!/bin/sh\nexit 0\n' });
  await vigil('host', 'remove', 'demo');
});

test('[daemon] says where the log and the pid file are, and how much is said', async () => {
  await mkdir(home, { mode: 0o700 });
  const log = path.join(folder, 'elsewhere', 'own.log');
  await writeFile(
    path.join(home, 'lifecycle-config.toml'),
    `[daemon]\npid_file = "run/own.pid"\nlog_file = "${log}"\nlog_level = "ERROR"\n`,
  );
  await vigil('list');
  const { pid } = await json<{ pid: number }>('lifecycle', 'daemon', 'status');
  const pidFile = path.join(home, 'run', 'own.pid');
  expect(await readFile(pidFile, 'utf8')).toBe(`${pid}\n`);
  expect([statSync(pidFile).mode & 0o777, statSync(log).mode & 0o777]).toEqual([0o600, 0o600]);
  expect(await readFile(log, 'utf8')).toBe('');
  expect(await json('lifecycle', 'daemon', 'logs')).toMatchObject({ path: log, lines: [] });
  await vigil('lifecycle', 'daemon', 'stop');
  expect(existsSync(pidFile)).toBe(false);
  await writeFile(path.join(home, 'lifecycle-config.toml'), '[daemon]\nlog_file = "/proc/none/own.log"\n');
  expect(await vigil('list')).toMatchObject({ exitCode: 0 });
  expect(await json('lifecycle', 'daemon', 'logs')).toMatchObject({ path: path.join(home, 'logs', 'vigil.log') });
});

test('an older tool has its watching taken over once, its scripts waiting for approval', async () => {
  const other = path.join(folder, '.azlin');
  const script = await teller();
  await mkdir(other);
  await writeFile(
    path.join(other, 'lifecycle-config.toml'),
    `[vms.demo]\nenabled = true\ncheck_interval_seconds = 120\nrestart_policy = "on-failure"\nssh_failure_threshold = 5\n\n[vms.demo.hooks]\non_start = ""\non_stop = "${script}"\n\n[vms.later]\nenabled = false\n\n[vms.bad]\nrestart_policy = "sometimes"\n\n[daemon]\nlog_level = "DEBUG"\n`,
  );
  await vigil('create', 'demo', '--memory', '64', '--disk', '16');
  await writeFile(path.join(home, 'lifecycle-config.toml'), '# mine\n');
  const first = await runCliProcess(home, ['import', 'azlin', other, '--json']);
  expect(first.exitCode).toBe(1);
  expect(JSON.parse(first.stdout) as AzlinImport).toMatchObject({
    imported: [
      { name: 'demo', isHere: true, hooks: 1 },
      { name: 'later', isHere: false, hooks: 0 },
    ],
    faults: [{ field: 'vms.bad.restart_policy' }],
  });
  const text = await readFile(path.join(home, 'lifecycle-config.toml'), 'utf8');
  expect(text).toMatch(/^# mine\n[\s\S]*check_interval_seconds = 120[\s\S]*on_stop = /);
  expect(await json('lifecycle', 'hook', 'demo')).toMatchObject([{ event: 'on_stop', state: 'waiting' }]);
  const second = await vigil('import', 'azlin', other);
  expect(second.stdout).toContain("Machine 'demo' left alone: how it is watched is set here already");
  expect(await readFile(path.join(home, 'lifecycle-config.toml'), 'utf8')).toBe(text);
});
