import { useEffect, useRef, useState } from 'react';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { ReadingGap, Sample } from '../../main/contract/sample.ts';
import { useClient } from './client-context.tsx';

/** A machine over time, as it was at `to`. */
export interface History {
  readonly machineId: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Oldest first, of all sources. */
  readonly samples: readonly Sample[];
  readonly gaps: readonly ReadingGap[];
}

/** Fewer than a chart may have: rows that break a line at a gap come on top. */
const points = 240;
/** What is newer than this part of the range would move nothing by a pixel. */
const pixels = 300;
const slowestMs = 60_000;

/**
 * The last `rangeMs` of a machine, read anew with every round of readings that could be seen, and now and then without
 * one, because time goes on. What was read stays until the next is there.
 */
export function useHistory(
  machineId: string,
  rangeMs: number,
): { readonly history: History | null; readonly error: VigilError | null; retry(): void } {
  const { connection } = useClient();
  const [state, setState] = useState<{ readonly history: History | null; readonly error: VigilError | null }>({
    history: null,
    error: null,
  });
  const read = useRef<() => void>(() => {});
  useEffect(() => {
    let isOver = false;
    let reading = 0;
    let readAt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const freshMs = rangeMs / pixels;

    const readNow = async (): Promise<void> => {
      reading += 1;
      const own = reading;
      const to = Date.now();
      readAt = to;
      clearTimeout(timer);
      timer = setTimeout(() => void readNow(), Math.max(slowestMs, freshMs));
      const range = { machine: machineId, from: iso(to - rangeMs), to: iso(to), points };
      try {
        const [samples, gaps] = await Promise.all([
          connection.call('metrics.history', range),
          connection.call('metrics.gaps', range),
        ]);
        if (isOver || own !== reading) return;
        setState({ history: { machineId, from: to - rangeMs, to, samples, gaps }, error: null });
      } catch (error) {
        if (!isOver && own === reading) setState((before) => ({ ...before, error: errorOf(failureOf(error)) }));
      }
    };
    read.current = () => void readNow();
    const undo = [
      connection.subscribe('metrics.collected', ({ samples }) => {
        if (samples.some((sample) => sample.machineId === machineId) && Date.now() - readAt >= freshMs) void readNow();
      }),
      connection.subscribe('engine.connected', () => void readNow()),
    ];
    void readNow();
    return () => {
      isOver = true;
      clearTimeout(timer);
      for (const each of undo) each();
    };
  }, [connection, machineId, rangeMs]);
  return { ...state, retry: () => read.current() };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
