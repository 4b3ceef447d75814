import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../../main/adapters/processes/processes.ts';
import { createDiskImages, type DiskImages } from '../../../../main/adapters/qemu/disk-image.ts';
import { createImageWork, type WorkImage } from '../../../../main/adapters/qemu/image-work.ts';
import { firstDisk } from '../../../../main/contract/machine.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { Processes } from '../../../../main/engine/ports/processes.ts';
import { eventually } from '../../../support/eventually.ts';
import { createQemuRig, firmwareMachine, type QemuRig, work } from '../../../support/qemu.ts';

/** A real QEMU that Vigil knows nothing of holds an image: what the image tool must never be set upon. */

let folder: string;
let holder: ChildProcess | null = null;
let rig: QemuRig;
/** Runs of qemu-img while the image was held. */
let tools: string[][];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-held-'));
  rig = createQemuRig();
  tools = [];
});
afterEach(async () => {
  holder?.kill('SIGKILL');
  holder = null;
  await rig.end();
  rmSync(folder, { recursive: true, force: true });
});

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

/** Holds it for writing, as a guest would. */
async function hold(file: string): Promise<void> {
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg', '-machine', 'none', '-nodefaults', '-display', 'none', '-no-user-config', '-S'],
      ...['-blockdev', `driver=qcow2,node-name=d,file.driver=file,file.filename=${file}`],
      ...['-qmp', 'stdio'],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  holder = child;
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await eventually('QEMU holds the image', () => said.includes('"QMP"'));
}

const never = createStopSource().signal;
/** Neither reading a header nor looking at a lock changes anything. */
const changes = ([verb, ...args]: readonly string[]) =>
  verb !== 'info' && verb !== 'measure' && !(verb === 'check' && !args.includes('-r'));

describe('an image that a foreign QEMU holds', () => {
  it.each([
    ['resize', (run: ReturnType<typeof createImageWork>, image: WorkImage) => run.resize(image, 64, never)],
    ['check', (run: ReturnType<typeof createImageWork>, image: WorkImage) => run.check(image, never)],
    ['repair', (run: ReturnType<typeof createImageWork>, image: WorkImage) => run.repair(image, 'all')],
    [
      'copy',
      (run: ReturnType<typeof createImageWork>, image: WorkImage) =>
        run.copy(image, `${image.path}.new`, { signal: never }),
    ],
    ['measure', (run: ReturnType<typeof createImageWork>, image: WorkImage) => run.measure(image, never)],
  ] as const)('is left alone by %s, which works again once it is free', async (_verb, act) => {
    const file = path.join(folder, 'disk.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, '16M']);
    const processes = recording();
    const images = createDiskImages(processes);
    const image: WorkImage = { path: file, format: 'qcow2', label: 'The disk of demo' };
    await hold(file);
    const before = readFileSync(file);
    await expect(act(createImageWork(processes, images), image)).rejects.toMatchObject({
      code: 'conflict',
      message: 'The disk of demo is held by another program; it was left alone.',
    });
    expect(tools.filter(([verb]) => verb !== 'info')).toEqual([]);
    expect(readFileSync(file).equals(before)).toBe(true);
    holder?.kill('SIGKILL');
    await eventually('the lock is free', () => images.lockIsFree(file));
    await act(createImageWork(processes, images), image);
  });

  it('control: without the look at the lock the tool is set upon it, and only its own lock stops it', async () => {
    const file = path.join(folder, 'disk.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, '16M']);
    const processes = recording();
    const blind: DiskImages = { ...createDiskImages(processes), lockIsFree: async () => true };
    await hold(file);
    const image: WorkImage = { path: file, format: 'qcow2', label: 'The disk of demo' };
    await expect(createImageWork(processes, blind).resize(image, 64, never)).rejects.toThrow(
      /another process using the image/,
    );
    expect(tools.filter(changes)).toHaveLength(1);
  });

  it('belongs to a machine that can be neither grown, checked, compacted, cloned, started nor removed', async () => {
    const provider = rig.provider(recording());
    const machine = firmwareMachine();
    await provider.create(machine, work());
    const file = path.join(rig.home, 'machines', machine.id, 'disk.qcow2');
    await hold(file);
    const before = readFileSync(file);
    tools.length = 0;
    const clone = firmwareMachine(machine.config, 'copy');
    const { disks } = provider;
    const attempts = [
      () => disks.grow(machine, firstDisk, 64, work()),
      () => disks.check(machine, firstDisk, true, work()),
      () => disks.compact(machine, firstDisk, work()),
      () => disks.clone(machine, clone, false, work()),
      () => disks.clone(machine, clone, true, work()),
      () => provider.start(machine, work()),
      () => provider.start({ ...machine, config: { ...machine.config, diskMib: 64 } }, work()),
      () => provider.remove(machine),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'conflict' });
    expect(tools.filter(changes)).toEqual([]);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(rig.pids()).toEqual([holder?.pid]);
  });
});
