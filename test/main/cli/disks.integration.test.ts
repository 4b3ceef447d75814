import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import type { Machine, MachineDetail } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { runCliHere } from '../../support/cli-here.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { eventually } from '../../support/eventually.ts';
import { type TinyMachine, tinyMachine } from '../../support/guests/tiny-machine.ts';

/** The verbs on disks, from the command line down to what a Linux inside sees. */

let folder: string;
let home: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vigil-disks-'));
  home = path.join(folder, 'home');
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

const show = (name: string) => json<Machine & Omit<MachineDetail, 'machine'>>('show', name);
const disksOf = async (name: string) => (await show(name)).disks;
const create = (name: string, ...args: string[]) =>
  vigil('create', name, '--memory', '64', '--disk', '16', '--cpus', '1', ...args);

describe('a Linux that runs', () => {
  let guest: TinyMachine;
  beforeEach(async () => {
    guest = await tinyMachine();
  });
  afterEach(() => guest.dispose());

  test('sees its disk grow and a new disk come, and finds both again after a restart', async () => {
    await vigil('create', 'demo', ...guest.createFlags, '--start');
    await guest.booted();
    const sectors = async (disk: string) => Number(await guest.run(`cat /sys/block/${disk}/size`));
    expect(await sectors('vda')).toBe(32_768);

    const grown = await vigil('disk', 'demo', 'grow', '--size', '24');
    expect(grown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(grown.stdout).toMatch(/^Machine 'demo' disk grown: The guest sees the new size now; .*growpart/);
    await eventually('the guest sees the new size', async () => (await sectors('vda')) === 49_152);

    const added = await json<Operation>('disk', 'demo', 'add', 'data', '--size', '8');
    expect(added).toMatchObject({ kind: 'disk-add', state: 'done' });
    await eventually('the guest has the new disk', async () => (await guest.run('ls /sys/block')).includes('vdb'));
    expect(await guest.run('cat /sys/block/vdb/serial')).toBe('data');
    expect(await sectors('vdb')).toBe(16_384);
    await guest.run('echo kept | dd of=/dev/vdb bs=512 conv=sync,fsync');

    expect(await vigil('restart', 'demo', '--force')).toMatchObject({ exitCode: 0 });
    await guest.booted();
    expect([await sectors('vda'), await sectors('vdb')]).toEqual([49_152, 16_384]);
    expect(await guest.run('cat /sys/block/vdb/serial')).toBe('data');
    expect(await guest.run('head -c 4 /dev/vdb')).toBe('kept');
    expect(await disksOf('demo')).toMatchObject([
      { name: 'disk0', virtualMib: 24, fault: null },
      { name: 'data', virtualMib: 8, fault: null },
    ]);
  });
});

test('a disk is checked, compacted and grown at rest; each verb says what it did, in words and JSON', async () => {
  await create('demo');
  expect(await vigil('disk', 'demo', 'check')).toEqual({
    exitCode: 0,
    stdout: "Machine 'demo' disk checked: no faults were found.\n",
    stderr: '',
  });
  expect(await json<Operation>('disk', 'demo', 'compact')).toMatchObject({ kind: 'disk-compact', state: 'done' });
  expect(await json<Operation>('disk', 'demo', 'grow', '--size', '32')).toMatchObject({
    result: { note: expect.stringContaining('at its next start') },
  });
  expect((await show('demo')).config?.diskMib).toBe(32);
  await vigil('disk', 'demo', 'add', 'data', '--size', '8');
  const words = await vigil('show', 'demo');
  expect(words.stdout).toMatch(/Disk disk0: +32 MiB, 1 MiB used, qcow2/);
  expect(words.stdout).toMatch(/Disk data: +8 MiB, 1 MiB used, qcow2, .*disk-data\.qcow2/);
  const actions = (await json<readonly JournalEntry[]>('history', '--vm', 'demo')).map(({ action }) => action);
  expect(actions).toEqual(['disk.added', 'disk.grown', 'disk.compacted', 'disk.checked', 'machine.created']);
});

test('a check that finds something exits 1 until it is repaired', async () => {
  await create('demo');
  const { diskPath } = await show('demo');
  // A count for a cluster that nobody uses.
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write 0 64k', diskPath ?? '']);
  execFileSync('qemu-io', ['-f', 'raw', '-c', 'write -P 0 262144 8', diskPath ?? '']);
  const found = await vigil('disk', 'demo', 'check', '--json');
  expect(found.exitCode).toBe(1);
  const { check } = (JSON.parse(found.stdout) as Operation).result ?? {};
  expect((check?.leaks ?? 0) + (check?.corruptions ?? 0)).toBeGreaterThan(0);
  expect(await vigil('disk', 'demo', 'check', '--repair')).toMatchObject({ exitCode: 0 });
  expect(await vigil('disk', 'demo', 'check')).toMatchObject({ exitCode: 0 });
});

test('a machine is cloned in full and linked, and each clone runs beside its source', async () => {
  await create('demo', '--forward', '20222:22');
  const full = await vigil('clone', 'demo', 'full');
  expect(full).toMatchObject({ exitCode: 0 });
  expect(full.stdout).toMatch(/^Machine 'demo' cloned to 'full': port 20222 -> 22 is \d+ -> 22 there\.\n$/);
  expect(await json<Operation>('clone', 'demo', 'linked', '--linked')).toMatchObject({ result: { made: 'linked' } });
  expect((await disksOf('linked'))[0]?.bases).toEqual((await disksOf('demo'))[0]?.bases);
  expect((await disksOf('full'))[0]?.bases).toEqual([]);
  expect(await vigil('start', 'demo', 'full', 'linked')).toMatchObject({ exitCode: 0 });
  expect(await vigil('clone', 'demo', 'more')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('Stop it first: vigil stop demo'),
  });
  for (const name of ['demo', 'full', 'linked']) await vigil('delete', name, '--force');
  expect(readdirSync(path.join(home, 'machines', 'bases'))).toEqual([]);
});

test('an image of a person is used where it lies and is there when the machine is gone', async () => {
  const own = path.join(folder, 'own.img');
  execFileSync('qemu-img', ['create', '-q', '-f', 'raw', own, '8M']);
  await vigil('list');
  const made = await vigil('create', 'demo', '--memory', '64', '--disk-path', own, '--start');
  expect(made).toMatchObject({ exitCode: 0 });
  const { capabilities, config } = await show('demo');
  expect(config).toMatchObject({ diskPath: own, diskFormat: 'raw', diskMib: 8 });
  expect(capabilities).not.toContain('snapshot');
  expect(await vigil('create', 'other', '--disk-path', own, '--json')).toMatchObject({
    exitCode: 2,
    stdout: expect.stringContaining('is the disk of the machine demo'),
  });
  await vigil('delete', 'demo', '--force');
  expect(existsSync(own)).toBe(true);
});

test('what is used wrongly exits 2 and changes nothing', async () => {
  await create('demo');
  const wrong = [
    ['disk', 'demo', 'melt'],
    ['disk', 'demo', 'grow'],
    ['disk', 'demo', 'grow', '--size', '32', '--repair'],
    ['disk', 'demo', 'grow', '--size', '8'],
    ['disk', 'demo', 'add', '--size', '8'],
    ['disk', 'demo', 'add', 'disk0', '--size', '8'],
    ['disk', 'demo', 'add', 'a-name-of-more-than-twenty', '--size', '8'],
    ['disk', 'demo', 'check', 'data'],
    ['clone', 'demo', 'demo'],
    ['clone', 'demo', 'Not A Name'],
  ];
  for (const args of wrong) expect([args, (await runCliHere(home, args)).exitCode]).toEqual([args, 2]);
  expect(await disksOf('demo')).toMatchObject([{ name: 'disk0', virtualMib: 16 }]);
  expect(await json<readonly Machine[]>('list')).toHaveLength(1);
});
