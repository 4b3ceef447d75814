import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import { baseReference, basesFolder, imageChain, maxBases } from './image-chain.ts';
import { readImageHeader } from './image-header.ts';
import type { ImageWork, WorkImage } from './image-work.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Images that several machines stand on. They lie in `machines/bases/`, are never written, and are named by nothing but a
 * uuid, so that no name suggests that one is anybody's to delete. Who stands on which is told by the headers of the
 * images alone: there is no second truth that could be wrong.
 */
export interface BaseImages {
  /**
   * Turns an image into a base and puts a new image in its place that stands on it. At every moment, also after a kill,
   * the image at its path reads as before. Returns the reference for others that are to stand on the base too.
   */
  freeze(image: WorkImage, signal: StopSignal): Promise<FrozenImage>;
  removeUnused(): Promise<void>;
}

export interface FrozenImage {
  readonly reference: string;
  /** Makes the image what it was, as long as nobody else stands on the base and nothing was written since. */
  thaw(): Promise<void>;
}

export function createBaseImages(machinesFolder: () => Promise<string>, work: ImageWork): BaseImages {
  let under: Promise<unknown> = Promise.resolve();
  // Whoever looks for unused bases must not look in the middle of a freeze.
  const alone = <T>(task: () => Promise<T>): Promise<T> => {
    const result = under.then(task);
    under = result.catch(() => undefined);
    return result;
  };

  const freeze = async (image: WorkImage, signal: StopSignal): Promise<FrozenImage> => {
    const folder = join(await machinesFolder(), basesFolder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { bases, fault } = await imageChain(image);
    if (fault !== null) throw new VigilError('refused', fault);
    if (bases.length >= maxBases) {
      throw new VigilError('refused', `${image.label} stands on ${bases.length} images already.`, {
        hint: 'Make a full clone: it stands on none.',
      });
    }
    // A process that writes would go on writing into the base, under everybody who stands on it.
    await work.requireFree(image);
    const base = join(folder, `${randomUUID()}.qcow2`);
    const temporary = `${image.path}.new`;
    try {
      // A second name for the very same file: nothing has changed for the machine yet.
      await link(image.path, base).catch((cause: unknown) => {
        throw new VigilError('refused', `${image.label} cannot be shared on this file system.`, {
          hint: 'Make a full clone.',
          cause,
        });
      });
      await syncFolder(folder);
      await rm(temporary, { force: true });
      await work.overlay(temporary, baseReference(base), signal);
      if (signal.aborted) throw new VigilError('cancelled', 'The clone was cancelled.');
      await work.requireFree(image);
      await rename(temporary, image.path);
    } catch (error) {
      await rm(temporary, { force: true });
      await rm(base, { force: true });
      throw error;
    }
    await syncFolder(dirname(image.path));
    // Only now: until the rename it was the machine's own disk under a second name.
    await chmod(base, 0o400);
    return {
      reference: baseReference(base),
      thaw: () =>
        alone(async () => {
          await chmod(base, 0o600);
          await rename(base, image.path);
          await syncFolder(dirname(image.path));
        }),
    };
  };

  const removeUnused = async (): Promise<void> => {
    const machines = await machinesFolder();
    const folder = join(machines, basesFolder);
    let present = (await namesIn(folder)).filter((name) => name.endsWith('.qcow2'));
    // A base may stand on another one, which is free only once the first has gone.
    for (let before = -1; present.length !== before && present.length > 0; ) {
      before = present.length;
      const used = await usedBases(machines);
      if (used === null) return;
      for (const name of present.filter((candidate) => !used.has(candidate)))
        await rm(join(folder, name), { force: true });
      present = present.filter((name) => used.has(name));
    }
  };

  return { freeze: (image, signal) => alone(() => freeze(image, signal)), removeUnused: () => alone(removeUnused) };
}

/** Names of the bases that some image refers to; null when that cannot be told for certain, and so nothing may be removed. */
async function usedBases(machines: string): Promise<ReadonlySet<string> | null> {
  const used = new Set<string>();
  try {
    for (const folder of await namesIn(machines)) {
      for (const name of await namesIn(join(machines, folder))) {
        if (!/\.qcow2(?:\.new)*$/.test(name)) continue;
        const header = await readImageHeader(join(machines, folder, name));
        if (header.kind === 'qcow2' && header.backing !== null) used.add(basename(header.backing));
      }
    }
    return used;
  } catch {
    return null;
  }
}

/** Empty for what is no folder or is gone. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
