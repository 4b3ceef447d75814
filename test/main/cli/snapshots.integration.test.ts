import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Handlers } from '../../../main/contract/calls.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import type { Snapshot } from '../../../main/contract/snapshot.ts';
import { type CliHome, cliHome } from '../../support/cli-home.ts';
import { sampleOperation } from '../../support/sample-machine.ts';

/** The real command line, in front of an engine whose answers are ours. */

let cli: CliHome;
const engine = async (answers: Partial<Handlers>) => {
  await cli.end();
  cli = await cliHome(answers);
};
const endsAs = (changes: Partial<Operation>): Partial<Handlers> => {
  const begin = () => sampleOperation({ ...changes, state: 'running' });
  return {
    'machine.suspend': begin,
    'snapshot.take': begin,
    'snapshot.revert': begin,
    'snapshot.delete': begin,
    'operation.wait': () => sampleOperation(changes),
  };
};

beforeEach(async () => {
  cli = await cliHome({});
});
afterEach(() => cli.end());

const snapshot = (changes: Partial<Snapshot>): Snapshot => ({
  id: '5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d',
  name: 'clean',
  machine: 'demo',
  machineId: '5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d',
  at: '2026-01-01T12:00:00.000Z',
  parent: null,
  sizeBytes: 40_000_000,
  live: true,
  creator: 'user',
  user: 'dev',
  expiresAt: null,
  current: false,
  consistent: false,
  obstacle: null,
  ...changes,
});

describe('verbs', () => {
  test.each([
    [['snapshot', 'demo', 'clean'], 'snapshot', 'snapshot.take', { machine: 'demo', name: 'clean' }, 'snapshot taken'],
    [
      ['revert', 'demo', 'clean'],
      'revert',
      'snapshot.revert',
      { machine: 'demo', snapshot: 'clean', memory: true },
      'reverted',
    ],
    [
      ['revert', 'demo', 'clean', '--without-memory'],
      'revert',
      'snapshot.revert',
      { machine: 'demo', snapshot: 'clean', memory: false },
      'reverted',
    ],
    [
      ['snapshot-delete', 'demo', 'clean'],
      'snapshot-delete',
      'snapshot.delete',
      { machine: 'demo', snapshot: 'clean' },
      'snapshot deleted',
    ],
    [['suspend', 'demo'], 'suspend', 'machine.suspend', { machine: 'demo' }, 'suspended to disk'],
  ] as const)(
    '%j says when it is done, and prints the operation with --json',
    async (args, kind, call, input, done) => {
      await engine(endsAs({ kind }));
      expect(await cli.vigil(...args)).toEqual({ exitCode: 0, stdout: `Machine 'demo' ${done}\n`, stderr: '' });
      expect(cli.inputOf(call)).toEqual(input);
      expect(JSON.parse((await cli.vigil(...args, '--json')).stdout)).toEqual(sampleOperation({ kind }));
    },
  );

  test('a revert tells what is kept', async () => {
    await engine(
      endsAs({ kind: 'revert', result: { note: "How it was before is kept for 7 days as 'before-clean'." } }),
    );
    expect((await cli.vigil('revert', 'demo', 'clean')).stdout).toContain("kept for 7 days as 'before-clean'");
  });

  test('a refusal is told with its way out, exit code 1; a name that is none is used wrongly, exit code 2', async () => {
    await engine({
      'snapshot.revert': () => {
        throw new VigilError('refused', 'Its memory cannot be loaded.', { hint: 'Take its disks alone.' });
      },
    });
    const refused = await cli.vigil('revert', 'demo', 'clean');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('hint: Take its disks alone.');
    expect(await cli.vigil('snapshot', 'demo', '-bad/name')).toMatchObject({ exitCode: 2 });
    expect(await cli.vigil('snapshot', 'demo')).toMatchObject({ exitCode: 2 });
  });

  test.each(['snapshot', 'snapshots', 'revert', 'snapshot-delete', 'suspend'])(
    '%s has help with an example',
    async (verb) => {
      const { exitCode, stdout } = await cli.vigil(verb, '--help');
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`vigil ${verb} demo`);
    },
  );
});

test('create hands on the firmware, and refuses one there is not', async () => {
  await engine({ ...endsAs({ kind: 'create' }), 'machine.create': () => sampleOperation({ kind: 'create' }) });
  expect(await cli.vigil('create', 'demo', '--firmware', 'uefi')).toMatchObject({ exitCode: 0 });
  expect(cli.inputOf('machine.create')).toMatchObject({ name: 'demo', firmware: 'uefi' });
  expect(await cli.vigil('create', 'demo', '--firmware', 'tpm')).toMatchObject({ exitCode: 2 });
});

describe('the list', () => {
  test('is a tree with where the machine is, and an array with --json', async () => {
    const all = [
      snapshot({ name: 'clean', consistent: true }),
      snapshot({ name: 'next', parent: 'clean', current: true }),
      snapshot({
        name: 'before-clean',
        parent: 'next',
        live: false,
        sizeBytes: null,
        creator: 'safety',
        user: null,
        expiresAt: '2026-01-08T12:00:00.000Z',
      }),
      snapshot({ name: 'old', obstacle: 'Its memory was saved on a machine type that is gone.' }),
    ];
    await engine({ 'snapshot.list': () => all });
    const { exitCode, stdout } = await cli.vigil('snapshots', 'demo');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').map((line) => line.trimEnd().replaceAll(/ {2,}/g, '  '))).toEqual([
      'SNAPSHOT  TAKEN  KIND  SIZE  BY  REMARK',
      'clean  2026-01-01 12:00:00  memory  39 MiB  dev  file systems at rest',
      '  next *  2026-01-01 12:00:00  memory  39 MiB  dev',
      '  before-clean  2026-01-01 12:00:00  disks  -  safety  kept until 2026-01-08',
      'old  2026-01-01 12:00:00  memory  39 MiB  dev  Its memory was saved on a machine type that is gone.',
      '',
    ]);
    expect(JSON.parse((await cli.vigil('snapshots', 'demo', '--json')).stdout)).toEqual(all);
  });

  test('that is empty is a word on standard error and an empty array in JSON', async () => {
    await engine({ 'snapshot.list': () => [] });
    expect(await cli.vigil('snapshots', 'demo')).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await cli.vigil('snapshots', 'demo', '--json')).stdout).toBe('[]\n');
  });
});
