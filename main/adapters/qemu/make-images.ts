import type { ProvidedMachine, WorkContext } from '../../engine/ports/machine-provider.ts';
import type { DiskImages } from './disk-image.ts';
import { watchLocks } from './kernel-locks.ts';
import { blockNodes, diskNodes } from './machine-images.ts';
import { sizeMibOf } from './prepare-images.ts';
import type { MachinePaths } from './qemu-paths.ts';

/** Makes the disks of a new machine, all but one that was there before. Whoever calls removes the folder after a failure. */
export async function makeImages(
  machine: ProvidedMachine,
  paths: MachinePaths,
  images: DiskImages,
  context: WorkContext,
): Promise<void> {
  const { config } = machine;
  const own = diskNodes(config, paths).filter(({ adopted }) => !adopted);
  for (const [index, image] of own.entries()) {
    context.progress(
      (index + 0.2) / own.length,
      image.role === 'first' ? 'Making the disk' : `Making the disk ${image.name}`,
    );
    await images.create(image.path, sizeMibOf(config, image), context.signal, config.preallocation);
  }
}

/** How often the kernel's word is waited for before the tool is asked, which takes longer than the wait. */
const kernelLooks = 4;

/**
 * Asks, again and again, whether nobody holds any image of a machine that is being stopped. To be made while it still runs.
 * The kernel is asked first; where it cannot tell, or goes on telling of a lock, the image tool decides.
 */
export async function watchImages(
  machine: ProvidedMachine,
  paths: MachinePaths,
  images: DiskImages,
): Promise<() => Promise<boolean>> {
  const watch = await watchLocks(imagesOf(machine, paths));
  let looks = 0;
  return async () => {
    const areGone = await watch.areGone();
    if (areGone === true) return true;
    looks += 1;
    if (areGone === false && looks < kernelLooks) return false;
    return areImagesFree(machine, paths, images);
  };
}

function imagesOf(machine: ProvidedMachine, paths: MachinePaths): readonly string[] {
  return blockNodes(machine.config, paths).map(({ path }) => path);
}

/** Whether nobody holds any image of a machine. */
export async function areImagesFree(
  machine: ProvidedMachine,
  paths: MachinePaths,
  images: DiskImages,
): Promise<boolean> {
  for (const { path } of blockNodes(machine.config, paths)) {
    if (!(await images.lockIsFree(path))) return false;
  }
  return true;
}
