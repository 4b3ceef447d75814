import { VigilError } from '../../contract/failure.ts';
import type { HeldSnapshot } from '../../engine/ports/machine-snapshots.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import { imageFailure } from './disk-image.ts';
import { isObject } from './json-line-socket.ts';
import type { MachineImage } from './machine-images.ts';

/**
 * Snapshots inside images by `qemu-img`. Whoever calls has made sure that nobody holds the image; `qemu-img` takes the
 * image's lock itself as well, and is never told not to.
 */
export interface ImageSnapshots {
  /** Bytes of memory by tag; 0 where there is none. */
  list(image: MachineImage): Promise<ReadonlyMap<string, number>>;
  take(image: MachineImage, tag: string): Promise<void>;
  apply(image: MachineImage, tag: string): Promise<void>;
  remove(image: MachineImage, tag: string): Promise<void>;
}

const program = 'qemu-img';
const listMs = 10_000;
/** It writes tables, not data, but a table of a large image is large too. */
const changeMs = 300_000;

export function createImageSnapshots(processes: Processes): ImageSnapshots {
  // None of these is interrupted: each is short, and half of one would be for nobody.
  const change = async (option: '-c' | '-a' | '-d', what: string, image: MachineImage, tag: string): Promise<void> => {
    const args = ['snapshot', '-q', '--image-opts', option, tag, '--', imageOptions(image)];
    const done = await processes.run(program, args, { timeoutMs: changeMs });
    if (done.exitCode !== 0) throw imageFailure(`${what} the disk ${image.name}`, image.path, done.stderr);
  };
  return {
    list: async (image) => {
      const args = ['info', '--output=json', '--image-opts', '--', imageOptions(image)];
      const done = await processes.run(program, args, { timeoutMs: listMs, maxOutputBytes: 8 * 1024 * 1024 });
      if (done.exitCode !== 0) throw imageFailure(`The disk ${image.name} could not be read`, image.path, done.stderr);
      return tagsOf(answerOf(done.stdout));
    },
    take: (image, tag) => change('-c', 'No snapshot could be taken of', image, tag),
    apply: (image, tag) => change('-a', 'A snapshot could not be brought back to', image, tag),
    remove: (image, tag) => change('-d', 'A snapshot could not be removed from', image, tag),
  };
}

/** Tags with the bytes of memory in them, from what QEMU or `qemu-img` says of one image. */
export function tagsOf(image: unknown): ReadonlyMap<string, number> {
  const snapshots = isObject(image) ? image.snapshots : undefined;
  if (!Array.isArray(snapshots)) return new Map();
  return new Map(
    snapshots.filter(isObject).map((one) => {
      const bytes = one['vm-state-size'];
      return [String(one.name), typeof bytes === 'number' ? bytes : 0];
    }),
  );
}

/** One tag is whole when every image has it; its memory is where there is some. */
export function joinTags(images: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, HeldSnapshot> {
  const tags = new Set(images.flatMap((image) => [...image.keys()]));
  return new Map(
    [...tags].map((tag) => [
      tag,
      {
        isWhole: images.every((image) => image.has(tag)),
        memoryBytes: Math.max(...images.map((image) => image.get(tag) ?? 0)),
      },
    ]),
  );
}

/** By its format, never by a guess at what is written in it. */
function imageOptions({ format, path }: MachineImage): string {
  return `driver=${format},file.driver=file,file.filename=${path.replaceAll(',', ',,')}`;
}

function answerOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VigilError('refused', 'qemu-img did not say what is in the image.', { cause });
  }
}
