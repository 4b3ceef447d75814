import { access, chmod, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Processes } from '../../engine/ports/processes.ts';

/** Disk images by `qemu-img`, never on an image that somebody holds: its own lock decides, not what we believe. */
export interface DiskImages {
  /** A sparse qcow2 file, whole or not there at all. With `metadata` its tables are laid out at once. */
  create(path: string, sizeMib: number, signal: StopSignal, preallocation?: 'off' | 'metadata'): Promise<void>;
  /** True also when there is no such file. Looks only; takes no lock beyond its own moment. */
  lockIsFree(path: string): Promise<boolean>;
  /** Null when it can be read as qcow2, otherwise a sentence in qemu-img's words. */
  faultOf(path: string): Promise<string | null>;
}

const program = 'qemu-img';
const createMs = 60_000;

export function createDiskImages(processes: Processes): DiskImages {
  const look = (path: string) => processes.run(program, ['info', '-f', 'qcow2', '--', path], { timeoutMs: 10_000 });
  return {
    create: async (path, sizeMib, signal, preallocation = 'off') => {
      const temporary = `${path}.new`;
      try {
        const layout = preallocation === 'off' ? [] : ['-o', `preallocation=${preallocation}`];
        const args = ['create', '-q', '-f', 'qcow2', ...layout, '--', temporary, `${sizeMib}M`];
        const made = await processes.run(program, args, { timeoutMs: createMs, signal });
        if (made.exitCode !== 0) {
          throw imageFailure('The disk could not be made', path, made.stderr, 'diskMib');
        }
        await chmod(temporary, 0o600);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    lockIsFree: async (path) => {
      if (!(await exists(path))) return true;
      const looked = await look(path);
      return looked.exitCode === 0 || !/lock/i.test(looked.stderr);
    },
    faultOf: async (path) => {
      const looked = await look(path);
      return looked.exitCode === 0 ? null : lastLine(looked.stderr);
    },
  };
}

/** A refusal in the words of `qemu-img`; a full disk is said in words of its own. */
export function imageFailure(what: string, path: string, stderr: string, field?: string): VigilError {
  const folder = dirname(path);
  if (/No space left on device/i.test(stderr)) {
    return new VigilError('refused', `${what}: the disk that holds ${folder} is full. Nothing was changed.`, {
      field,
      hint: 'Free some space on it and try again.',
    });
  }
  if (/Disk quota exceeded/i.test(stderr)) {
    return new VigilError(
      'refused',
      `${what}: your quota on the disk that holds ${folder} is used up. Nothing was changed.`,
      {
        field,
        hint: 'Free some space of yours on it and try again.',
      },
    );
  }
  return new VigilError('refused', `${what}: ${lastLine(stderr)}`, { field });
}

function lastLine(text: string): string {
  const line =
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^qemu-img: /, '') ?? '';
  return line === '' ? 'no reason given.' : line;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
