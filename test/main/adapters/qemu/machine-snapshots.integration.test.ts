import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { MachineProvider, ProvidedMachine } from '../../../../main/engine/ports/machine-provider.ts';
import { atMonitor, createQemuRig, firmwareMachine, type QemuRig, recordOf, work } from '../../../support/qemu.ts';

let rig: QemuRig;
let provider: MachineProvider;

beforeEach(() => {
  rig = createQemuRig();
  provider = rig.provider();
});
afterEach(() => rig.end());

type Config = Parameters<typeof firmwareMachine>[0];

async function made(config: Config = {}): Promise<ProvidedMachine> {
  const machine = firmwareMachine(config);
  await provider.create(machine, work());
  return machine;
}
async function running(config: Config = {}): Promise<ProvidedMachine & { runtime: string }> {
  const machine = await made(config);
  const run = await provider.start(machine, work());
  return { ...machine, runtime: run.runtime };
}
const fileOf = (machine: ProvidedMachine, name: string) => path.join(rig.home, 'machines', machine.id, name);
const qemuImg = (...args: string[]) => execFileSync('qemu-img', args, { encoding: 'utf8' });
const isSound = (file: string) => qemuImg('check', file).includes('No errors were found');
const write = (file: string, byte: string) =>
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', `write -P ${byte} 4k 4k`, file]);
/** qemu-io says by its exit code whether every byte is the one. */
const holds = (file: string, byte: string) =>
  spawnSync('qemu-io', ['-f', 'qcow2', '-c', `read -P ${byte} 4k 4k`, file]).status === 0;
const status = async (runtime: string) => ((await atMonitor(runtime, 'query-status')) as { status: string }).status;
const jobs = (runtime: string) => atMonitor(runtime, 'query-jobs');

describe('a machine that runs', () => {
  it('is saved with its memory in every disk, goes on running, and no job is left', async () => {
    const machine = await running({ firmware: 'uefi' });
    const { memoryBytes } = await provider.snapshots.save(machine, 'vigil-1', work());
    expect(memoryBytes).toBeGreaterThan(100_000);
    expect(await status(machine.runtime)).toBe('running');
    expect(await jobs(machine.runtime)).toEqual([]);
    const held = await provider.snapshots.held(machine);
    expect(held.get('vigil-1')).toEqual({ isWhole: true, memoryBytes });
    await provider.snapshots.remove(machine, 'vigil-1', work());
    expect((await provider.snapshots.held(machine)).size).toBe(0);
    expect(await jobs(machine.runtime)).toEqual([]);
    await provider.stop(machine, { force: true, acpiMs: 100 }, work());
    expect(isSound(fileOf(machine, 'disk.qcow2')) && isSound(fileOf(machine, 'vars.qcow2'))).toBe(true);
  });

  it('that is held stays held while it is saved, and stands still after a load', async () => {
    const machine = await running();
    await provider.pause(machine, work());
    await provider.snapshots.save(machine, 'vigil-1', work());
    expect(await status(machine.runtime)).not.toBe('running');
    await provider.resume(machine, work());
    await provider.snapshots.load(machine, 'vigil-1', work());
    expect(await status(machine.runtime)).not.toBe('running');
    await provider.resume(machine, work());
    expect(await status(machine.runtime)).toBe('running');
  });

  it('cancelled, leaves nothing in the disks and no job', async () => {
    const machine = await running();
    const source = createStopSource();
    const saving = provider.snapshots.save(machine, 'vigil-1', { ...work(), signal: source.signal });
    source.stop(new Error('enough'));
    await expect(saving).rejects.toMatchObject({ code: 'cancelled' });
    expect((await provider.snapshots.held(machine)).size).toBe(0);
    expect(await jobs(machine.runtime)).toEqual([]);
    expect(await status(machine.runtime)).toBe('running');
  });

  it("tells the job's own error, and dismisses it", async () => {
    const machine = await running();
    await expect(provider.snapshots.load(machine, 'vigil-none', work())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('does not exist'),
    });
    expect(await jobs(machine.runtime)).toEqual([]);
  });

  it('is not touched by an image tool', async () => {
    const machine = await running();
    await expect(provider.snapshots.saveDisks(machine, 'vigil-1', work())).rejects.toMatchObject({ code: 'conflict' });
    await expect(provider.snapshots.loadDisks(machine, 'vigil-1', work())).rejects.toMatchObject({ code: 'conflict' });
    // Also for an engine that believes nothing runs.
    const blind = { ...machine, runtime: null, generation: 7 };
    await expect(rig.provider().snapshots.saveDisks(blind, 'vigil-1', work())).rejects.toMatchObject({
      code: expect.stringMatching(/conflict|refused/),
    });
    expect((await provider.snapshots.held(machine)).size).toBe(0);
  });

  it('with a job left by an engine that was killed, has it finished and cleared away', async () => {
    const machine = await running();
    await atMonitor(machine.runtime, 'snapshot-save', {
      'job-id': 'snapshot-save-vigil-9',
      tag: 'vigil-9',
      vmstate: 'disk0',
      devices: ['disk0'],
    });
    expect(await jobs(machine.runtime)).toHaveLength(1);
    await provider.snapshots.finishJobs(machine, work());
    expect(await jobs(machine.runtime)).toEqual([]);
    expect((await provider.snapshots.held(machine)).get('vigil-9')?.isWhole).toBe(true);
  });
});

describe('a machine that rests', () => {
  it('goes back on every disk, its firmware variables included', async () => {
    const machine = await made({ firmware: 'uefi' });
    const files = [fileOf(machine, 'disk.qcow2'), fileOf(machine, 'vars.qcow2')];
    for (const file of files) write(file, '0x11');
    await provider.snapshots.saveDisks(machine, 'vigil-1', work());
    expect((await provider.snapshots.held(machine)).get('vigil-1')).toEqual({ isWhole: true, memoryBytes: 0 });
    for (const file of files) write(file, '0x22');
    await provider.snapshots.loadDisks(machine, 'vigil-1', work());
    expect(files.map((file) => [holds(file, '0x11'), holds(file, '0x22')])).toEqual([
      [true, false],
      [true, false],
    ]);
    await provider.snapshots.remove(machine, 'vigil-1', work());
    expect((await provider.snapshots.held(machine)).size).toBe(0);
    expect(files.map(isSound)).toEqual([true, true]);
  });

  it('takes it back from the first disk when the second refuses', async () => {
    const machine = await made({ firmware: 'uefi' });
    rmSync(fileOf(machine, 'vars.qcow2'));
    await expect(provider.snapshots.saveDisks(machine, 'vigil-1', work())).rejects.toMatchObject({ code: 'refused' });
    expect(qemuImg('snapshot', '-l', fileOf(machine, 'disk.qcow2'))).not.toContain('vigil-1');
  });

  it('is refused when a disk does not hold the snapshot, before any disk is touched', async () => {
    const machine = await made({ firmware: 'uefi' });
    write(fileOf(machine, 'disk.qcow2'), '0x11');
    qemuImg('snapshot', '-c', 'vigil-1', fileOf(machine, 'disk.qcow2'));
    write(fileOf(machine, 'disk.qcow2'), '0x22');
    await expect(provider.snapshots.loadDisks(machine, 'vigil-1', work())).rejects.toMatchObject({
      message: expect.stringContaining('vars'),
    });
    expect(holds(fileOf(machine, 'disk.qcow2'), '0x22')).toBe(true);
  });
});

describe('saved memory', () => {
  it('is loaded into a new process, on the hardware it was saved on', async () => {
    const machine = await running();
    const versions = await provider.snapshots.versionsOf(machine);
    expect(versions).toMatchObject({ accelerator: expect.any(String), firmware: 'bios' });
    await provider.snapshots.save(machine, 'vigil-1', work());
    await provider.stop(machine, { force: true, acpiMs: 100 }, work());
    const again = { ...machine, generation: 2, runtime: null };
    const run = await provider.start(again, { ...work(), heldFor: versions });
    expect(run.state).toBe('paused');
    const held = { ...again, runtime: run.runtime };
    await provider.snapshots.load(held, 'vigil-1', work());
    await provider.resume(held, work());
    expect(await status(run.runtime)).toBe('running');
  });

  it('goes back to an older machine type, and this QEMU tells which it knows', async () => {
    const here = await provider.snapshots.loadable();
    const older = here?.machineTypes.filter((name) => name.startsWith('pc-i440fx-')).at(-1) ?? '';
    const machine = await made();
    const run = await provider.start(machine, {
      ...work(),
      heldFor: { qemu: '2.0.0', machineType: older, accelerator: 'tcg', cpuModel: 'max', firmware: 'bios' },
    });
    expect((await provider.snapshots.versionsOf({ ...machine, runtime: run.runtime })).machineType).toBe(older);
  });

  it('of another size of memory does not load, and the reason is said', async () => {
    const machine = await running();
    const versions = await provider.snapshots.versionsOf(machine);
    await provider.snapshots.save(machine, 'vigil-1', work());
    await provider.stop(machine, { force: true, acpiMs: 100 }, work());
    const smaller = { ...machine, generation: 2, runtime: null, config: { ...machine.config, memoryMib: 32 } };
    const run = await provider.start(smaller, { ...work(), heldFor: versions });
    await expect(
      provider.snapshots.load({ ...smaller, runtime: run.runtime }, 'vigil-1', work()),
    ).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/cannot be loaded: .*(mismatch|loading)/),
    });
  });
});

/** As a process leaves the tables when it is killed while it goes back: the first table says that nobody shares it. */
function toggleMark(file: string): void {
  const image = readFileSync(file);
  const table = Number(image.readBigUInt64BE(40));
  image.writeUInt8(image.readUInt8(table) ^ 0x80, table);
  writeFileSync(file, image);
}

describe('a change that was cut short', () => {
  const cutShort = async () => {
    const machine = await made();
    const disk = fileOf(machine, 'disk.qcow2');
    write(disk, '0x11');
    await provider.snapshots.saveDisks(machine, 'vigil-1', work());
    toggleMark(disk);
    return { disk, machine };
  };

  it('is put right, so that no write reaches a snapshot', async () => {
    const { disk, machine } = await cutShort();
    expect(await provider.snapshots.tidy(machine)).toEqual([]);
    expect(isSound(disk)).toBe(true);
    write(disk, '0x22');
    await provider.snapshots.loadDisks(machine, 'vigil-1', work());
    expect(holds(disk, '0x11')).toBe(true);
  });

  it('the control: left as it is, a write changes the snapshot', async () => {
    const { disk, machine } = await cutShort();
    write(disk, '0x22');
    await provider.snapshots.loadDisks(machine, 'vigil-1', work());
    expect(holds(disk, '0x11')).toBe(false);
  });

  it('by the death of its process is put right before there is a new one', async () => {
    const machine = await running();
    const { disk, pid } = { disk: fileOf(machine, 'disk.qcow2'), pid: recordOf(machine.runtime).identity.pid };
    const saving = provider.snapshots.save(machine, 'vigil-1', work());
    process.kill(pid, 'SIGKILL');
    await expect(saving).rejects.toThrow();
    await provider.stop(machine, { force: true, acpiMs: 100 }, work());
    write(disk, '0x11');
    toggleMark(disk);
    const again = { ...machine, generation: 2, runtime: null };
    const run = await provider.start(again, work());
    await provider.stop({ ...again, runtime: run.runtime }, { force: true, acpiMs: 100 }, work());
    expect(isSound(disk)).toBe(true);
  });

  it('is not looked for where nothing was', async () => {
    const machine = await made();
    const disk = fileOf(machine, 'disk.qcow2');
    write(disk, '0x11');
    toggleMark(disk);
    const run = await provider.start(machine, work());
    await provider.stop({ ...machine, runtime: run.runtime }, { force: true, acpiMs: 100 }, work());
    expect(spawnSync('qemu-img', ['check', disk]).status).toBe(2);
  });

  it('a disk with other faults is named and left as it is', async () => {
    const machine = await made();
    const disk = fileOf(machine, 'disk.qcow2');
    write(disk, '0x11');
    const image = readFileSync(disk);
    const counts = Number(image.readBigUInt64BE(Number(image.readBigUInt64BE(48))));
    const used = Number(image.readBigUInt64BE(Number(image.readBigUInt64BE(40))) & 0xff_ffff_ffff_ffffn) / 65_536;
    image.writeUInt16BE(0, counts + 2 * used);
    writeFileSync(disk, image);
    expect(spawnSync('qemu-img', ['check', disk], { encoding: 'utf8' }).stderr).toContain('ERROR cluster');
    expect(await provider.snapshots.tidy(machine)).toEqual(['disk0']);
    expect(readFileSync(disk).equals(image)).toBe(true);
  });

  it('of a machine that runs is its own to finish', async () => {
    await expect(provider.snapshots.tidy(await running())).rejects.toMatchObject({ code: 'conflict' });
  });
});
