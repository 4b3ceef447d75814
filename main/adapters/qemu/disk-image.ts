import { access, chmod, rename, rm } from 'node:fs/promises';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Processes } from '../../engine/ports/processes.ts';

/** Disk images by `qemu-img`, never on an image that somebody holds: its own lock decides, not what we believe. */
export interface DiskImages {
  /** A sparse qcow2 file, whole or not there at all. */
  create(path: string, sizeMib: number, signal: StopSignal): Promise<void>;
  /** True also when there is no such file. Looks only; takes no lock beyond its own moment. */
  lockIsFree(path: string): Promise<boolean>;
  /** Null when it can be read as qcow2, otherwise a sentence in qemu-img's words. */
  faultOf(path: string): Promise<string | null>;
}

const program = 'qemu-img';

export function createDiskImages(processes: Processes): DiskImages {
  const look = (path: string) => processes.run(program, ['info', '-f', 'qcow2', '--', path], { timeoutMs: 10_000 });
  return {
    create: async (path, sizeMib, signal) => {
      const temporary = `${path}.new`;
      try {
        const args = ['create', '-q', '-f', 'qcow2', '--', temporary, `${sizeMib}M`];
        const made = await processes.run(program, args, { timeoutMs: 60_000, signal });
        if (made.exitCode !== 0) {
          throw new VigilError('refused', `The disk could not be made: ${lastLine(made.stderr)}`, { field: 'diskMib' });
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
