import type { Settings } from '../../contract/settings.ts';
import type { Clock } from '../ports/clock.ts';

/** A round that begins now. */
export interface BegunRound {
  /** Whether a machine is read in it; asked once for each. */
  isDue(machineId: string): boolean;
  /** How much later it began than it should have; 0 for the first. */
  readonly lateMs: number;
}

/** When machines are read: in rounds, each machine in every one of them or, where its own interval is longer, in some. */
export interface ReadingBeat {
  /** From the begin of one round to the next: the shortest interval there is. */
  roundMs(): number;
  /** From one reading of a machine to the next; without a machine, of those that have no interval of their own. */
  intervalMs(machineId?: string): number;
  begin(machineIds: readonly string[]): BegunRound;
}

export function createReadingBeat(ports: {
  readonly clock: Pick<Clock, 'monotonicNow'>;
  collection(): Settings['collection'];
  nameOf(id: string): string | undefined;
}): ReadingBeat {
  const { clock } = ports;
  /** Monotonic milliseconds at which the round began that a machine was read in. */
  let readAt = new Map<string, number>();
  let last: { readonly atMs: number; readonly roundMs: number } | null = null;

  const intervalMs = (machineId?: string): number => {
    const { interval_seconds, machine_interval_seconds } = ports.collection();
    const name = machineId === undefined ? undefined : ports.nameOf(machineId);
    const own =
      name !== undefined && Object.hasOwn(machine_interval_seconds, name) ? machine_interval_seconds[name] : undefined;
    return (own ?? interval_seconds) * 1000;
  };
  const roundMs = (): number => Math.min(intervalMs(), ...[...readAt.keys()].map(intervalMs));

  return {
    roundMs,
    intervalMs,
    begin: (machineIds) => {
      const now = clock.monotonicNow();
      const before = readAt;
      // Those that are gone leave nothing, and drive no round.
      readAt = new Map(machineIds.map((id) => [id, before.get(id) ?? Number.NEGATIVE_INFINITY]));
      const presentMs = roundMs();
      // An interval that was made longer meanwhile makes nothing late.
      const lateMs = last === null ? 0 : Math.max(0, now - last.atMs - Math.max(last.roundMs, presentMs));
      last = { atMs: now, roundMs: presentMs };
      // Rounds do not come to the millisecond.
      const slackMs = last.roundMs / 2;
      return {
        lateMs,
        isDue: (machineId) => {
          const isDue = now - (before.get(machineId) ?? Number.NEGATIVE_INFINITY) >= intervalMs(machineId) - slackMs;
          if (isDue) readAt.set(machineId, now);
          return isDue;
        },
      };
    },
  };
}
