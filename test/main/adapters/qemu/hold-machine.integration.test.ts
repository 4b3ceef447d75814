import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MachineProvider } from '../../../../main/engine/ports/machine-provider.ts';
import { eventually } from '../../../support/eventually.ts';
import { makeBusyGuest } from '../../../support/guests/busy-guest.ts';
import { atMonitor, createQemuRig, firmwareMachine, type QemuRig, work, writePort } from '../../../support/qemu.ts';

/** Real QEMU: the guest is a boot sector that keeps one virtual processor busy for ever. */

let rig: QemuRig;
let provider: MachineProvider;

beforeEach(() => {
  rig = createQemuRig();
  provider = rig.provider();
});
afterEach(() => rig.end());

async function busyMachine() {
  const machine = firmwareMachine({ cpus: 2 });
  await provider.create(machine, work());
  makeBusyGuest(path.join(rig.home, 'machines', machine.id, 'disk.qcow2'));
  const { runtime } = await provider.start(machine, work());
  const started = { ...machine, runtime };
  const busyMs = async () => (await provider.read(started, performance.now())).cpu?.busy ?? Number.NaN;
  /** Processor time that the machine used while a quarter of a second went by. */
  const usedMs = async () => {
    const before = await busyMs();
    const from = performance.now();
    await eventually('a quarter of a second went by', () => performance.now() - from > 250);
    return (await busyMs()) - before;
  };
  await eventually('the guest turns', async () => (await usedMs()) > 50, 60_000);
  return { machine: started, runtime, usedMs, busyMs };
}

it('a paused machine uses no processor, a resumed one goes on', async () => {
  const { machine, runtime, usedMs, busyMs } = await busyMachine();
  await provider.pause(machine, work());
  expect(await atMonitor(runtime, 'query-status')).toMatchObject({ running: false, status: 'paused' });
  expect(await usedMs()).toBeLessThanOrEqual(50);
  // Held is held: once more does no harm.
  await provider.pause(machine, work());
  await provider.resume(machine, work());
  expect(await atMonitor(runtime, 'query-status')).toMatchObject({ running: true });
  const before = await busyMs();
  await eventually('it used 200 ms more', async () => (await busyMs()) - before > 200, 60_000);
  expect(rig.reports.map(({ kind }) => kind)).toEqual(['paused', 'resumed']);
});

it('a new engine finds a paused machine paused, and a stop of it ends it', async () => {
  const { machine } = await busyMachine();
  await provider.pause(machine, work());
  await provider.close();
  const next = rig.provider();
  const { findings } = await next.reconcile([machine]);
  expect(findings.get(machine.id)).toMatchObject({ kind: 'running', run: { state: 'paused' } });
  expect(await next.stop(machine, { force: false, acpiMs: 200 }, work())).toEqual({ rung: 'quit' });
});

it('a machine whose guest is lost, or that does not run, is refused', async () => {
  const { machine, runtime } = await busyMachine();
  await writePort(runtime, '0x505', '0x1');
  await eventually('the panic is heard', () => rig.reports.some(({ kind }) => kind === 'panicked'));
  await expect(provider.resume(machine, work())).rejects.toMatchObject({ code: 'conflict' });
  await provider.stop(machine, { force: true, acpiMs: 0 }, work());
  await expect(provider.pause(machine, work())).rejects.toMatchObject({ code: 'unreachable' });
});
