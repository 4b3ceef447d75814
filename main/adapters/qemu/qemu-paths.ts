import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { VigilError } from '../../contract/failure.ts';

/** Where a machine's things lie. Pure; nothing here looks at the disk. */

/** Inside the data home: what must survive. */
export interface MachinePaths {
  readonly folder: string;
  readonly disk: string;
  readonly console: string;
  /** QEMU's own words. */
  readonly log: string;
  /** The last picture of the screen. */
  readonly picture: string;
}

/** Inside the runtime folder: what a running QEMU listens on. Short, because a socket's path may have 107 bytes at most. */
export interface RuntimePaths {
  readonly folder: string;
  readonly pidFile: string;
  /** The monitor that only Vigil uses: QEMU serves one client at a time. */
  readonly qmp: string;
  /** The monitor for people and other programs. */
  readonly monitor: string;
  /** The serial console's pipe, without the endings that QEMU adds. */
  readonly serial: string;
  readonly agent: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const maxSocketPathBytes = 107;

export function machinePaths(home: string, id: string): MachinePaths {
  const folder = join(home, 'machines', requireUuid(id));
  return {
    folder,
    disk: join(folder, 'disk.qcow2'),
    console: join(folder, 'console.log'),
    log: join(folder, 'qemu.log'),
    picture: join(folder, 'screenshot.png'),
  };
}

/** `base` belongs to one data home; see `runtimeBase`. */
export function runtimePaths(base: string, id: string): RuntimePaths {
  const folder = join(base, requireUuid(id).slice(0, 8));
  const paths = {
    folder,
    pidFile: join(folder, 'qemu.pid'),
    qmp: join(folder, 'qmp.sock'),
    monitor: join(folder, 'monitor.sock'),
    serial: join(folder, 'serial'),
    agent: join(folder, 'agent.sock'),
  };
  if (Buffer.byteLength(paths.monitor) > maxSocketPathBytes) {
    throw new VigilError('refused', `The runtime folder ${base} is too long for a socket; use a shorter one.`);
  }
  return paths;
}

/** Eight characters that tell one data home from another. */
export function homeMark(home: string): string {
  return createHash('sha256').update(home).digest('hex').slice(0, 8);
}

/** True when `pidFile` was given to a QEMU of the data home with this mark, wherever its runtime folder was at the time. */
export function isOwnPidFile(pidFile: string, mark: string, id: string): boolean {
  const folder = dirname(pidFile);
  return basename(pidFile) === 'qemu.pid' && basename(folder) === id.slice(0, 8) && basename(dirname(folder)) === mark;
}

/** Paths are built from ids: anything else must never reach the disk. */
export function requireUuid(id: string): string {
  if (!uuid.test(id)) throw new VigilError('bad-input', 'An id is a uuid in lower case.');
  return id;
}
