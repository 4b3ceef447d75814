import { createHash } from 'node:crypto';
import { secondTime } from './arm-time.ts';
import type { AzureMachine } from './machine.ts';
import type { Aggregation, Metric } from './metric-catalogue.ts';
import type { AzureWorld } from './world.ts';

const minuteMs = 60_000;

export interface Span {
  /** Milliseconds since 1970; the end is left out. */
  readonly from: number;
  readonly to: number;
  readonly grainMinutes: number;
}

/** The points of one machine, oldest first; a point without data has its time and nothing else. */
export function points(
  world: AzureWorld,
  machine: AzureMachine,
  metric: Metric,
  { from, to, grainMinutes }: Span,
  wanted: readonly Aggregation[],
): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  for (let minute = Math.floor(from / minuteMs); minute * minuteMs < to; minute += grainMinutes) {
    const values: number[] = [];
    for (let one = minute; one < minute + grainMinutes && one * minuteMs < to; one += 1) {
      const value = valueAt(world, machine, metric, one);
      if (value !== null) values.push(value);
    }
    found.push({ timeStamp: secondTime(minute * minuteMs), ...aggregate(values, wanted) });
  }
  return found;
}

/** Whether there is anything at all to tell about that time. */
export function hasAny(found: readonly Record<string, unknown>[]): boolean {
  return found.some((point) => Object.keys(point).length > 1);
}

/** What a minute holds by now; null: nothing, because it is too new, the machine was off, or a test says so. */
function valueAt(world: AzureWorld, machine: AzureMachine, metric: Metric, minute: number): number | null {
  const name = metric.name.toLowerCase();
  if (machine.missingMetrics.has(name)) return null;
  const newest = Math.floor(world.clock.wallNow() / minuteMs) - 1 - world.metricLagMinutes;
  if (minute > newest || powerAt(machine, minute * minuteMs) !== 'running') return null;
  const told = machine.metrics.get(name);
  const value =
    typeof told === 'function' ? told(minute) : told === undefined ? invented(machine, metric, minute) : told;
  if (value === null) return null;
  return minute > newest - world.metricSettleMinutes ? value * 0.9 : value;
}

function powerAt(machine: AzureMachine, at: number): string {
  return machine.powerHistory.findLast((change) => change.at <= at)?.power ?? 'unknown';
}

/** A slow wave with a little roughness, the same each time it is asked for. */
function invented({ id }: AzureMachine, { name, low, high }: Metric, minute: number): number {
  const [first = 0, second = 0] = createHash('sha1').update(`${id.toLowerCase()}|${name}`).digest();
  const wave = 0.5 + 0.4 * Math.sin((minute + first) / 30 + second);
  const rough = ((minute * 7919 + first * 31 + second) % 97) / 970;
  return Math.round((low + (high - low) * Math.min(1, wave + rough)) * 1000) / 1000;
}

function aggregate(values: readonly number[], wanted: readonly Aggregation[]): Record<string, number> {
  if (values.length === 0) return {};
  const total = values.reduce((sum, value) => sum + value, 0);
  const all: Record<Aggregation, number> = {
    average: total / values.length,
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    total,
    count: values.length,
  };
  return Object.fromEntries(wanted.map((name) => [name, all[name]]));
}
