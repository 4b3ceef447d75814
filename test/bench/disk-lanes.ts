import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProcesses } from '../../main/adapters/processes/processes.ts';
import { createDiskImages } from '../../main/adapters/qemu/disk-image.ts';
import { createImageWork } from '../../main/adapters/qemu/image-work.ts';
import { createStopSource, type StopSignal } from '../../main/contract/stop-signal.ts';
import { findCommand } from '../../scripts/debian-packages.mjs';
import { CannotRun, type Lane } from './lane.ts';

const sizeMib = 20 * 1024;
const base = 'base.qcow2';

type Tools = ReturnType<typeof makeTools>;

/** What a new disk costs beyond starting the tool that makes it. */
export const diskLanes: readonly Lane[] = [
  diskLane('a disk of 20 GiB made', ({ images }, target, never) => images.create(target, sizeMib, never)),
  diskLane('an overlay over a disk made, durable', ({ work }, target, never) => work.overlay(target, base, never)),
];

function diskLane(title: string, make: (tools: Tools, target: string, signal: StopSignal) => Promise<void>): Lane {
  return {
    id: 'P8',
    area: 'disks',
    title,
    reference: 'the bare start of qemu-img, which says its version and ends',
    goal: { atMost: 1.4 },
    unit: 'ms',
    rounds: 15,
    warmUps: 2,
    limitMs: 120_000,
    open: async () => {
      if (!findCommand('qemu-img')) throw new CannotRun('qemu-img is not installed.');
      const folder = mkdtempSync(path.join(tmpdir(), 'vgb-'));
      const tools = makeTools();
      const never = createStopSource().signal;
      await tools.images.create(path.join(folder, base), sizeMib, never);
      const target = path.join(folder, 'disk.qcow2');
      return {
        ours: () =>
          timeOf(() => make(tools, target, never)).finally(() => {
            rmSync(target, { force: true });
          }),
        // In a session of its own as ours, because kernels share processors out by session.
        reference: () =>
          timeOf(() => once(spawn('qemu-img', ['--version'], { stdio: 'ignore', detached: true }), 'exit')),
        close: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

function makeTools() {
  const processes = createProcesses();
  const images = createDiskImages(processes);
  return { images, work: createImageWork(processes, images) };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
