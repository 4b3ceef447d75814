import { stat } from 'node:fs/promises';
import type { MachineDisk } from '../../contract/machine-disk.ts';
import { imageChain } from './image-chain.ts';
import type { MachineImage } from './machine-images.ts';

/** A disk as it lies on this computer, by its header and its file alone: also while its machine runs and writes. */
export async function describeDisk(image: MachineImage): Promise<MachineDisk> {
  const [chain, usedBytes] = await Promise.all([imageChain(image), usedBytesOf(image.path)]);
  const { header } = chain;
  const virtualBytes =
    image.format === 'raw' ? await sizeOf(image.path) : header?.kind === 'qcow2' ? header.virtualBytes : null;
  return {
    name: image.name,
    path: image.path,
    format: image.format,
    adopted: image.adopted,
    virtualMib: virtualBytes === null ? null : Math.ceil(virtualBytes / 1_048_576),
    usedBytes,
    snapshots: image.format === 'raw' ? 0 : header?.kind === 'qcow2' ? header.snapshots : null,
    bases: chain.bases,
    fault: chain.fault,
  };
}

async function usedBytesOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).blocks * 512;
  } catch {
    return null;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}
