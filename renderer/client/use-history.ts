import { useEffect, useRef, useState } from 'react';
import type { CallInput } from '../../main/contract/calls.ts';
import type { Connection } from '../../main/contract/connection.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { RollUpLevel } from '../../main/contract/roll-up.ts';
import type { ReadingGap } from '../../main/contract/sample.ts';
import { useClient } from './client-context.tsx';
import { type HistorySample, rollUpGaps, rollUpSamples } from './history-samples.ts';
import { isInSight, onSight } from './page-sight.ts';

/** A machine over time, as it was at `to`. */
export interface History {
  readonly machineId: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Oldest first, of all sources. */
  readonly samples: readonly HistorySample[];
  readonly gaps: readonly ReadingGap[];
  /** From one value to the next where nothing is missing; null for single readings, which come as often as they are taken. */
  readonly stepMs: number | null;
}

/** What to look at: up to now, or one stretch of the past. Milliseconds; the same object until it is another. */
export type HistorySpan =
  | { readonly lastMs: number; readonly level: HistoryLevel }
  | { readonly from: number; readonly to: number; readonly level: HistoryLevel };
export type HistoryLevel = 'raw' | RollUpLevel;

/** Fewer than a chart may have: rows that break a line at a gap come on top. */
const points = 240;
/** What is newer than this part of the range would move nothing by a pixel. */
const pixels = 300;
const slowestMs = 60_000;

/**
 * A machine over a span, read anew with every round of readings that could be seen, and now and then without one, because
 * time goes on; not while nobody sees the page. What was read stays until the next is there.
 */
export function useHistory(
  machineId: string,
  span: HistorySpan,
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
    const isPast = 'from' in span;
    const lengthMs = 'from' in span ? span.to - span.from : span.lastMs;
    const freshMs = lengthMs / pixels;

    const readNow = async (): Promise<void> => {
      clearTimeout(timer);
      if (!isInSight()) return;
      reading += 1;
      const own = reading;
      readAt = Date.now();
      const to = 'from' in span ? span.to : readAt;
      // What is past does not change.
      if (!isPast) timer = setTimeout(() => void readNow(), Math.max(slowestMs, freshMs));
      try {
        const history = await historyOf(connection, machineId, { from: to - lengthMs, to, level: span.level });
        if (!isOver && own === reading) setState({ history, error: null });
      } catch (error) {
        if (!isOver && own === reading) setState((before) => ({ ...before, error: errorOf(failureOf(error)) }));
      }
    };
    read.current = () => void readNow();
    const undo = [
      connection.subscribe('metrics.collected', ({ samples }) => {
        if (isPast || Date.now() - readAt < freshMs) return;
        if (samples.some((sample) => sample.machineId === machineId)) void readNow();
      }),
      connection.subscribe('engine.connected', () => void readNow()),
      onSight(() => {
        if (!isInSight()) clearTimeout(timer);
        else if (!isPast || readAt === 0) void readNow();
      }),
    ];
    void readNow();
    return () => {
      isOver = true;
      clearTimeout(timer);
      for (const each of undo) each();
    };
  }, [connection, machineId, span]);
  return { ...state, retry: () => read.current() };
}

/** A stretch of a machine's past, of all its sources. */
export async function historyOf(
  connection: Connection,
  machine: string,
  { from, to, level }: { readonly from: number; readonly to: number; readonly level: HistoryLevel },
): Promise<History> {
  const range: CallInput<'metrics.history'> = { machine, from: iso(from), to: iso(to), points };
  if (level === 'raw') {
    const [samples, gaps] = await Promise.all([
      connection.call('metrics.history', range),
      connection.call('metrics.gaps', range),
    ]);
    return { machineId: machine, from, to, samples, gaps, stepMs: null };
  }
  const rollUps = await connection.call('metrics.roll-ups', { ...range, level });
  const samples = rollUpSamples(rollUps);
  const { gaps, stepMs } = rollUpGaps(rollUps);
  return { machineId: machine, from, to, samples, gaps, stepMs };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
