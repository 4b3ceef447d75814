import { access } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { type ImageHeader, readImageHeader } from './image-header.ts';
import type { MachineImage } from './machine-images.ts';

/** An image with everything it stands on. */
export interface ImageChain {
  /** Null when it cannot be read. */
  readonly header: ImageHeader | null;
  /** The images below it, the nearest first. */
  readonly bases: readonly string[];
  /** Why a guest could not read from it, in a sentence with the way out; null when it could. */
  readonly fault: string | null;
}

/** How many images may lie below one: each makes reading slower. */
export const maxBases = 32;

/** Follows the references of an image by reading headers alone. Never rejects. */
export async function imageChain(image: Pick<MachineImage, 'path' | 'format'>): Promise<ImageChain> {
  const header = await headerOf(image.path);
  if (header === null) {
    const gone = !(await exists(image.path));
    return { header, bases: [], fault: gone ? `The image ${image.path} is gone.` : `${image.path} cannot be read.` };
  }
  if (image.format === 'raw') return { header, bases: [], fault: null };
  if (header.kind !== 'qcow2') return { header, bases: [], fault: `${image.path} is no qcow2 image.` };
  const bases: string[] = [];
  let present = header;
  let path = image.path;
  for (;;) {
    if (present.isCorrupt) {
      const words = path === image.path ? 'is' : 'stands on an image that is';
      return { header, bases, fault: `${image.path} ${words} marked as corrupt: ${path}. Check it with --repair.` };
    }
    if (present.backing === null) return { header, bases, fault: null };
    const below = basePathOf(path, present.backing);
    const stands = `${image.path} stands on ${below ?? present.backing}`;
    if (below === null) return { header, bases, fault: `${stands}, which is no shared image of Vigil's.` };
    if (bases.includes(below) || bases.length >= maxBases)
      return { header, bases, fault: `${stands}, and that leads too far.` };
    bases.push(below);
    const next = await headerOf(below);
    if (next === null) {
      return {
        header,
        bases,
        fault: `${stands}, which is gone. Bring that file back from a backup; without it the disk cannot be read.`,
      };
    }
    if (next.kind !== 'qcow2') return { header, bases, fault: `${stands}, which is no qcow2 image.` };
    present = next;
    path = below;
  }
}

/** Where the shared images of a data home lie, seen from any image of it: `machines/bases`. */
export const basesFolder = 'bases';

/** The reference that an image in `machines/ANY/` carries to a shared image: the data home may be moved as a whole. */
export function baseReference(base: string): string {
  return join('..', basesFolder, basename(base));
}

/** The path a reference leads to; null for any that Vigil does not write. */
function basePathOf(path: string, reference: string): string | null {
  const name = basename(reference);
  if (isAbsolute(reference) || reference !== baseReference(name) || !/^[0-9a-f-]{36}\.qcow2$/.test(name)) return null;
  return normalize(join(dirname(path), reference));
}

async function headerOf(path: string): Promise<ImageHeader | null> {
  try {
    return await readImageHeader(path);
  } catch {
    return null;
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
