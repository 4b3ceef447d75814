import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProcesses } from '../../../../main/adapters/processes/processes.ts';
import { createAcceleratorProbe } from '../../../../main/adapters/qemu/accelerator-probe.ts';
import { createQemuFinder, type QemuProgram } from '../../../../main/adapters/qemu/qemu-program.ts';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Processes } from '../../../../main/engine/ports/processes.ts';

const real = createProcesses();
let folder = '';
let qemu: QemuProgram;
beforeEach(async () => {
  folder = mkdtempSync('/tmp/va-');
  const found = await createQemuFinder(real)();
  if (found === null) throw new Error('QEMU is not installed.');
  qemu = found;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Real trials under emulation; those under KVM end as the test says. Counts every trial. */
function counted(kvm: 'runs' | 'hangs' | 'fails') {
  const trials: string[] = [];
  const processes: Processes = {
    ...real,
    run: async (program, args, options) => {
      const accelerator = args[args.indexOf('-accel') + 1] ?? '';
      trials.push(accelerator);
      if (accelerator !== 'kvm') return real.run(program, args, options);
      if (kvm === 'hangs') throw new VigilError('timeout', 'It hangs.');
      return { exitCode: kvm === 'runs' ? 85 : 1, signal: null, stdout: '', stderr: '' };
    },
  };
  return { processes, trials };
}

function probe(processes: Processes, kvmDevice = path.join(folder, 'kvm'), bootId = 'boot') {
  return createAcceleratorProbe({
    processes,
    file: path.join(folder, 'accelerator.json'),
    bootId: () => bootId,
    platform: 'linux',
    kvmDevice,
  });
}

it.each([
  ['runs', 'kvm', 'A test guest ran under KVM.'],
  [
    'hangs',
    'tcg',
    '/dev/kvm opens but a test guest did not run within 2 s, so machines run under TCG emulation, which is slower.',
  ],
  [
    'fails',
    'tcg',
    '/dev/kvm opens but a test guest did not run (QEMU ended with 1), so machines run under TCG emulation, which is slower.',
  ],
] as const)('a KVM that %s gives %s and says why', async (kvm, name, reason) => {
  writeFileSync(path.join(folder, 'kvm'), '');
  const { processes } = counted(kvm);
  expect(await probe(processes).find(qemu)).toMatchObject({ name, reason });
});

it('without /dev/kvm nothing is tried under it', async () => {
  const { processes, trials } = counted('runs');
  const found = await probe(processes).find(qemu);
  expect(found).toMatchObject({ name: 'tcg', reason: expect.stringMatching(/^This computer has no \/dev\/kvm/) });
  expect(found.sandbox).toMatch(/^on,/);
  expect(trials).toEqual(['tcg']);
});

it('callers share one trial, and a later engine needs none until the computer was started anew', async () => {
  const { processes, trials } = counted('runs');
  const one = probe(processes);
  const [first, second] = await Promise.all([one.find(qemu), one.find(qemu)]);
  expect(second).toEqual(first);
  expect(await probe(processes).find(qemu)).toEqual(first);
  expect(trials).toHaveLength(1);
  expect(statSync(path.join(folder, 'accelerator.json')).mode & 0o777).toBe(0o600);
  await probe(processes, undefined, 'another boot').find(qemu);
  expect(trials).toHaveLength(2);
});

it('a damaged memory of it is not believed', async () => {
  const { processes, trials } = counted('runs');
  await probe(processes).find(qemu);
  const file = path.join(folder, 'accelerator.json');
  const good = JSON.parse(readFileSync(file, 'utf8'));
  for (const bad of [
    '',
    '[]',
    JSON.stringify({ ...good, name: 'magic' }),
    JSON.stringify({ ...good, sandbox: 'off' }),
  ]) {
    writeFileSync(file, bad);
    await probe(processes).find(qemu);
  }
  expect(trials).toHaveLength(5);
});
