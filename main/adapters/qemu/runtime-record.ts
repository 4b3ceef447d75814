import type { ProcessIdentity } from '../../engine/ports/processes.ts';
import { isObject } from './json-line-socket.ts';
import type { RuntimePaths } from './qemu-paths.ts';

/** What must be known to find a running QEMU again; the engine keeps it as text. */
export interface RuntimeRecord {
  readonly identity: ProcessIdentity;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  /** Sockets as they were at the start: a later engine may have another runtime folder. */
  readonly paths: RuntimePaths;
  readonly generation: number;
  readonly accelerator: string;
  readonly acceleratorReason: string;
  readonly machineType: string;
  readonly qemuVersion: string;
  /** Ports of this computer that the process itself holds. */
  readonly hostPorts: readonly number[];
  /** Size of the console log when the run began. */
  readonly consoleFrom: number;
}

export function writeRuntimeRecord(record: RuntimeRecord): string {
  return JSON.stringify({ version: 1, ...record });
}

/** Null when the text is none of ours; then only a look at the processes themselves can help. */
export function readRuntimeRecord(text: string | null): RuntimeRecord | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || value.version !== 1) return null;
  const identity = readIdentity(value.identity);
  const paths = readPaths(value.paths);
  const { startedAt, generation, accelerator, acceleratorReason, machineType, qemuVersion, hostPorts, consoleFrom } =
    value;
  if (identity === null || paths === null) return null;
  if (typeof generation !== 'number' || typeof consoleFrom !== 'number' || !Array.isArray(hostPorts)) return null;
  if (typeof startedAt !== 'string' || typeof accelerator !== 'string' || typeof acceleratorReason !== 'string')
    return null;
  if (typeof machineType !== 'string' || typeof qemuVersion !== 'string') return null;
  return {
    identity,
    startedAt,
    paths,
    generation,
    accelerator,
    acceleratorReason,
    machineType,
    qemuVersion,
    hostPorts: hostPorts.filter((port) => typeof port === 'number'),
    consoleFrom,
  };
}

function readIdentity(value: unknown): ProcessIdentity | null {
  if (!isObject(value)) return null;
  const { pid, startTime, bootId } = value;
  const isWhole = (number: unknown): number is number => typeof number === 'number' && Number.isSafeInteger(number);
  if (!isWhole(pid) || pid <= 1 || !isWhole(startTime) || typeof bootId !== 'string') return null;
  return { pid, startTime, bootId };
}

function readPaths(value: unknown): RuntimePaths | null {
  if (!isObject(value)) return null;
  const { folder, pidFile, qmp, monitor, serial, agent } = value;
  if (typeof folder !== 'string' || typeof pidFile !== 'string' || typeof qmp !== 'string') return null;
  if (typeof monitor !== 'string' || typeof serial !== 'string' || typeof agent !== 'string') return null;
  return { folder, pidFile, qmp, monitor, serial, agent };
}
