import { chmod, open, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { DiskFormat } from '../../contract/machine.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { CommandResult, Processes } from '../../engine/ports/processes.ts';
import { type DiskImages, imageFailure } from './disk-image.ts';
import { isObject } from './json-line-socket.ts';

/** An image that a tool is to work on, and how to name it when that cannot be. */
export interface WorkImage {
  readonly path: string;
  readonly format: DiskFormat;
  /** `The disk data of demo`. */
  readonly label: string;
}

export interface CopyOptions {
  /** The image the copy is to stand on, as it is written into the copy; it must be what the source stands on. */
  readonly backing?: string;
  /** Hears 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  readonly signal: StopSignal;
}

export interface ImageFaults {
  readonly corruptions: number;
  readonly leaks: number;
  readonly corruptionsFixed: number;
  readonly leaksFixed: number;
}

/**
 * Work of `qemu-img` on images that exist. Each piece looks at the image's lock first and throws `conflict` when it is
 * held; `qemu-img` takes the lock itself as well, and is never told not to.
 */
export interface ImageWork {
  /** The look that each piece of work begins with, for work that is done without the tool. */
  requireFree(image: WorkImage): Promise<void>;
  resize(image: WorkImage, sizeMib: number, signal: StopSignal): Promise<void>;
  check(image: WorkImage, signal: StopSignal): Promise<ImageFaults>;
  /** Cannot be interrupted: half a repair is worse than none. */
  repair(image: WorkImage, what: 'leaks' | 'all'): Promise<ImageFaults>;
  /**
   * Puts right what a change of snapshots leaves in the tables when the process that made it is killed: room that belongs
   * to nothing, and marks of what is shared that do not fit its count. A guest that wrote by such a mark would write into
   * the snapshot. False when the image has any other fault: then nothing is done to it.
   */
  tidy(image: WorkImage): Promise<boolean>;
  /** What a copy will take at most, in bytes. */
  measure(image: WorkImage, signal: StopSignal): Promise<number>;
  /** A qcow2 copy of what a guest sees, without snapshots; durable when it resolves, otherwise not there at all. */
  copy(image: WorkImage, target: string, options: CopyOptions): Promise<void>;
  /** A new image that stands on `backing` (relative to it) and differs from it in nothing yet; durable. */
  overlay(target: string, backing: string, signal: StopSignal): Promise<void>;
}

const program = 'qemu-img';
const shortMs = 60_000;
/** For work that reads a whole image. */
const longMs = 6 * 3_600_000;
/** A line per cluster: enough for a hundred thousand of them. */
const findingsBytes = 8 * 1_048_576;

export function createImageWork(processes: Processes, images: DiskImages): ImageWork {
  const requireFree = async (image: WorkImage): Promise<void> => {
    if (await images.lockIsFree(image.path)) return;
    throw new VigilError('conflict', `${image.label} is held by another program; it was left alone.`, {
      hint: 'Find it with: lsof IMAGE, or fuser IMAGE, and let it finish.'.replaceAll('IMAGE', image.path),
    });
  };
  const run = async (what: string, image: WorkImage, args: readonly string[], signal: StopSignal): Promise<string> => {
    await requireFree(image);
    const done = await processes.run(program, args, { timeoutMs: shortMs, signal });
    if (done.exitCode !== 0) throw imageFailure(`${image.label} ${what}`, image.path, done.stderr);
    return done.stdout;
  };
  const look = async (image: WorkImage, args: readonly string[], signal?: StopSignal): Promise<CommandResult> => {
    await requireFree(image);
    const done = await processes.run(
      program,
      ['check', '--output=json', '-f', image.format, ...args, '--', image.path],
      { timeoutMs: longMs, maxOutputBytes: findingsBytes, ...(signal === undefined ? {} : { signal }) },
    );
    // 2 and 3 are findings, not failures.
    if (done.exitCode !== null && [0, 2, 3].includes(done.exitCode)) return done;
    throw imageFailure(`${image.label} could not be checked`, image.path, done.stderr);
  };
  const check = async (image: WorkImage, args: readonly string[], signal?: StopSignal): Promise<ImageFaults> =>
    faultsOf((await look(image, args, signal)).stdout);

  return {
    requireFree,

    resize: async (image, sizeMib, signal) => {
      await run(
        'could not be resized',
        image,
        ['resize', '-q', '-f', image.format, '--', image.path, `${sizeMib}M`],
        signal,
      );
    },
    check: (image, signal) => check(image, [], signal),
    repair: (image, what) => check(image, ['-r', what]),
    tidy: async (image) => {
      const found = await look(image, []);
      if (found.exitCode === 0) return true;
      if (!isOnlyUntidy(found.stderr)) return false;
      return (await look(image, ['-r', 'leaks'])).exitCode === 0;
    },
    measure: async (image, signal) => {
      const args = ['measure', '--output=json', '-f', image.format, '-O', 'qcow2', '--', image.path];
      const answer: unknown = JSON.parse(await run('could not be measured', image, args, signal));
      const required = isObject(answer) ? answer.required : undefined;
      if (typeof required !== 'number') throw new VigilError('refused', `${image.label} could not be measured.`);
      return required;
    },
    copy: async (image, target, options) => {
      await requireFree(image);
      const backing = options.backing === undefined ? [] : ['-B', options.backing, '-F', 'qcow2'];
      const args = ['convert', '-p', '-f', image.format, '-O', 'qcow2', ...backing, '--', image.path, target];
      await made(target, async () => {
        const done = await processes.run(program, args, {
          timeoutMs: longMs,
          signal: options.signal,
          onOutput: (text) => {
            const fraction = lastFraction(text);
            if (fraction !== null) options.onProgress?.(fraction);
          },
        });
        if (done.exitCode !== 0) throw imageFailure(`${image.label} could not be copied`, target, done.stderr);
      });
    },
    overlay: (target, backing, signal) =>
      made(target, async () => {
        const args = ['create', '-q', '-f', 'qcow2', '-b', backing, '-F', 'qcow2', '--', target];
        const done = await processes.run(program, args, { timeoutMs: shortMs, signal });
        if (done.exitCode !== 0) throw imageFailure('The linked disk could not be made', target, done.stderr);
      }),
  };
}

/** Refuses before anything is begun when `bytes` do not fit where `target` is to lie. */
export async function requireRoom(target: string, bytes: number): Promise<void> {
  const folder = dirname(target);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new VigilError(
    'refused',
    `${mib(bytes)} MiB are needed on the disk that holds ${folder}, and ${Math.floor(free / 1_048_576)} MiB are free.`,
    { hint: 'Free some space on it and try again.' },
  );
}

/** The last of the `(12.34/100%)` in a piece of what `-p` prints; null when there is none. */
export function lastFraction(text: string): number | null {
  const found = [...text.matchAll(/\((\d{1,3}(?:\.\d+)?)\/100%\)/g)].at(-1)?.[1];
  return found === undefined ? null : Math.min(1, Number(found) / 100);
}

/** From what a check says of each fault. An error of any other kind means that counts are wrong: freeing by them loses data. */
function isOnlyUntidy(findings: string): boolean {
  return !findings.split('\n').some((line) => line.startsWith('ERROR') && !line.startsWith('ERROR OFLAG_COPIED'));
}

function faultsOf(output: string): ImageFaults {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch (cause) {
    throw new VigilError('refused', 'qemu-img did not say what it found.', { cause });
  }
  const count = (key: string): number => {
    const value = isObject(answer) ? answer[key] : undefined;
    return typeof value === 'number' ? value : 0;
  };
  return {
    corruptions: count('corruptions') + count('check-errors'),
    leaks: count('leaks'),
    corruptionsFixed: count('corruptions-fixed'),
    leaksFixed: count('leaks-fixed'),
  };
}

/** After a failure the file is gone; after success its bytes are on the disk, which qemu-img does not see to by itself. */
async function made(target: string, make: () => Promise<void>): Promise<void> {
  try {
    await make();
    await chmod(target, 0o600);
    const file = await open(target, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

function mib(bytes: number): number {
  return Math.ceil(bytes / 1_048_576);
}
