import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MachineProvider } from '../../../../main/engine/ports/machine-provider.ts';
import type { Reading } from '../../../../main/engine/ports/reading.ts';
import { eventually } from '../../../support/eventually.ts';
import { busyGuestWrites, makeBusyGuest } from '../../../support/guests/busy-guest.ts';
import { atMonitor, createQemuRig, firmwareMachine, type QemuRig, recordOf, work } from '../../../support/qemu.ts';

let rig: QemuRig;
let provider: MachineProvider;

beforeEach(() => {
  rig = createQemuRig();
  provider = rig.provider();
});
afterEach(() => rig.end());

const cpus = 2;
const cpuOf = (reading: Reading) => {
  if (reading.cpu === null) throw new Error('no processor time');
  return reading.cpu;
};

async function busyMachine() {
  const machine = firmwareMachine({ cpus });
  await provider.create(machine, work());
  makeBusyGuest(path.join(rig.home, 'machines', machine.id, 'disk.qcow2'));
  const { runtime } = await provider.start(machine, work());
  return { machine: { ...machine, runtime }, runtime, pid: recordOf(runtime).identity.pid };
}

it('a busy guest shows in the processor time of its process and in the bytes of its disk', async () => {
  const { machine, runtime, pid } = await busyMachine();
  const read = () => provider.read(machine, performance.now());
  let first = await read();
  await eventually(
    'the guest has written and turns',
    async () => {
      first = await read();
      return (first.diskWriteBytes ?? 0) >= busyGuestWrites;
    },
    30_000,
  );
  expect(first).toMatchObject({
    diskWriteBytes: busyGuestWrites,
    memoryPercent: null,
    diskPercent: null,
    networkInBytes: null,
    networkOutBytes: null,
  });
  expect(first.diskReadBytes).toBeGreaterThanOrEqual(512);

  // The kernel's own account of every thread, in nanoseconds, is taken on both sides of ours.
  const before = scheduledMs(pid);
  const second = await read();
  const after = scheduledMs(pid);
  expect(cpuOf(second).busy).toBeGreaterThanOrEqual(before - 30);
  expect(cpuOf(second).busy).toBeLessThanOrEqual(after + 30);

  let third = second;
  await eventually(
    'it used 300 ms more',
    async () => {
      third = await read();
      return cpuOf(third).busy - cpuOf(second).busy >= 300;
    },
    30_000,
  );
  const share = (cpuOf(third).busy - cpuOf(second).busy) / (cpuOf(third).total - cpuOf(second).total);
  console.log(`one of ${cpus} virtual processors busy: ${(share * 100).toFixed(1)} %`);
  expect(share).toBeLessThan(0.6);
  expect([third.epoch, third.takenAtMs > second.takenAtMs]).toEqual([first.epoch, true]);

  // Control: the same guest, held, uses nothing.
  await atMonitor(runtime, 'stop');
  const held = await read();
  const from = performance.now();
  await eventually('a quarter of a second went by', () => performance.now() - from > 250);
  expect(cpuOf(await read()).busy - cpuOf(held).busy).toBeLessThanOrEqual(50);
}, 90_000);

it('a machine that does not run cannot be read, and its next run counts anew', async () => {
  const { machine } = await busyMachine();
  const first = await provider.read(machine, 1000);
  await provider.stop(machine, { force: true, acpiMs: 0 }, work());
  await expect(provider.read(machine, 2000)).rejects.toMatchObject({ name: 'VigilError', code: 'conflict' });
  const run = await provider.start({ ...machine, runtime: null, generation: 2 }, work());
  const second = await provider.read({ ...machine, runtime: run.runtime, generation: 2 }, 3000);
  expect(second.epoch).not.toBe(first.epoch);
});

it('a machine whose monitor is silent still tells its processor time', async () => {
  const { machine, pid } = await busyMachine();
  const first = await provider.read(machine, 1000);
  process.kill(pid, 'SIGSTOP');
  const second = await provider.read(machine, 3000);
  expect(second).toMatchObject({ cpu: { total: 3000 * cpus }, diskReadBytes: null, diskWriteBytes: null });
  expect(cpuOf(second).busy).toBeGreaterThanOrEqual(cpuOf(first).busy);
  process.kill(pid, 'SIGCONT');
});

function scheduledMs(pid: number): number {
  const folder = `/proc/${pid}/task`;
  const times = readdirSync(folder).map((task) =>
    Number(readFileSync(`${folder}/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return times.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}
