import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem, userInfo } from 'node:os';
import type { Host } from '../../engine/ports/host.ts';

const bytesPerMib = 1024 * 1024;

/** The computer we run on. `home` is the data home; its folder exists. */
export function createHost(home: string): Host {
  return {
    cpus: availableParallelism(),
    memoryMib: Math.floor(totalmem() / bytesPerMib),
    user: readUser(),
    bootId: readBootId(),
    diskFreeMib: async () => {
      const { bavail, bsize } = await statfs(home);
      return Math.floor((bavail * bsize) / bytesPerMib);
    },
  };
}

function readUser(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the user list, as in some containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
