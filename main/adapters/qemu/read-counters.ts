import { VigilError } from '../../contract/failure.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import type { Reading } from '../../engine/ports/reading.ts';
import { isObject } from './json-line-socket.ts';
import type { LiveMachine } from './live-machine.ts';

/** The guest has these many at its start and keeps them to its end. */
const virtualCpus = new WeakMap<LiveMachine, number>();

/**
 * What a run has used so far, seen from outside. Processor time is that of the whole process, so that a guest's work for
 * its devices counts too. QEMU counts no bytes of a user-mode network card, and memory and file systems are the guest's
 * own affair: null. While the monitor is silent its values are null as well. Rejects when the process is gone.
 */
export async function readCounters(live: LiveMachine, processes: Processes, takenAtMs: number): Promise<Reading> {
  // Before anything is waited for: it belongs to `takenAtMs`.
  const busy = processes.cpuMs(live.record.identity);
  if (busy === null) throw new VigilError('not-found', 'The process is gone.');
  const { client } = live;
  const ask = async (command: string): Promise<unknown> => client?.execute(command).catch(() => null);
  const [stats, cpus] = await Promise.all([
    ask('query-blockstats'),
    virtualCpus.has(live) ? null : ask('query-cpus-fast'),
  ]);
  if (Array.isArray(cpus) && cpus.length > 0) virtualCpus.set(live, cpus.length);
  const count = virtualCpus.get(live);
  const { pid, startTime, bootId } = live.record.identity;
  return {
    takenAtMs,
    epoch: `${bootId} ${pid} ${startTime}`,
    cpu: count === undefined ? null : { busy, total: takenAtMs * count },
    memoryPercent: null,
    diskPercent: null,
    ...diskBytes(stats),
    networkInBytes: null,
    networkOutBytes: null,
  };
}

/** Sums over the disks in an answer to `query-blockstats`; a CD in the drive is no disk. */
export function diskBytes(answer: unknown): Pick<Reading, 'diskReadBytes' | 'diskWriteBytes'> {
  const disks = Array.isArray(answer)
    ? answer.filter((entry) => isObject(entry) && entry['node-name'] !== 'cd0').map((entry) => entry.stats)
    : [];
  const sum = (key: string): number | null => {
    const values = disks.map((stats) => (isObject(stats) ? stats[key] : undefined));
    const isWhole = values.length > 0 && values.every((value) => typeof value === 'number' && value >= 0);
    return isWhole ? values.reduce<number>((total, value) => total + Number(value), 0) : null;
  };
  return { diskReadBytes: sum('rd_bytes'), diskWriteBytes: sum('wr_bytes') };
}
