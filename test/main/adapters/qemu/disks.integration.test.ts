import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../main/adapters/processes/processes.ts';
import { firstDisk, type MachineConfig } from '../../../../main/contract/machine.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { MachineProvider, ProvidedMachine } from '../../../../main/engine/ports/machine-provider.ts';
import type { Processes } from '../../../../main/engine/ports/processes.ts';
import { atMonitor, createQemuRig, firmwareMachine, type QemuRig, work } from '../../../support/qemu.ts';

const dyingClone = path.join(import.meta.dirname, 'dying-clone.ts');
let rig: QemuRig;
let provider: MachineProvider;
/** Every run of qemu-img, as its arguments. */
let tools: string[][];

beforeEach(() => {
  rig = createQemuRig();
  tools = [];
  provider = rig.provider(recording());
});
afterEach(() => rig.end());

function recording(): Processes {
  const processes = createProcesses();
  return {
    ...processes,
    run: (program, args, options) => {
      if (program.endsWith('qemu-img')) tools.push([...args]);
      return processes.run(program, args, options);
    },
  };
}

const mib = 1_048_576;
const forced = { force: true, acpiMs: 300 };
const machinesFolder = () => path.join(rig.home, 'machines');
const folderOf = ({ id }: ProvidedMachine) => path.join(machinesFolder(), id);
const fileOf = (machine: ProvidedMachine, name = 'disk.qcow2') => path.join(folderOf(machine), name);
const bases = () =>
  existsSync(path.join(machinesFolder(), 'bases')) ? readdirSync(path.join(machinesFolder(), 'bases')) : [];
const image = (...args: string[]) => execFileSync('qemu-img', args, { encoding: 'utf8', stdio: 'pipe' });
const io = (file: string, ...commands: string[]) =>
  execFileSync('qemu-io', [...commands.flatMap((command) => ['-c', command]), file], { encoding: 'utf8' });
const isSound = (file: string) => JSON.parse(image('check', '--output=json', file)) as Record<string, number>;
const writes = (args: readonly string[]) =>
  ['resize', 'convert', 'snapshot', 'create'].includes(args[0] ?? '') || args.includes('-r');

async function made(config: Partial<MachineConfig> = {}, name = 'demo'): Promise<ProvidedMachine> {
  const machine = firmwareMachine(config, name);
  await provider.create(machine, work());
  return machine;
}

async function started(machine: ProvidedMachine): Promise<ProvidedMachine & { runtime: string }> {
  return { ...machine, runtime: (await provider.start(machine, work())).runtime };
}

const withConfig = (machine: ProvidedMachine, config: Partial<MachineConfig>): ProvidedMachine => ({
  ...machine,
  config: { ...machine.config, ...config },
});

describe('a new machine', () => {
  it('has its data disks attached under their names, each made by one start of the tool', async () => {
    const machine = await made({
      disks: [
        { name: 'data', sizeMib: 8 },
        { name: 'logs', sizeMib: 4 },
      ],
    });
    expect(tools.filter(([verb]) => verb === 'create')).toHaveLength(3);
    expect(readdirSync(folderOf(machine)).sort()).toEqual([
      'console.log',
      'disk-data.qcow2',
      'disk-logs.qcow2',
      'disk.qcow2',
    ]);
    for (const name of readdirSync(folderOf(machine))) expect(statSync(fileOf(machine, name)).mode & 0o777).toBe(0o600);
    const { runtime } = await started(machine);
    const blocks = JSON.stringify(await atMonitor(runtime, 'query-block'));
    for (const node of ['disk0', 'disk-data', 'disk-logs']) expect(blocks).toContain(`"node-name":"${node}"`);
    const tree = String(await atMonitor(runtime, 'human-monitor-command', { 'command-line': 'info qtree' }));
    expect(tree).toContain('serial = "data"');
    await provider.stop({ ...machine, runtime }, forced, work());
  });

  it('is laid out beforehand only when that is asked for', async () => {
    const plain = await made({ diskMib: 20_480 });
    const laidOut = await made({ diskMib: 20_480, preallocation: 'metadata' }, 'other');
    const sizeOf = (machine: ProvidedMachine) => statSync(fileOf(machine)).blocks * 512;
    expect(sizeOf(plain)).toBeLessThan(mib);
    expect(sizeOf(laidOut)).toBeGreaterThan(2 * mib);
    expect((await provider.disks.list(laidOut))[0]).toMatchObject({ virtualMib: 20_480, snapshots: 0, fault: null });
  });

  it('whose last disk cannot be made leaves nothing', async () => {
    const machine = firmwareMachine({ disks: [{ name: 'data', sizeMib: 67_108_865 * 1_000_000 }] });
    await expect(provider.create(machine, work())).rejects.toMatchObject({ code: 'refused' });
    expect(existsSync(folderOf(machine))).toBe(false);
  });
});

describe('an adopted image', () => {
  it.each(['qcow2', 'raw'] as const)(
    'of the format %s is used where it lies and stays when the machine goes',
    async (format) => {
      const own = path.join(rig.home, 'own.img');
      image('create', '-q', '-f', format, own, '8M');
      const machine = await made({ diskPath: own, diskFormat: format, diskMib: 8 });
      expect(readdirSync(folderOf(machine))).toEqual(['console.log']);
      const running = await started(machine);
      const nodes = JSON.stringify(await atMonitor(running.runtime, 'query-named-block-nodes', { flat: true }));
      expect(nodes).toContain(JSON.stringify(own));
      expect(await provider.disks.list(running)).toMatchObject([
        { name: firstDisk, path: own, format, adopted: true, virtualMib: 8, fault: null },
      ]);
      await provider.stop(running, forced, work());
      await provider.remove(machine);
      expect(existsSync(own)).toBe(true);
      expect(existsSync(folderOf(machine))).toBe(false);
    },
  );

  it('that a running machine holds is refused for a second one, and free again afterwards', async () => {
    const own = path.join(rig.home, 'own.img');
    image('create', '-q', '-f', 'raw', own, '8M');
    const running = await started(await made({ diskPath: own, diskFormat: 'raw', diskMib: 8 }));
    const examined = () => provider.disks.examine({ ...running.config }, null, []);
    expect(await examined()).toMatchObject([
      { field: 'diskPath', message: expect.stringContaining('held by another program') },
    ]);
    expect(await provider.disks.examine(running.config, running.id, [])).toEqual([]);
    await provider.stop(running, forced, work());
    expect(await examined()).toEqual([]);
  });

  it('taken as raw stays raw although a guest wrote the header of another format into it', async () => {
    const own = path.join(rig.home, 'own.img');
    image('create', '-q', '-f', 'raw', own, '8M');
    const machine = await made({ diskPath: own, diskFormat: 'raw', diskMib: 8 });
    const evil = path.join(rig.home, 'evil.qcow2');
    image('create', '-q', '-f', 'qcow2', '-b', '/etc/hostname', '-F', 'raw', evil, '8M');
    writeFileSync(own, readFileSync(evil).subarray(0, 65_536), { flag: 'r+' });
    const running = await started(machine);
    const nodes = JSON.stringify(await atMonitor(running.runtime, 'query-named-block-nodes', { flat: true }));
    expect(nodes).not.toContain('/etc/hostname');
    expect(nodes).toContain('"drv":"raw"');
  });
});

describe('growing', () => {
  it('a disk at rest makes it larger for good', async () => {
    const machine = await made();
    const { advice } = await provider.disks.grow(machine, firstDisk, 24, work());
    expect(advice).toContain('at its next start');
    expect((await provider.disks.list(machine))[0]).toMatchObject({ virtualMib: 24 });
    expect(isSound(fileOf(machine))).toMatchObject({ 'check-errors': 0 });
  });

  it('a disk of a running machine goes over its monitor, never the image tool', async () => {
    const running = await started(await made());
    tools.length = 0;
    await provider.disks.grow(running, firstDisk, 24, work());
    expect(tools.filter(writes)).toEqual([]);
    const [block] = (await atMonitor(running.runtime, 'query-named-block-nodes', { flat: true })) as {
      'node-name': string;
      image: { 'virtual-size': number };
    }[];
    expect(JSON.stringify(block)).toContain(String(24 * mib));
    expect((await provider.disks.list(running))[0]).toMatchObject({ virtualMib: 24 });
    await provider.stop(running, forced, work());
    expect(isSound(fileOf(running))).toMatchObject({ 'check-errors': 0 });
  });

  it('keeps the snapshots inside, and going back to one brings its size back', async () => {
    const machine = await made();
    io(fileOf(machine), 'write -P 7 0 64k');
    image('snapshot', '-c', 'before', fileOf(machine));
    await provider.disks.grow(machine, firstDisk, 24, work());
    expect((await provider.disks.list(machine))[0]).toMatchObject({ virtualMib: 24, snapshots: 1 });
    image('snapshot', '-a', 'before', fileOf(machine));
    expect((await provider.disks.list(machine))[0]).toMatchObject({ virtualMib: 16, snapshots: 1 });
    io(fileOf(machine), 'read -P 7 0 64k');
    expect(isSound(fileOf(machine))).toMatchObject({ 'check-errors': 0 });
  });

  it('never makes a disk smaller, and touches nothing then', async () => {
    const machine = await made();
    tools.length = 0;
    await expect(provider.disks.grow(machine, firstDisk, 15, work())).rejects.toMatchObject({
      code: 'bad-input',
      field: 'sizeMib',
    });
    expect(tools).toEqual([]);
    expect((await provider.disks.list(machine))[0]).toMatchObject({ virtualMib: 16 });
  });

  it('that was cut short before the image had its size is finished by the next start', async () => {
    const machine = withConfig(await made(), { diskMib: 24 });
    const running = await started(machine);
    expect((await provider.disks.list(running))[0]).toMatchObject({ virtualMib: 24 });
  });

  it('is not done backwards by a definition that says less: the start names the field', async () => {
    const machine = withConfig(await made(), { diskMib: 8 });
    await expect(provider.start(machine, work())).rejects.toMatchObject({ code: 'refused', field: 'diskMib' });
    expect(rig.pids()).toEqual([]);
  });
});

describe('adding a disk', () => {
  const data = { name: 'data', sizeMib: 8 };

  it('to a running machine plugs it in, where it will be at every later start', async () => {
    const running = await started(await made());
    await provider.disks.makeDisk(running, data, work());
    const grown = withConfig(running, { disks: [data] });
    await provider.disks.commitDisk(grown, data, work());
    const addressOf = async (runtime: string) =>
      /dev: virtio-blk-pci, id "disk-data"[\s\S]*?addr = (\S+)/.exec(
        String(await atMonitor(runtime, 'human-monitor-command', { 'command-line': 'info qtree' })),
      )?.[1];
    const plugged = await addressOf(running.runtime);
    expect(plugged).toBe('10.0');
    await provider.stop(grown, forced, work());
    const again = await started({ ...grown, generation: 2 });
    expect(await addressOf(again.runtime)).toBe(plugged);
  });

  it('that is not finished is finished by the next engine, or removed by the next start', async () => {
    const machine = await made();
    await provider.disks.makeDisk(machine, data, work());
    expect(existsSync(fileOf(machine, 'disk-data.qcow2.new'))).toBe(true);
    await rig.provider().reconcile([withConfig(machine, { disks: [data] })]);
    expect(readdirSync(folderOf(machine)).sort()).toEqual(['console.log', 'disk-data.qcow2', 'disk.qcow2']);
    await provider.disks.dropDisk(machine, data);
    await provider.disks.makeDisk(machine, data, work());
    await rig.provider().reconcile([machine]);
    expect(existsSync(fileOf(machine, 'disk-data.qcow2.new'))).toBe(true);
    await started(machine);
    expect(existsSync(fileOf(machine, 'disk-data.qcow2.new'))).toBe(false);
  });

  it('never writes over a file that is there', async () => {
    const machine = await made();
    writeFileSync(fileOf(machine, 'disk-data.qcow2'), 'mine');
    await expect(provider.disks.makeDisk(machine, data, work())).rejects.toMatchObject({
      code: 'conflict',
      field: 'name',
    });
    expect(readFileSync(fileOf(machine, 'disk-data.qcow2'), 'utf8')).toBe('mine');
  });

  it('the machine does not start without it', async () => {
    const machine = await made({ disks: [data] });
    rmSync(fileOf(machine, 'disk-data.qcow2'));
    await expect(provider.start(machine, work())).rejects.toMatchObject({
      code: 'refused',
      field: 'disks.0.sizeMib',
      message: expect.stringMatching(/The disk data of demo cannot be used: .*disk-data\.qcow2 is gone/),
    });
  });
});

/** Takes a cluster without anybody knowing: a reference count for one behind the end. */
function leak(file: string): void {
  const bytes = readFileSync(file);
  const clusterBytes = 1 << bytes.readUInt32BE(20);
  const tableAt = Number(bytes.readBigUInt64BE(48));
  const blockAt = Number(bytes.readBigUInt64BE(tableAt));
  const clusters = Math.ceil(bytes.length / clusterBytes);
  bytes.writeUInt16BE(1, blockAt + clusters * 2);
  writeFileSync(file, Buffer.concat([bytes, Buffer.alloc((clusters + 1) * clusterBytes - bytes.length)]));
}

/** Two clusters of the guest lead to the same place. */
function corrupt(file: string): void {
  const bytes = readFileSync(file);
  const l1At = Number(bytes.readBigUInt64BE(40));
  const l2At = Number(bytes.readBigUInt64BE(l1At) & 0x00fffffffffffe00n);
  bytes.copy(bytes, l2At + 8, l2At, l2At + 8);
  writeFileSync(file, bytes);
}

describe('a check', () => {
  it('finds nothing in a new disk', async () => {
    const nothing = { corruptions: 0, leaks: 0, corruptionsFixed: 0, leaksFixed: 0 };
    expect(await provider.disks.check(await made(), firstDisk, false, work())).toEqual({ disk: firstDisk, ...nothing });
  });

  it('counts leaks, and a repair frees them', async () => {
    const machine = await made();
    leak(fileOf(machine));
    expect(await provider.disks.check(machine, firstDisk, false, work())).toMatchObject({ corruptions: 0, leaks: 1 });
    expect(await provider.disks.check(machine, firstDisk, true, work())).toMatchObject({ leaks: 0, leaksFixed: 1 });
    expect(isSound(fileOf(machine)).leaks ?? 0).toBe(0);
  });

  it('counts faults, and repairs them only when asked to', async () => {
    const machine = await made();
    io(fileOf(machine), 'write -P 1 0 1M');
    corrupt(fileOf(machine));
    const before = readFileSync(fileOf(machine));
    expect((await provider.disks.check(machine, firstDisk, false, work())).corruptions).toBeGreaterThan(0);
    expect(readFileSync(fileOf(machine)).equals(before)).toBe(true);
    const repaired = await provider.disks.check(machine, firstDisk, true, work());
    expect(repaired).toMatchObject({ corruptions: 0 });
    expect(repaired.corruptionsFixed).toBeGreaterThan(0);
  });

  it('of a running machine is refused with the way out', async () => {
    const running = await started(await made());
    tools.length = 0;
    await expect(provider.disks.check(running, firstDisk, true, work())).rejects.toMatchObject({
      code: 'conflict',
      hint: 'Stop it first: vigil stop demo',
    });
    expect(tools.filter(writes)).toEqual([]);
  });
});

describe('a compaction', () => {
  it('gives back what holds only zeros and keeps every byte a guest sees', async () => {
    const machine = await made({ diskMib: 64 });
    io(fileOf(machine), 'write -P 7 0 8M', 'write -P 0 8M 32M');
    const before = statSync(fileOf(machine)).blocks * 512;
    const { freedBytes } = await provider.disks.compact(machine, firstDisk, work());
    expect(freedBytes).toBeGreaterThan(30 * mib);
    expect(statSync(fileOf(machine)).blocks * 512).toBe(before - freedBytes);
    io(fileOf(machine), 'read -P 7 0 8M', 'read -P 0 8M 56M');
    expect(readdirSync(folderOf(machine)).sort()).toEqual(['console.log', 'disk.qcow2']);
  });

  it('is refused where snapshots would be lost', async () => {
    const machine = await made();
    image('snapshot', '-c', 'one', fileOf(machine));
    await expect(provider.disks.compact(machine, firstDisk, work())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('1 snapshot'),
    });
    expect((await provider.disks.list(machine))[0]).toMatchObject({ snapshots: 1 });
  });

  it('that is cancelled leaves the old image and nothing beside it', async () => {
    const machine = await made({ diskMib: 64 });
    io(fileOf(machine), 'write -P 7 0 32M');
    const before = statSync(fileOf(machine));
    const source = createStopSource();
    const context = { ...work(source.signal), progress: () => source.stop('cancelled') };
    await expect(provider.disks.compact(machine, firstDisk, context)).rejects.toMatchObject({ code: 'cancelled' });
    expect(statSync(fileOf(machine)).ino).toBe(before.ino);
    expect(readdirSync(folderOf(machine)).sort()).toEqual(['console.log', 'disk.qcow2']);
  });

  it('cut short by a kill, leaves an image beside it that the next engine removes', async () => {
    const machine = await made();
    writeFileSync(`${fileOf(machine)}.new`, 'half');
    await rig.provider().reconcile([machine]);
    expect(readdirSync(folderOf(machine)).sort()).toEqual(['console.log', 'disk.qcow2']);
  });
});

describe('a full clone', () => {
  it('has every byte of the source, none of its snapshots and stands on nothing', async () => {
    const source = await made({ disks: [{ name: 'data', sizeMib: 8 }] });
    io(fileOf(source), 'write -P 7 0 1M');
    io(fileOf(source, 'disk-data.qcow2'), 'write -P 9 0 1M');
    image('snapshot', '-c', 'one', fileOf(source));
    const before = readFileSync(fileOf(source));
    const clone = firmwareMachine(source.config, 'copy');
    await provider.disks.clone(source, clone, false, work());
    expect(readFileSync(fileOf(source)).equals(before)).toBe(true);
    io(fileOf(clone), 'read -P 7 0 1M');
    io(fileOf(clone, 'disk-data.qcow2'), 'read -P 9 0 1M');
    expect(await provider.disks.list(clone)).toMatchObject([
      { snapshots: 0, bases: [], fault: null },
      { name: 'data', bases: [], fault: null },
    ]);
    await provider.remove(source);
    const running = await started(clone);
    await provider.stop(running, forced, work());
  });

  it('of an adopted raw image is a disk of its own', async () => {
    const own = path.join(rig.home, 'own.img');
    image('create', '-q', '-f', 'raw', own, '8M');
    execFileSync('qemu-io', ['-f', 'raw', '-c', 'write -P 7 0 1M', own]);
    const source = await made({ diskPath: own, diskFormat: 'raw', diskMib: 8 });
    const clone = firmwareMachine({ diskMib: 8 }, 'copy');
    await provider.disks.clone(source, clone, false, work());
    io(fileOf(clone), 'read -P 7 0 1M');
    expect(await provider.disks.list(clone)).toMatchObject([{ format: 'qcow2', adopted: false, virtualMib: 8 }]);
  });

  it('that is cancelled in the middle leaves nothing', async () => {
    const source = await made({ diskMib: 64 });
    io(fileOf(source), 'write -P 7 0 64M');
    const stop = createStopSource();
    const clone = firmwareMachine(source.config, 'copy');
    const context = {
      ...work(stop.signal),
      progress: (fraction: number | null) => fraction !== 0 && stop.stop('cancelled'),
    };
    await expect(provider.disks.clone(source, clone, false, context)).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(machinesFolder())).toEqual([source.id]);
  });

  it('of a running machine is refused before anything is made', async () => {
    const running = await started(await made());
    tools.length = 0;
    const clone = firmwareMachine(running.config, 'copy');
    await expect(provider.disks.clone(running, clone, false, work())).rejects.toMatchObject({ code: 'conflict' });
    expect(tools).toEqual([]);
    expect(existsSync(folderOf(clone))).toBe(false);
  });
});

describe('a linked clone', () => {
  const linked = async (source: ProvidedMachine, name = 'copy') => {
    const clone = firmwareMachine(source.config, name);
    await provider.disks.clone(source, clone, true, work());
    return clone;
  };

  it('shares what was there, and neither sees what the other writes from then on', async () => {
    const source = await made();
    io(fileOf(source), 'write -P 7 0 1M');
    const clone = await linked(source);
    expect(bases()).toHaveLength(1);
    expect(statSync(path.join(machinesFolder(), 'bases', bases()[0] ?? '')).mode & 0o777).toBe(0o400);
    io(fileOf(source), 'read -P 7 0 1M', 'write -P 1 0 64k');
    io(fileOf(clone), 'read -P 7 0 1M', 'write -P 2 64k 64k');
    io(fileOf(source), 'read -P 1 0 64k', 'read -P 7 64k 64k');
    io(fileOf(clone), 'read -P 7 0 64k', 'read -P 2 64k 64k');
    expect(statSync(fileOf(clone)).blocks * 512).toBeLessThan(mib);
    expect(await provider.disks.list(clone)).toMatchObject([
      { bases: [path.join(machinesFolder(), 'bases', bases()[0] ?? '')], fault: null },
    ]);
    const both = [await started(source), await started(clone)];
    for (const running of both) await provider.stop(running, forced, work());
  });

  it('lives on when its source is deleted; the last one takes the shared image with it', async () => {
    const source = await made();
    io(fileOf(source), 'write -P 7 0 1M');
    const clone = await linked(source);
    await provider.remove(source);
    expect(bases()).toHaveLength(1);
    io(fileOf(clone), 'read -P 7 0 1M');
    await provider.remove(clone);
    expect(bases()).toEqual([]);
  });

  it('of a clone stands on both; each image goes with the last that needs it', async () => {
    const source = await made();
    const first = await linked(source, 'first');
    io(fileOf(first), 'write -P 3 0 1M');
    const second = await linked(first, 'second');
    expect((await provider.disks.list(second))[0]?.bases).toHaveLength(2);
    io(fileOf(second), 'read -P 3 0 1M');
    await provider.remove(first);
    await provider.remove(source);
    expect(bases()).toHaveLength(2);
    io(fileOf(second), 'read -P 3 0 1M');
    await provider.remove(second);
    expect(bases()).toEqual([]);
  });

  it('with a broken link says so in words, also before it is started', async () => {
    const clone = await linked(await made());
    const base = path.join(machinesFolder(), 'bases', bases()[0] ?? '');
    renameSync(base, path.join(rig.home, 'away'));
    expect((await provider.disks.list(clone))[0]?.fault).toMatch(
      /stands on .*bases.*, which is gone\. Bring that file back/,
    );
    await expect(provider.start(clone, work())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('which is gone'),
    });
  });

  it('that cannot be told from its references removes nothing', async () => {
    const clone = await linked(await made());
    rmSync(fileOf(clone));
    execFileSync('mkdir', [fileOf(clone)]);
    await provider.disks.removeUnusedBases();
    expect(bases()).toHaveLength(1);
  });

  it.each(['has snapshots', 'is adopted'])('is refused where the source %s', async (why) => {
    const own = path.join(rig.home, 'own.qcow2');
    image('create', '-q', '-f', 'qcow2', own, '8M');
    const source = why === 'is adopted' ? await made({ diskPath: own, diskFormat: 'qcow2', diskMib: 8 }) : await made();
    if (why === 'has snapshots') image('snapshot', '-c', 'one', fileOf(source));
    await expect(linked(source)).rejects.toMatchObject({ code: 'refused', field: 'linked' });
    expect(bases()).toEqual([]);
    expect(readdirSync(machinesFolder()).filter((name) => name !== 'bases')).toEqual([source.id]);
  });

  it('keeps standing on the shared image when it is compacted', async () => {
    const source = await made({ diskMib: 64 });
    io(fileOf(source), 'write -P 7 0 1M');
    const clone = await linked(source);
    io(fileOf(clone), 'write -P 5 1M 1M', 'write -P 0 8M 32M');
    const { freedBytes } = await provider.disks.compact(clone, firstDisk, work());
    expect(freedBytes).toBeGreaterThan(30 * mib);
    io(fileOf(clone), 'read -P 7 0 1M', 'read -P 5 1M 1M', 'read -P 0 8M 32M');
    expect((await provider.disks.list(clone))[0]).toMatchObject({ bases: [expect.any(String)], fault: null });
  });

  it('killed after every single step leaves a source that reads as before and no image that nobody needs', async () => {
    const steps = await killedAtEveryStep();
    expect(steps).toBeGreaterThan(4);
  });
});

/** A clone that is killed before each change of the file system in turn, until there is none left to be killed before. */
async function killedAtEveryStep(): Promise<number> {
  for (let step = 0; ; step += 1) {
    const source = await made({}, `s${step}`);
    io(fileOf(source), 'write -P 7 0 1M');
    const clone = firmwareMachine(source.config, `c${step}`);
    const args = [
      rig.home,
      path.join(rig.home, '..', 'run'),
      String(step),
      JSON.stringify(source),
      JSON.stringify(clone),
    ];
    const died = spawnSync(process.execPath, [dyingClone, ...args], { encoding: 'utf8', timeout: 60_000 });
    expect([died.status, died.signal, died.stderr]).toEqual(
      died.signal === null ? [0, null, ''] : [null, 'SIGKILL', ''],
    );
    await provider.remove(clone);
    await rig.provider().reconcile([source]);
    io(fileOf(source), 'read -P 7 0 1M', 'write -P 8 2M 64k');
    expect(isSound(fileOf(source))).toMatchObject({ 'check-errors': 0 });
    expect((await provider.disks.list(source))[0]?.fault).toBeNull();
    expect(bases().length).toBeLessThanOrEqual(1);
    expect(readdirSync(folderOf(source)).sort()).toEqual(['console.log', 'disk.qcow2']);
    await provider.remove(source);
    expect(bases()).toEqual([]);
    if (died.signal === null) return step;
  }
}
