import { useEffect, useState } from 'react';
import type { Connection } from '../../main/contract/connection.ts';
import { sourceOrder } from '../../main/contract/current-reading.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { SampleMetric } from '../../main/contract/sample.ts';
import type { ComparedLine } from '../charts/compared-lines.ts';
import { useClient } from './client-context.tsx';
import { isInSight, onSight } from './page-sight.ts';
import { type HistoryLevel, historyOf } from './use-history.ts';

/** Machines over the same time. */
export interface Comparison {
  readonly from: number;
  readonly to: number;
  readonly metric: SampleMetric;
  readonly lines: readonly ComparedLine[];
}

export interface ComparisonAsked {
  readonly machines: readonly Pick<Machine, 'id' | 'name'>[];
  readonly metric: SampleMetric;
  readonly lastMs: number;
  readonly level: HistoryLevel;
}

const points = 240;
const slowestMs = 60_000;

/** Read anew every minute, or less often where that would move nothing; the same `asked` object while it asks the same. */
export function useComparison(asked: ComparisonAsked): {
  readonly comparison: Comparison | null;
  readonly error: VigilError | null;
} {
  const { connection } = useClient();
  const [state, setState] = useState<{ readonly comparison: Comparison | null; readonly error: VigilError | null }>({
    comparison: null,
    error: null,
  });
  useEffect(() => {
    let isOver = false;
    let reading = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readNow = async (): Promise<void> => {
      clearTimeout(timer);
      if (!isInSight()) return;
      reading += 1;
      const own = reading;
      timer = setTimeout(() => void readNow(), Math.max(slowestMs, asked.lastMs / points));
      try {
        const comparison = await comparisonOf(connection, asked, Date.now());
        if (!isOver && own === reading) setState({ comparison, error: null });
      } catch (error) {
        if (!isOver && own === reading) setState((before) => ({ ...before, error: errorOf(failureOf(error)) }));
      }
    };
    const undo = [
      connection.subscribe('engine.connected', () => void readNow()),
      onSight(() => (isInSight() ? void readNow() : clearTimeout(timer))),
    ];
    void readNow();
    return () => {
      isOver = true;
      clearTimeout(timer);
      for (const each of undo) each();
    };
  }, [connection, asked]);
  return state;
}

/** Single readings machine by machine, hours and days in one call. */
export async function comparisonOf(
  connection: Connection,
  { machines, metric, lastMs, level }: ComparisonAsked,
  to: number,
): Promise<Comparison> {
  const from = to - lastMs;
  const stretch = { from, to, metric };
  if (machines.length === 0) return { ...stretch, lines: [] };
  if (level !== 'raw') {
    const series = await connection.call('metrics.compare', {
      machines: machines.map(({ id }) => id),
      metric,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      level,
      points,
    });
    const stepMs = level === 'hourly' ? 3_600_000 : 86_400_000;
    const lines = series.map(({ machineId, machine, points: found }) => ({
      machineId,
      name: machine,
      metric,
      stepMs: Math.max(stepMs, lastMs / points),
      points: found.map(({ at, average, max }) => ({ at: Date.parse(at), value: average, high: max })),
    }));
    return { ...stretch, lines };
  }
  const lines = await Promise.all(
    machines.map(async ({ id, name }): Promise<ComparedLine> => {
      const { samples, gaps } = await historyOf(connection, id, { from, to, level });
      const source = sourceOrder.find((each) =>
        samples.some((sample) => sample.source === each && sample[metric] !== null),
      );
      const own = samples.filter((sample) => sample.source === source);
      const known = own.map((sample) => ({ at: Date.parse(sample.at), value: sample[metric], high: sample[metric] }));
      // Thinned readings lie apart as they like: what was a gap is known, not guessed.
      const breaks = gaps
        .filter((gap) => gap.source === source)
        .map((gap) => ({ at: (Date.parse(gap.from) + Date.parse(gap.to)) / 2, value: null, high: null }));
      const points = [...known, ...breaks].sort((a, b) => a.at - b.at);
      return { machineId: id, name, metric, stepMs: null, points };
    }),
  );
  return { ...stretch, lines };
}
