import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Handlers } from '../../../main/contract/calls.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import { MachineConfig, MachineDraft } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { nothingLocal } from '../../../main/engine/fleet/nothing-local.ts';
import { type CliHome, cliHome } from '../../support/cli-home.ts';
import { sampleMachine, sampleOperation } from '../../support/sample-machine.ts';

/** The real command line, in front of an engine whose answers are ours. */

let cli: CliHome;
const engine = async (answers: Partial<Handlers>) => {
  await cli.end();
  cli = await cliHome(answers);
};
const endsAs = (changes: Partial<Operation>): Partial<Handlers> => {
  const begin = () => sampleOperation({ ...changes, state: 'running' });
  return {
    'machine.pause': begin,
    'machine.resume': begin,
    'machine.edit': begin,
    'machine.tag': begin,
    'machine.rename': begin,
    'machine.delete': begin,
    'machine.undelete': begin,
    'operation.wait': () => sampleOperation(changes),
  };
};

beforeEach(async () => {
  cli = await cliHome({});
});
afterEach(() => cli.end());

describe('create', () => {
  test('hands on the flags of disk, network, firmware and QEMU', async () => {
    await engine({ 'machine.create': () => sampleOperation({ kind: 'create' }), ...endsAs({ kind: 'create' }) });
    const { exitCode } = await cli.vigil(
      ...['create', 'demo', '--disk-path', '/images/a.qcow2', '--preallocation', 'metadata', '--firmware', 'uefi'],
      ...['--network', 'bridge', '--bridge', 'br0', '--qemu-arg', '-cpu', '--qemu-arg', 'max', '--qemu-arg=-usb'],
    );
    expect(exitCode).toBe(0);
    expect(cli.inputOf('machine.create')).toEqual({
      ...MachineDraft.parse({ name: 'demo' }),
      diskPath: '/images/a.qcow2',
      preallocation: 'metadata',
      firmware: 'uefi',
      network: 'bridge',
      bridge: 'br0',
      qemuArgs: ['-cpu', 'max', '-usb'],
    });
  });

  test('begins with a file, its file names meant from there; flags come on top', async () => {
    const config = MachineConfig.parse({ cpus: 4, memoryMib: 96, kernel: 'vmlinuz', tags: ['web'] });
    await engine({
      'machine.create': () => sampleOperation({ kind: 'create' }),
      'definition.read': () => ({ name: 'other', config }),
      ...endsAs({ kind: 'create' }),
    });
    const file = path.join(cli.home, 'base.yaml');
    await writeFile(file, 'cpus: 4\n');
    expect((await cli.vigil('create', 'demo', '--from-file', file, '--cpus', '1')).exitCode).toBe(0);
    expect(cli.inputOf('definition.read')).toEqual({ text: 'cpus: 4\n' });
    expect(cli.inputOf('machine.create')).toEqual({
      ...MachineDraft.parse({ name: 'demo' }),
      ...config,
      cpus: 1,
      kernel: path.join(cli.home, 'vmlinuz'),
    });
  });

  test('a file at fault is named with line and field; one that is none too', async () => {
    await engine({
      'definition.read': () => {
        throw new VigilError('bad-input', 'line 2: unknown key "memroy"; did you mean "memory"?', { field: 'memroy' });
      },
    });
    const file = path.join(cli.home, 'base.yaml');
    await writeFile(file, 'cpus: 4\nmemroy: 3\n');
    const result = await cli.vigil('create', 'demo', '--from-file', file, '--json');
    expect(result.exitCode).toBe(2);
    expect(JSON.parse(result.stdout)).toEqual({
      error: {
        code: 'bad-input',
        message: `${file} line 2: unknown key "memroy"; did you mean "memory"?`,
        field: 'memroy',
      },
    });
    for (const wrong of [path.join(cli.home, 'none.yaml'), cli.home, '/dev/zero']) {
      const refused = await cli.vigil('create', 'demo', '--from-file', wrong, '--json');
      expect([refused.exitCode, JSON.parse(refused.stdout).error.field]).toEqual([2, 'fromFile']);
    }
  });

  test.each([
    ['--network', 'brigde', 'network'],
    ['--bridge', 'a b', 'bridge'],
  ])('%s %s is used wrongly', async (flag, value, field) => {
    const { exitCode, stdout } = await cli.vigil('create', 'demo', flag, value, '--json');
    expect([exitCode, JSON.parse(stdout).error.field]).toEqual([2, field]);
  });
});

describe('pause and resume', () => {
  test.each([
    ['pause', 'machine.pause', "Machine 'demo' paused\n"],
    ['resume', 'machine.resume', "Machine 'demo' resumed\n"],
  ] as const)('%s says when it is so, and prints the operation with --json', async (verb, call, stdout) => {
    await engine(endsAs({ kind: verb }));
    expect(await cli.vigil(verb, 'demo')).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(cli.inputOf(call)).toEqual({ machine: 'demo' });
    expect(JSON.parse((await cli.vigil(verb, 'demo', '--json')).stdout)).toEqual(sampleOperation({ kind: verb }));
  });

  test('a refusal is told with its way out, exit code 1', async () => {
    await engine({
      'machine.resume': () => {
        throw new VigilError('refused', "'demo' is stopped and cannot be resumed.", { hint: 'Start it.' });
      },
    });
    const result = await cli.vigil('resume', 'demo');
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toContain("Machine 'demo' failed to resume: 'demo' is stopped and cannot be resumed.");
    expect(result.stderr).toContain('hint: Start it.');
  });
});

describe('changes', () => {
  test('edit hands on what is to be changed, and says when it takes effect', async () => {
    await engine(endsAs({ kind: 'edit', result: { pending: true } }));
    expect(await cli.vigil('edit', 'demo', '--cpus', '4', '--memory', '512', '--disk', '30000')).toEqual({
      exitCode: 0,
      stdout: "Machine 'demo' changed\n",
      stderr: 'hint: It takes effect at the next start: vigil restart demo\n',
    });
    expect(cli.inputOf('machine.edit')).toEqual({
      machine: 'demo',
      change: { cpus: 4, memoryMib: 512, diskMib: 30_000 },
    });
    await engine(endsAs({ kind: 'edit', result: { pending: false } }));
    expect(await cli.vigil('edit', 'demo', '--cpus', '1')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse((await cli.vigil('edit', 'demo', '--cpus', '1', '--json')).stdout)).toMatchObject({
      kind: 'edit',
      result: { pending: false },
    });
  });

  test.each([
    [['edit', 'demo'], 'change'],
    [['edit', 'demo', '--memory', '1'], 'change.memoryMib'],
    [['edit', 'demo', '--cpus', 'many'], 'change.cpus'],
    [['tag', 'demo', 'paint', 'web'], 'action'],
    [['tag', 'demo', 'add', 'not a tag'], 'tag'],
  ])('%j is used wrongly', async (args, field) => {
    const { exitCode, stdout } = await cli.vigil(...args, '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'bad-input', field } });
  });

  test('tag gives and takes a tag', async () => {
    await engine(endsAs({ kind: 'edit', result: { pending: false } }));
    expect(await cli.vigil('tag', 'demo', 'remove', 'web')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(cli.inputOf('machine.tag')).toEqual({ machine: 'demo', action: 'remove', tag: 'web' });
  });

  test.each([
    ['protect', true, "Machine 'demo' protected\n"],
    ['unprotect', false, "Machine 'demo' no longer protected\n"],
  ])('%s says how it is now, and prints the machine with --json', async (verb, wish, stdout) => {
    await engine({ 'machine.protect': ({ protected: now }) => sampleMachine({ protected: now }) });
    expect(await cli.vigil(verb, 'demo')).toEqual({ exitCode: 0, stdout, stderr: '' });
    expect(cli.inputOf('machine.protect')).toEqual({ machine: 'demo', protected: wish });
    expect(JSON.parse((await cli.vigil(verb, 'demo', '--json')).stdout)).toEqual(sampleMachine({ protected: wish }));
  });

  test('list can be of one group, and show tells group, protection and what waits', async () => {
    const machine = sampleMachine({ group: 'shop', protected: true });
    const config = MachineConfig.parse({
      ...{ cpus: 1, memoryMib: 64, diskMib: 16, iso: '/a.iso', firmware: 'uefi', network: 'bridge', bridge: 'br0' },
      qemuArgs: ['-cpu', 'max'],
    });
    const { iso: _iso, ...rest } = config;
    await engine({
      'machine.list': () => [machine],
      'machine.get': () => ({
        ...nothingLocal,
        machine,
        config,
        pending: { ...rest, cpus: 4 },
      }),
    });
    expect((await cli.vigil('list', '--group', 'shop')).stdout).toContain('shop/demo');
    expect(cli.inputOf('machine.list')).toEqual({ group: 'shop' });
    const { stdout } = await cli.vigil('show', 'shop/demo');
    expect(stdout).toMatch(/Group: +shop/);
    expect(stdout).toMatch(/Protected: +yes/);
    expect(stdout).toMatch(/Firmware: +uefi\nNetwork: +bridge br0\n/);
    expect(stdout).toMatch(/QEMU arguments: +-cpu max/);
    expect(stdout).toMatch(/At the next start: +cpus 4, iso taken away/);
  });
});

describe('rename, delete and undelete', () => {
  test('rename hands on both names', async () => {
    await engine(endsAs({ kind: 'rename' }));
    expect(await cli.vigil('rename', 'demo', 'shop')).toEqual({
      exitCode: 0,
      stdout: "Machine 'demo' renamed\n",
      stderr: '',
    });
    expect(cli.inputOf('machine.rename')).toEqual({ machine: 'demo', name: 'shop' });
    const wrong = await cli.vigil('rename', 'demo', 'My Shop', '--json');
    expect([wrong.exitCode, JSON.parse(wrong.stdout).error.field]).toEqual([2, 'name']);
  });

  test('delete says until when it can be brought back, and how', async () => {
    await engine(endsAs({ kind: 'delete', result: { restorableUntil: '2026-01-08T00:00:00.000Z' } }));
    expect(await cli.vigil('delete', 'demo')).toEqual({
      exitCode: 0,
      stdout: "Machine 'demo' deleted\n",
      stderr: 'hint: Until 2026-01-08T00:00:00.000Z it can be brought back: vigil undelete demo\n',
    });
    expect(cli.inputOf('machine.delete')).toEqual({ machine: 'demo', force: false });
  });

  test('undelete brings it back', async () => {
    await engine(endsAs({ kind: 'undelete' }));
    expect(await cli.vigil('undelete', 'demo')).toMatchObject({ exitCode: 0, stdout: "Machine 'demo' is back\n" });
    expect(cli.inputOf('machine.undelete')).toEqual({ machine: 'demo' });
    expect(JSON.parse((await cli.vigil('undelete', 'demo', '--json')).stdout)).toMatchObject({ kind: 'undelete' });
  });

  test('list --deleted shows the bin', async () => {
    const machine = sampleMachine({ state: 'stopped', deletedAt: '2026-01-01T00:00:00.000Z' });
    await engine({ 'machine.bin': () => [machine] });
    const { stdout } = await cli.vigil('list', '--deleted');
    expect(stdout).toMatch(
      /^VM NAME +ID +DELETED +SIZE\ndemo +5e2a7c1e\S+ +2026-01-01T00:00:00.000Z +1 CPU, 64 MiB\n$/,
    );
    expect(JSON.parse((await cli.vigil('list', '--deleted', '--json')).stdout)).toEqual([machine]);
    expect((await cli.vigil('list', '--deleted', '--tag', 'web')).exitCode).toBe(2);
    await engine({ 'machine.bin': () => [] });
    expect(await cli.vigil('list', '--deleted')).toMatchObject({ exitCode: 0, stdout: '' });
  });
});

test.each([...['pause', 'resume', 'edit', 'tag', 'protect', 'unprotect', 'rename', 'undelete']])(
  'help for %s has an example',
  async (verb) => {
    const result = await cli.vigil(verb, '--help');
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain(`Example:\n  vigil ${verb} `);
  },
);
