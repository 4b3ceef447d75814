import { randomFillSync } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { freeBytes } from './storage-failure.ts';

const reserveBytes = 1024 * 1024;
/** Made only where it leaves this much beside itself. */
const roomBesideBytes = 3 * reserveBytes;
const retryAfterMs = 60_000;

/**
 * Space kept for the moment the disk is full: a file that is given up, so that what is being decided can still be written
 * down.
 */
export interface DiskReserve {
  /** Gives the space back. False when there was nothing left to give. */
  release(): boolean;
  /** Makes the file (again) when it is missing and there is room. Cheap when it is there. Never throws. */
  keep(): void;
}

export function createDiskReserve(home: string): DiskReserve {
  const file = path.join(home, 'reserve');
  let isKept = false;
  let notBefore = 0;
  return {
    release: () => {
      const had = existsSync(file);
      isKept = false;
      rmSync(file, { force: true });
      return had;
    },
    keep: () => {
      if (isKept || performance.now() < notBefore) return;
      try {
        if (statSync(file, { throwIfNoEntry: false })?.size === reserveBytes) {
          isKept = true;
          return;
        }
        if ((freeBytes(home) ?? 0) < reserveBytes + roomBesideBytes) return;
        fill(file);
        isKept = true;
      } catch {
        rmSync(file, { force: true });
        notBefore = performance.now() + retryAfterMs;
      }
    },
  };
}

/** With noise: a file system that compresses or leaves holes would keep no space for zeros. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    const noise = randomFillSync(Buffer.alloc(reserveBytes));
    for (let written = 0; written < noise.length; ) written += writeSync(descriptor, noise, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
