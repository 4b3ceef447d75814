import { readdirSync } from 'node:fs';
import { access, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import { firstDisk, type MachineConfig } from '../../contract/machine.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { ProvidedMachine } from '../../engine/ports/machine-provider.ts';
import { imageChain } from './image-chain.ts';
import type { ImageWork, WorkImage } from './image-work.ts';
import { diskNodes, type MachineImage } from './machine-images.ts';
import type { MachinePaths } from './qemu-paths.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Before a start: what a killed engine left half done is finished or removed, every disk must be there with all it stands
 * on, and one that the definition wants larger is grown. Reads headers only, unless there is something to do.
 */
export async function prepareImages(
  machine: ProvidedMachine,
  paths: MachinePaths,
  work: ImageWork,
  signal: StopSignal,
): Promise<void> {
  await settleImages(machine.config, paths);
  await removeUnknown(machine.config, paths);
  for (const image of diskNodes(machine.config, paths)) {
    const { fault, header } = await imageChain(image);
    const target = workImage(machine, image);
    if (fault !== null || header === null || header.kind === 'other') {
      throw new VigilError('refused', `${target.label} cannot be used: ${fault ?? 'it cannot be read.'}`, {
        field: fieldOf(machine.config, image),
      });
    }
    if (image.adopted) continue;
    const wanted = sizeMibOf(machine.config, image);
    const present = header.virtualBytes / 1_048_576;
    if (present > wanted) {
      throw new VigilError(
        'refused',
        `${target.label} has ${Math.ceil(present)} MiB and cannot be made smaller than that.`,
        {
          field: fieldOf(machine.config, image),
          hint: `Set its size to ${Math.ceil(present)} in the definition.`,
        },
      );
    }
    if (present < wanted) await work.resize(target, wanted, signal);
  }
}

/** Takes up what an engine that was killed in the middle of a change left beside the images. Not for a machine that runs. */
export async function settleImages(config: MachineConfig, paths: MachinePaths): Promise<void> {
  if (!hasUnfinished(paths.folder)) return;
  for (const image of diskNodes(config, paths)) {
    if (image.adopted) continue;
    const unfinished = `${image.path}.new`;
    await rm(`${unfinished}.new`, { force: true });
    if (await exists(image.path)) await rm(unfinished, { force: true });
    else if (image.role === 'data' && (await exists(unfinished))) {
      // The disk was whole and part of the machine already; only its name was still to come.
      await rename(unfinished, image.path);
      await syncFolder(dirname(image.path));
    }
  }
}

/**
 * Disks that were being added and that the definition never came to name. Only with the definition as it is now: at the
 * start of an engine the row may not have heard of it yet.
 */
async function removeUnknown(config: MachineConfig, paths: MachinePaths): Promise<void> {
  const known = new Set(diskNodes(config, paths).map(({ path }) => basename(path)));
  for (const name of await readdir(paths.folder).catch(() => [])) {
    const disk = /^(disk-.*\.qcow2)(?:\.new)+$/.exec(name)?.[1];
    if (disk !== undefined && !known.has(disk)) await rm(join(paths.folder, name), { force: true });
  }
}

export function workImage(machine: Pick<ProvidedMachine, 'name'>, image: MachineImage): WorkImage {
  const which = image.role === 'data' ? `disk ${image.name}` : image.role === 'first' ? 'disk' : 'firmware memory';
  return { path: image.path, format: image.format, label: `The ${which} of ${machine.name}` };
}

export function sizeMibOf(config: MachineConfig, image: MachineImage): number {
  if (image.name === firstDisk) return config.diskMib;
  return config.disks?.find(({ name }) => name === image.name)?.sizeMib ?? 0;
}

function fieldOf(config: MachineConfig, image: MachineImage): string {
  if (image.adopted) return 'diskPath';
  if (image.role === 'first') return 'diskMib';
  return `disks.${config.disks?.findIndex(({ name }) => name === image.name) ?? 0}.sizeMib`;
}

/** At once: it is asked of every machine there is before an engine answers, and looking takes less time than waiting does. */
function hasUnfinished(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.new'));
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
