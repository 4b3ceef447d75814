import { access, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { DiskCheck } from '../../contract/machine-disk.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import type { MachineDisks } from '../../engine/ports/machine-disks.ts';
import type { ProvidedMachine } from '../../engine/ports/machine-provider.ts';
import { examineAdoption, identifyImage } from './adopted-image.ts';
import { createBaseImages } from './base-images.ts';
import { cloneImages } from './clone-images.ts';
import { compactImage } from './compact-image.ts';
import { describeDisk } from './describe-disk.ts';
import { growthAdvice } from './guest-advice.ts';
import { askGuestDisks } from './guest-disks.ts';
import { imageChain } from './image-chain.ts';
import type { ImageWork } from './image-work.ts';
import type { LiveMachine } from './live-machine.ts';
import { dataImage, diskNodes, type MachineImage } from './machine-images.ts';
import { diskBlockdev, diskDevice } from './plug-disk.ts';
import { workImage } from './prepare-images.ts';
import type { QemuContext } from './qemu-context.ts';
import { syncFolder } from './sync-folder.ts';

const bytesPerMib = 1_048_576;
const monitorMs = 30_000;

/** The disks of QEMU machines: `qemu-img` for those that rest, the machine's own monitor for those that run. */
export function createMachineDisks(qemu: QemuContext, work: ImageWork): MachineDisks {
  const { images } = qemu;
  const bases = createBaseImages(qemu.machinesFolder, work);

  const imageOf = async (machine: ProvidedMachine, disk: string): Promise<MachineImage> => {
    const known = diskNodes(machine.config, await qemu.pathsOf(machine.id));
    const image = known.find(({ name }) => name === disk);
    if (image !== undefined) return image;
    throw new VigilError('not-found', `${machine.name} has no disk '${disk}'.`, {
      field: 'disk',
      hint: `It has ${known.map(({ name }) => name).join(', ')}.`,
    });
  };

  /** By what the processes say, not by what we remember; the image's lock is asked as well, right before the work. */
  const requireStopped = async (machine: ProvidedMachine, what: string): Promise<void> => {
    const [claim] = (await qemu.listOwn()).filter(({ id }) => id === machine.id);
    const pid = claim?.process.identity.pid ?? qemu.knownLive(machine.id)?.record.identity.pid;
    if (pid === undefined) return;
    throw new VigilError('conflict', `${machine.name} is running (process ${pid}): ${what}.`, {
      hint: `Stop it first: vigil stop ${machine.name}`,
    });
  };

  const monitorOf = (machine: ProvidedMachine, live: LiveMachine) => {
    const { client } = live;
    if (client !== null) return client;
    throw new VigilError('unreachable', `The monitor of ${machine.name} does not answer.`);
  };

  const plug = async (machine: ProvidedMachine, live: LiveMachine, image: MachineImage): Promise<void> => {
    const monitor = monitorOf(machine, live);
    const index = machine.config.disks?.findIndex(({ name }) => name === image.name) ?? -1;
    await monitor.execute('blockdev-add', diskBlockdev(image), { timeoutMs: monitorMs });
    try {
      const place = index < 0 ? (machine.config.disks?.length ?? 0) : index;
      await monitor.execute('device_add', diskDevice(image, place), { timeoutMs: monitorMs });
    } catch (error) {
      await monitor
        .execute('blockdev-del', { 'node-name': image.node }, { timeoutMs: monitorMs })
        .catch(() => undefined);
      throw error;
    }
  };

  const growRunning = async (machine: ProvidedMachine, live: LiveMachine, image: MachineImage, sizeMib: number) => {
    const size = sizeMib * bytesPerMib;
    await monitorOf(machine, live).execute('block_resize', { 'node-name': image.node, size }, { timeoutMs: monitorMs });
  };

  return {
    examine: async (config, own, others) =>
      examineAdoption({
        config,
        others,
        machinesFolder: await qemu.machinesFolder(),
        lockIsFree: async (path) => (own !== null && qemu.knownLive(own) !== null) || images.lockIsFree(path),
      }),

    identify: (path, stated) => identifyImage(path, stated),

    list: async (machine) => {
      const paths = await qemu.pathsOf(machine.id);
      return Promise.all(diskNodes(machine.config, paths).map(describeDisk));
    },

    makeDisk: async (machine, disk, context) => {
      const image = dataImage(disk.name, await qemu.pathsOf(machine.id));
      if (await exists(image.path)) {
        throw new VigilError('conflict', `${image.path} is there already.`, {
          field: 'name',
          hint: 'It belongs to a disk that was taken out of the definition. Move it away, or choose another name.',
        });
      }
      context.progress(null, `Making the disk ${disk.name}`);
      await rm(unfinished(image), { force: true });
      await images.create(unfinished(image), disk.sizeMib, context.signal, machine.config.preallocation);
    },

    commitDisk: async (machine, disk, context) => {
      const image = dataImage(disk.name, await qemu.pathsOf(machine.id));
      await rename(unfinished(image), image.path);
      await syncFolder(dirname(image.path));
      const live = qemu.knownLive(machine.id);
      if (live === null) return;
      context.progress(null, `Plugging in the disk ${disk.name}`);
      await plug(machine, live, image);
    },

    dropDisk: async (machine, disk) => {
      const image = dataImage(disk.name, await qemu.pathsOf(machine.id));
      await rm(unfinished(image), { force: true });
      await rm(image.path, { force: true });
    },

    grow: async (machine, disk, sizeMib, context) => {
      const image = await imageOf(machine, disk);
      const { label } = workImage(machine, image);
      const { fault, header } = await imageChain(image);
      if (fault !== null || header === null || header.kind === 'other') {
        throw new VigilError('refused', `${label} cannot be grown: ${fault ?? 'it cannot be read.'}`);
      }
      const present = header.virtualBytes / bytesPerMib;
      if (sizeMib < present) {
        throw new VigilError('bad-input', `${label} has ${Math.ceil(present)} MiB; it can only be made larger.`, {
          field: 'sizeMib',
          hint: 'What lies at the end of a disk would be lost: copy the data to a new, smaller disk instead.',
        });
      }
      context.progress(null, `Growing ${label.replace(/^The /, 'the ')}`);
      const live = qemu.knownLive(machine.id);
      if (live === null) {
        await requireStopped(machine, 'its process cannot be reached');
        if (sizeMib > present) await work.resize(workImage(machine, image), sizeMib, context.signal);
        return { advice: growthAdvice(image.name, false, []) };
      }
      await growRunning(machine, live, image, sizeMib);
      return { advice: growthAdvice(image.name, true, await askGuestDisks(qemu, live)) };
    },

    check: async (machine, disk, repair, context) => {
      const image = await imageOf(machine, disk);
      if (image.format === 'raw') {
        throw new VigilError('refused', `The disk of ${machine.name} is a raw image, which has nothing to check.`);
      }
      await requireStopped(machine, 'a disk in use cannot be checked');
      context.progress(null, `Checking ${image.name}`);
      const target = workImage(machine, image);
      const found = await work.check(target, context.signal);
      if (!repair || found.corruptions + found.leaks === 0) return { disk, ...found };
      context.progress(null, `Repairing ${image.name}`);
      const repaired = await work.repair(target, found.corruptions === 0 ? 'leaks' : 'all');
      // What a repair reports as left is what it found; only another look tells what is there now.
      const left = await work.check(target, createStopSource().signal);
      return {
        disk,
        corruptions: left.corruptions,
        leaks: left.leaks,
        corruptionsFixed: repaired.corruptionsFixed,
        leaksFixed: repaired.leaksFixed,
      } satisfies DiskCheck;
    },

    compact: async (machine, disk, context) => {
      const image = await imageOf(machine, disk);
      await requireStopped(machine, 'a disk in use cannot be compacted');
      return compactImage(machine, image, work, context);
    },

    clone: async (source, clone, linked, context) => {
      await requireStopped(source, 'a machine in use cannot be cloned');
      const [sourcePaths, clonePaths] = await Promise.all([qemu.pathsOf(source.id), qemu.pathsOf(clone.id)]);
      await cloneImages({ source, clone, sourcePaths, clonePaths, linked, work, bases, context });
    },

    removeUnusedBases: () => bases.removeUnused(),
  };
}

/** A disk that is not part of its machine yet. */
function unfinished(image: MachineImage): string {
  return `${image.path}.new`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
