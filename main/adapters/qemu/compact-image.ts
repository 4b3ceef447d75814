import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { ProvidedMachine, WorkContext } from '../../engine/ports/machine-provider.ts';
import { baseReference, imageChain } from './image-chain.ts';
import { type ImageWork, requireRoom } from './image-work.ts';
import type { MachineImage } from './machine-images.ts';
import { workImage } from './prepare-images.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Writes an image anew without what holds only zeros, and puts it in the place of the old one in a single step. Refused
 * where something would be lost by that; after a failure or cancel the old image is there and nothing beside it.
 */
export async function compactImage(
  machine: ProvidedMachine,
  image: MachineImage,
  work: ImageWork,
  context: WorkContext,
): Promise<{ readonly freedBytes: number }> {
  const target = workImage(machine, image);
  if (image.adopted) {
    throw new VigilError(
      'refused',
      `${target.label} is an image of yours; Vigil does not put another file in its place.`,
      {
        hint: `Stop the machine and write it anew yourself: qemu-img convert -O qcow2 ${image.path} NEW.qcow2`,
      },
    );
  }
  const { bases, fault, header } = await imageChain(image);
  if (fault !== null || header?.kind !== 'qcow2') {
    throw new VigilError('refused', `${target.label} cannot be compacted: ${fault ?? 'it is no qcow2 image.'}`);
  }
  if (header.snapshots > 0) {
    throw new VigilError(
      'refused',
      `${target.label} holds ${header.snapshots} snapshots, which a compaction would lose.`,
      {
        hint: 'Delete the snapshots first.',
      },
    );
  }
  const before = await bytesUsed(image.path);
  const temporary = `${image.path}.new`;
  await rm(temporary, { force: true });
  // It cannot become larger than it is.
  await requireRoom(temporary, before);
  const [base] = bases;
  context.progress(0, `Compacting ${image.name}`);
  try {
    await work.copy(target, temporary, {
      signal: context.signal,
      onProgress: (fraction) => context.progress(fraction, `Compacting ${image.name}`),
      ...(base === undefined ? {} : { backing: baseReference(base) }),
    });
    if (context.signal.aborted) throw new VigilError('cancelled', 'The compaction was cancelled.');
    const after = await bytesUsed(temporary);
    if (after >= before) {
      await rm(temporary, { force: true });
      return { freedBytes: 0 };
    }
    await rename(temporary, image.path);
    await syncFolder(dirname(image.path));
    return { freedBytes: before - after };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function bytesUsed(path: string): Promise<number> {
  return (await stat(path)).blocks * 512;
}
