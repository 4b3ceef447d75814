import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Machine, MachineConfig } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { startEngineProcess } from '../../support/engine-process.ts';
import { killProcessesOfHome } from '../../support/processes-of-home.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** The command line, a headless engine and QEMU: nothing stands in for anything. */

let folder: string;
let home: string;

beforeEach(async () => {
  folder = await mkdtemp('/tmp/vu-');
  home = path.join(folder, 'home');
});
afterEach(async () => {
  await vigil('lifecycle', 'daemon', 'stop');
  await killProcessesOfHome(home);
  await rm(folder, { recursive: true, force: true });
});

const vigil = (...args: string[]) => runCliProcess(home, args);
async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await vigil(...args, '--json');
  if (stdout === '') throw new Error(`no document: ${stderr}`);
  return JSON.parse(stdout) as T;
}
const done = (...args: string[]) =>
  json<Operation>(...args).then(({ state, error }) => {
    if (state !== 'done') throw new Error(`${args.join(' ')}: ${error?.message}`);
  });
const definition = (name: string) => readFile(path.join(home, 'machines', `${name}.yaml`), 'utf8');

test('a machine from a file is edited, tagged, renamed while it runs, paused, deleted and brought back', async () => {
  const file = path.join(folder, 'base.yaml');
  await writeFile(file, 'memory: 64\ndisk_size: 16\nfirmware: bios\nqemu_args: ["-rtc", "base=utc"]\ntags: [base]\n');
  await done('create', 'demo', '--from-file', file, '--cpus', '1', '--start');
  const started = await json<Machine>('status', 'demo');
  expect(started).toMatchObject({ state: 'running', cpus: 1, memoryMib: 64, tags: ['base'] });

  // A person's own words in the file.
  await writeFile(path.join(home, 'machines', 'demo.yaml'), `# for the fair\n${await definition('demo')}`);
  expect(await vigil('edit', 'demo', '--cpus', '2', '--memory', '96')).toMatchObject({
    exitCode: 0,
    stderr: 'hint: It takes effect at the next start: vigil restart demo\n',
  });
  const waiting = await json<Machine & { config: MachineConfig; pending?: MachineConfig }>('show', 'demo');
  expect([waiting.cpus, waiting.config.cpus, waiting.pending?.cpus, waiting.notice?.kind]).toEqual([1, 1, 2, 'edited']);

  await done('tag', 'demo', 'add', 'fair');
  await done('rename', 'demo', 'stand');
  const renamed = await json<Machine>('status', 'stand');
  expect(renamed).toMatchObject({ id: started.id, pid: started.pid, state: 'running', tags: ['base', 'fair'] });
  expect(await definition('stand')).toMatch(/^# for the fair\n[\s\S]*name: stand\n[\s\S]*cpus: 2\n/);
  expect(existsSync(path.join(home, 'machines', 'demo.yaml'))).toBe(false);

  await done('pause', 'stand');
  expect(await json<Machine[]>('list', '--filter', 'PAUSED')).toMatchObject([{ name: 'stand', wanted: 'paused' }]);
  await done('resume', 'stand');
  expect((await vigil('delete', 'stand')).stderr).toContain("'stand' is running.");
  await done('restart', 'stand', '--force');
  expect(await json<Machine>('status', 'stand')).toMatchObject({ cpus: 2, memoryMib: 96, notice: null });
  await done('stop', 'stand', '--force');

  await vigil('protect', 'stand');
  expect((await vigil('delete', 'stand', '--force')).stderr).toContain("'stand' is protected.");
  await vigil('unprotect', 'stand');
  expect((await vigil('delete', 'stand')).stderr).toMatch(/it can be brought back: vigil undelete stand/);
  expect(await json<Machine[]>('list')).toEqual([]);
  expect(await json<Machine[]>('list', '--deleted')).toMatchObject([{ id: started.id, name: 'stand' }]);
  await done('undelete', 'stand');
  expect(await definition('stand')).toContain('# for the fair');
  await done('start', 'stand');

  const actions = (await json<{ action: string }[]>('history', '--vm', 'stand', '--limit', '100')).map(
    ({ action }) => action,
  );
  expect(actions).toEqual(
    expect.arrayContaining(['machine.edited', 'machine.renamed', 'machine.paused', 'machine.resumed']),
  );
  const before = (await json<{ action: string }[]>('history', '--vm', 'demo')).map(({ action }) => action);
  expect(before).toContain('machine.renamed');

  const both = await json<unknown[]>('start', 'stand', 'nobody');
  expect(both).toMatchObject([{ state: 'done' }, { error: { code: 'not-found' } }]);
  expect((await vigil('start', 'stand', 'nobody')).exitCode).toBe(1);
}, 240_000);

test('an engine that is killed inside a rename, a deletion or a return leaves one whole machine', async () => {
  const random = seededRandom();
  const start = () => startEngineProcess(home, 'main/headless/main.ts');
  let engine = await start();
  const begun = await engine.connection.call('machine.create', { name: 'a', memoryMib: 32, diskMib: 4, cpus: 1 });
  const { machineId: id } = await engine.connection.call('operation.wait', { operation: begun.id });
  await engine.connection.call('lifecycle.enable', { machine: 'a', watch: { ssh_host: '127.0.0.1', enabled: true } });
  const verbs: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    const [living] = await engine.connection.call('machine.list', {});
    const verb = living === undefined ? 'undelete' : random.pick(['rename', 'rename', 'delete']);
    const ignore = (work: Promise<unknown>): void => void work.catch(() => undefined);
    if (verb === 'undelete') ignore(engine.connection.call('machine.undelete', { machine: id }));
    if (verb === 'rename') ignore(engine.connection.call('machine.rename', { machine: id, name: `n${round}` }));
    if (verb === 'delete') ignore(engine.connection.call('machine.delete', { machine: id }));
    await pause(random.next() * 20);
    await engine.kill();
    engine = await start();
    const [list, bin] = await Promise.all([
      engine.connection.call('machine.list', {}),
      engine.connection.call('machine.bin', {}),
    ]);
    const [only, ...others] = [...list, ...bin];
    expect([only?.id, others]).toEqual([id, []]);
    verbs.push(`${verb}:${list.length === 1 ? only?.name : 'bin'}`);
    const files = await readdir(path.join(home, 'machines'));
    const isLiving = list.length === 1;
    expect(files.filter((name) => name.endsWith('.yaml'))).toEqual(isLiving ? [`${only?.name}.yaml`] : []);
    expect(existsSync(path.join(home, 'machines', id, 'definition.yaml'))).toBe(!isLiving);
    const table = await readFile(path.join(home, 'lifecycle-config.toml'), 'utf8');
    expect(table.match(/\[vms\..*\]/g) ?? []).toEqual(isLiving ? [`[vms.${only?.name}]`] : []);
    const cut = (await engine.connection.call('operation.list', {})).filter(({ state }) => state === 'running');
    expect(cut).toEqual([]);
  }
  console.log(`killed 12 times, seed=${random.seed}: ${verbs.join(' ')}`);
  await engine.stop();
}, 240_000);
