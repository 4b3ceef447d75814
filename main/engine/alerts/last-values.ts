import { type AlertVariableName, alertVariable } from '../../contract/alert-variables.ts';
import { type SampleSource, sampleSources } from '../../contract/sample.ts';
import type { MetricsStore, SampleColumns } from '../ports/metrics-store.ts';
import type { AlertBook } from './alert-book.ts';

/** When a variable of a machine had a value last. */
export interface LastValue {
  readonly metric: AlertVariableName;
  readonly machineId: string;
  readonly at: number;
}

const mostReadings = 1000;

/**
 * For every wait that an earlier life left: when there was a value last, so that the wait goes on only where nothing is
 * missing between then and now.
 */
export async function lastValues(
  metrics: Pick<MetricsStore, 'slice'>,
  book: Pick<AlertBook, 'holds' | 'ruleOf'>,
  now: number,
  toleranceMs: number,
): Promise<readonly LastValue[]> {
  const found: LastValue[] = [];
  for (const hold of book.holds) {
    const metric = book.ruleOf(hold.rule)?.metric;
    if (metric === undefined) continue;
    const { source } = alertVariable(metric);
    const readings =
      source.kind === 'reading'
        ? await Promise.all(sampleSources.map((from) => recent(metrics, hold.machineId, from, now, toleranceMs)))
        : [];
    const moments =
      source.kind === 'reading'
        ? readings.flatMap(({ atMs, values }) => [
            ...atMs.filter((_, place) => !Number.isNaN(values[source.metric][place])),
          ])
        : [];
    // Without any, the last value lies further back than counts. What Vigil itself knows is recorded nowhere.
    const at = moments.length === 0 ? now - 2 * toleranceMs : Math.max(...moments);
    found.push({ metric, machineId: hold.machineId, at });
  }
  return found;
}

function recent(
  metrics: Pick<MetricsStore, 'slice'>,
  machineId: string,
  source: SampleSource,
  now: number,
  toleranceMs: number,
): Promise<SampleColumns> {
  return metrics.slice({ machineId, source, fromMs: now - toleranceMs, toMs: now, limit: mostReadings });
}
