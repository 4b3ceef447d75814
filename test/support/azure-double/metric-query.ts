import { Refusal } from './answer.ts';
import {
  type Aggregation,
  aggregations,
  findMetric,
  grains,
  type Metric,
  metricCatalogue,
  retentionDays,
} from './metric-catalogue.ts';
import type { Span } from './metric-series.ts';

/** What was asked, checked. */
export interface MetricQuery {
  readonly metrics: readonly Metric[];
  /** Empty: each metric's own. */
  readonly wanted: readonly Aggregation[];
  readonly interval: string;
  readonly span: Span;
}

export interface Asked {
  readonly names: string | undefined;
  readonly aggregation: string | undefined;
  readonly interval: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** The batch wraps its errors, the call for one resource does not. */
  readonly isWrapped: boolean;
}

const mostNames = 20;
const dayMs = 24 * 60 * 60 * 1000;

/** Checks a query as the service does, or throws its 400. */
export function checkQuery(asked: Asked): MetricQuery {
  const bad = (message: string): Refusal => new Refusal(400, 'BadRequest', message, { isWrapped: asked.isWrapped });
  const names = (asked.names ?? 'Percentage CPU').split(',').filter(Boolean);
  if (names.length > mostNames)
    throw bad(`Requested metrics count: ${names.length} bigger than allowed max: ${mostNames}`);
  const interval = (asked.interval ?? 'PT1M').toUpperCase();
  const grainMinutes = interval === 'FULL' ? Math.ceil((asked.to - asked.from) / 60_000) : grains[interval];
  if (grainMinutes === undefined)
    throw bad(
      `Detected invalid time grain input: ${asked.interval}. Supported ones are: ${Object.keys(grains).join(',')}`,
    );
  if (!(asked.from < asked.to)) throw bad('Start time and end time are not valid: the start must come before the end.');
  if (asked.from < asked.now - retentionDays * dayMs)
    throw bad(
      `Detect invalid query time range: start time ${new Date(asked.from).toISOString()} is more than ${retentionDays} days ago; data is retained for ${retentionDays} days.`,
    );
  const metrics = names.map((name) => {
    const metric = findMetric(name);
    if (metric === undefined)
      throw bad(
        `Failed to find metric configuration for provider: Microsoft.Compute, resource Type: virtualMachines, metric: ${name}, Valid metrics: ${metricCatalogue.map((one) => one.name).join(',')}`,
      );
    return metric;
  });
  const wanted = (asked.aggregation ?? '')
    .toLowerCase()
    .split(',')
    .filter(Boolean)
    .map((name) => {
      const known = aggregations.find((one) => one === name.trim());
      if (known === undefined) throw bad(`Aggregation type is not supported: ${name}`);
      return known;
    });
  return { metrics, wanted, interval, span: { from: asked.from, to: asked.to, grainMinutes } };
}

/** `start/end`; both ends of an hour until now when nothing was said. */
export function readTimespan(text: string | undefined, now: number, isWrapped: boolean): { from: number; to: number } {
  if (text === undefined) return { from: now - 60 * 60_000, to: now };
  const [from = NaN, to = NaN] = text.split('/').map((one) => Date.parse(one));
  if (Number.isNaN(from) || Number.isNaN(to))
    throw new Refusal(400, 'BadRequest', `Invalid time span: ${text}`, { isWrapped });
  return { from, to };
}
