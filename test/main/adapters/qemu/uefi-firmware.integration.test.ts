import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findUefi, uefiPlaces } from '../../../../main/adapters/qemu/uefi-firmware.ts';
import type { MachineProvider, ProvidedMachine } from '../../../../main/engine/ports/machine-provider.ts';
import { eventually } from '../../../support/eventually.ts';
import { atMonitor, createQemuRig, firmwareMachine, type QemuRig, work } from '../../../support/qemu.ts';

/** The firmware takes its time under emulation. */
vi.setConfig({ testTimeout: 180_000 });

let rig: QemuRig;
let provider: MachineProvider;

beforeEach(() => {
  rig = createQemuRig();
  provider = rig.provider();
});
afterEach(() => rig.end());

const fileOf = (machine: ProvidedMachine, name: string) => path.join(rig.home, 'machines', machine.id, name);
const force = { force: true, acpiMs: 100 };

async function started(machine: ProvidedMachine): Promise<ProvidedMachine & { runtime: string }> {
  const run = await provider.start(machine, work());
  return { ...machine, runtime: run.runtime };
}

/** What the firmware says when it has found nothing to boot from; by then it has written its variables. */
const bootedFirmware = (machine: ProvidedMachine) =>
  eventually(
    'the firmware to have looked for something to boot',
    () =>
      /BdsDxe: (?:failed to|No bootable|loading|starting)/.test(readFileSync(fileOf(machine, 'console.log'), 'utf8')),
    120_000,
  );

/** The variables as the firmware sees them. */
function variablesOf(machine: ProvidedMachine): Buffer {
  const raw = `${fileOf(machine, 'vars.qcow2')}.raw`;
  execFileSync('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', fileOf(machine, 'vars.qcow2'), raw]);
  const bytes = readFileSync(raw);
  rmSync(raw);
  return bytes;
}

it('boots the firmware, which writes variables of its own; a snapshot brings back those it had', async () => {
  const machine = firmwareMachine({ firmware: 'uefi', memoryMib: 128 });
  await provider.create(machine, work());
  expect(statSync(fileOf(machine, 'vars.qcow2')).mode & 0o777).toBe(0o600);
  const template = (await findUefi())?.variables ?? '';
  const fresh = variablesOf(machine);
  expect(fresh.equals(readFileSync(template))).toBe(true);
  await provider.snapshots.saveDisks(machine, 'vigil-fresh', work());

  const running = await started(machine);
  await bootedFirmware(machine);
  await provider.snapshots.save(running, 'vigil-booted', work());
  await provider.stop(running, force, work());
  const written = variablesOf(machine);
  expect(written.equals(fresh)).toBe(false);

  await provider.snapshots.loadDisks(machine, 'vigil-fresh', work());
  expect(variablesOf(machine).equals(fresh)).toBe(true);
  await provider.snapshots.loadDisks(machine, 'vigil-booted', work());
  expect(variablesOf(machine).equals(written)).toBe(true);
});

it('a machine that was made with a BIOS gets variables at its first start with UEFI, and none are lost', async () => {
  const machine = firmwareMachine();
  await provider.create(machine, work());
  const changed = { ...machine, config: { ...machine.config, firmware: 'uefi' as const, memoryMib: 128 } };
  const running = await started(changed);
  expect(statSync(fileOf(machine, 'vars.qcow2')).isFile()).toBe(true);
  const blocks = (await atMonitor(running.runtime, 'query-block')) as { inserted?: { 'node-name'?: string } }[];
  expect(blocks.map(({ inserted }) => inserted?.['node-name'])).toEqual(expect.arrayContaining(['code', 'vars']));
  await provider.stop(running, force, work());
});

it('is found where distributions put it, both halves or none', async () => {
  const [debian] = uefiPlaces;
  expect(await findUefi()).toEqual(debian);
  expect(await findUefi([{ code: debian?.code ?? '', variables: '/nowhere/vars.fd' }])).toBeNull();
});
