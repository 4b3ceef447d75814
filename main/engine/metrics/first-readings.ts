import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Reading } from '../ports/reading.ts';
import type { ReadingSource } from './collector.ts';
import { readWithin } from './read-within.ts';

/**
 * What a source counted when it began to answer, so that the first round after that has a rate already. Invariants:
 * 1. A source is read once each time it begins to answer, however often it is told that it does; no more at a time than
 *    may be read at a time.
 * 2. A first reading counts for one round. One that is too young then tells of a moment only, and counts for none.
 */
export interface FirstReadings {
  /** All that can be read of a machine now; nothing for one that is gone or does not answer. */
  notice(machineId: string, sources: readonly ReadingSource[]): void;
  /** Hands it over for a rate over at least so long; null where there is none. */
  take(source: ReadingSource, leastMs: number): Reading | null;
}

export interface FirstReadingsPorts {
  readonly clock: Clock;
  readonly signal: StopSignal;
  /** How many are read at a time. */
  maxWorkers(): number;
  timeoutMs(): number;
}

interface Begun {
  reading: Reading | null;
}

export function createFirstReadings({ clock, signal, maxWorkers, timeoutMs }: FirstReadingsPorts): FirstReadings {
  /** By machine, then by source: those that answer, read or not. */
  const begun = new Map<string, Map<ReadingSource['source'], Begun>>();
  const waiting: { readonly source: ReadingSource; readonly entry: Begun }[] = [];
  let open = 0;

  const isStill = ({ machineId, source }: ReadingSource, entry: Begun): boolean =>
    begun.get(machineId)?.get(source) === entry;
  const readNext = async (): Promise<void> => {
    open += 1;
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const { source, entry } = next;
      if (!isStill(source, entry)) continue;
      // What cannot be read now is told by the round that tries it next.
      const reading = await readWithin(source.read, clock, timeoutMs(), signal).catch(() => null);
      if (isStill(source, entry)) entry.reading = reading;
    }
    open -= 1;
  };

  return {
    notice: (machineId, sources) => {
      const before = begun.get(machineId);
      if (sources.length === 0 || signal.aborted) {
        begun.delete(machineId);
        return;
      }
      const after = new Map<ReadingSource['source'], Begun>();
      for (const source of sources) {
        const known = before?.get(source.source);
        const entry = known ?? { reading: null };
        after.set(source.source, entry);
        if (known === undefined) waiting.push({ source, entry });
      }
      begun.set(machineId, after);
      if (waiting.length > 0 && open < maxWorkers()) void readNext();
    },
    take: ({ machineId, source }, leastMs) => {
      const entry = begun.get(machineId)?.get(source);
      const reading = entry?.reading ?? null;
      if (entry !== undefined) entry.reading = null;
      return reading !== null && clock.monotonicNow() - reading.takenAtMs >= leastMs ? reading : null;
    },
  };
}
