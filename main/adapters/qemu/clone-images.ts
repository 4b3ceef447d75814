import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, open, rm, stat } from 'node:fs/promises';
import { VigilError } from '../../contract/failure.ts';
import type { ProvidedMachine, WorkContext } from '../../engine/ports/machine-provider.ts';
import type { BaseImages, FrozenImage } from './base-images.ts';
import { prepareConsoleLog } from './console-log.ts';
import { imageChain } from './image-chain.ts';
import { type ImageWork, requireRoom } from './image-work.ts';
import { blockNodes, type MachineImage } from './machine-images.ts';
import { workImage } from './prepare-images.ts';
import type { MachinePaths } from './qemu-paths.ts';
import { syncFolder } from './sync-folder.ts';

export interface CloneInput {
  readonly source: ProvidedMachine;
  readonly clone: ProvidedMachine;
  readonly sourcePaths: MachinePaths;
  readonly clonePaths: MachinePaths;
  readonly linked: boolean;
  readonly work: ImageWork;
  readonly bases: BaseImages;
  readonly context: WorkContext;
}

interface Pair {
  readonly from: MachineImage;
  readonly to: string;
}

/** Makes the folder and every image of a clone. After a failure or cancel neither is there and the source is as before. */
export async function cloneImages(input: CloneInput): Promise<void> {
  const { clonePaths, context, source } = input;
  const pairs = await pairsOf(input);
  await makeFolder(clonePaths.folder);
  const frozen: FrozenImage[] = [];
  try {
    context.progress(0, `Copying ${source.name}`);
    for (const [index, pair] of pairs.entries()) {
      const part = (fraction: number) =>
        context.progress((index + fraction) / pairs.length, `Copying ${pair.from.name}`);
      if (input.linked && pair.from.role !== 'firmware') await linkImage(input, pair, frozen);
      else await copyImage(input, pair, part);
      part(1);
    }
    await prepareConsoleLog(clonePaths.console);
    await syncFolder(clonePaths.folder);
    if (context.signal.aborted) throw new VigilError('cancelled', 'The clone was cancelled.');
  } catch (error) {
    await rm(clonePaths.folder, { recursive: true, force: true });
    // Nobody has written since: the operation holds the source, and the clone is gone.
    for (const image of frozen) await image.thaw();
    throw error;
  }
}

/** Every image of the source with its place in the clone. Throws for what cannot be cloned, before anything is made. */
async function pairsOf(input: CloneInput): Promise<readonly Pair[]> {
  const { clone, clonePaths, context, linked, source, sourcePaths, work } = input;
  const targets = blockNodes(clone.config, clonePaths);
  const pairs: Pair[] = [];
  let bytes = 0;
  for (const from of blockNodes(source.config, sourcePaths)) {
    const to = targets.find(({ node }) => node === from.node);
    if (to === undefined || (from.role === 'firmware' && !(await exists(from.path)))) continue;
    const { fault, header } = await imageChain(from);
    if (fault !== null) throw new VigilError('refused', `${source.name} cannot be cloned: ${fault}`);
    if (linked && from.role !== 'firmware') refuseLink(source, from, header?.kind === 'qcow2' ? header.snapshots : 0);
    else bytes += await work.measure(workImage(source, from), context.signal);
    pairs.push({ from, to: to.path });
  }
  await requireRoom(clonePaths.folder, bytes);
  return pairs;
}

function refuseLink(source: ProvidedMachine, image: MachineImage, snapshots: number): void {
  const { label } = workImage(source, image);
  if (image.adopted) {
    throw new VigilError('refused', `${label} is an image of yours, which Vigil does not turn into a shared one.`, {
      field: 'linked',
      hint: 'Make a full clone.',
    });
  }
  if (snapshots === 0) return;
  throw new VigilError('refused', `${label} holds ${snapshots} snapshots, which could not be gone back to any more.`, {
    field: 'linked',
    hint: 'Delete the snapshots first, or make a full clone.',
  });
}

async function linkImage(
  { bases, context, source, work }: CloneInput,
  { from, to }: Pair,
  frozen: FrozenImage[],
): Promise<void> {
  const image = await bases.freeze(workImage(source, from), context.signal);
  frozen.push(image);
  await work.overlay(to, image.reference, context.signal);
}

async function copyImage(
  { context, source, work }: CloneInput,
  { from, to }: Pair,
  part: (fraction: number) => void,
): Promise<void> {
  const image = workImage(source, from);
  const { bases, header } = await imageChain(from);
  const isPlain = header?.kind === 'qcow2' && header.snapshots === 0 && bases.length === 0 && from.format === 'qcow2';
  if (isPlain && (await shareBlocks(from.path, to))) return;
  await work.copy(image, to, { signal: context.signal, onProgress: part });
}

/** A copy at once where the file system lets two files share their blocks until one is written; false where it does not. */
async function shareBlocks(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    await chmod(to, 0o600);
    const file = await open(to, 'r+');
    await file.sync().finally(() => file.close());
    return true;
  } catch {
    await rm(to, { force: true });
    return false;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (cause) {
    throw new VigilError('refused', `${path} could not be made.`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
