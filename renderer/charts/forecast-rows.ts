import type { ForecastDetail, ForecastPoint } from '../../main/contract/forecast.ts';
import { lastLabelled } from './axis-ticks.ts';

/** One moment of the chart: measured, or foretold with its band. Absent where it is not of that kind, null in a gap. */
export interface ForecastRow {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly measured?: number | null;
  readonly ahead?: number;
  readonly band?: readonly [low: number, high: number];
}

export interface ForecastRows {
  readonly rows: readonly ForecastRow[];
  readonly from: number;
  readonly to: number;
  /** Where what was measured ends and what is foretold begins. */
  readonly now: number;
  /** The first moment at which the line lies over the threshold, within what is drawn. */
  readonly crossing: number | null;
}

const dayMs = 86_400_000;
/** What a chart shows ahead even where nothing is foretold: the empty half says it. */
const aheadMs = 30 * dayMs;

export function forecastRows({ ahead, forecast, measured }: ForecastDetail, threshold: number): ForecastRows {
  const now = Date.parse(forecast.at);
  const past = measured.map(({ at, value }): ForecastRow => ({ at: Date.parse(at), measured: value }));
  const future = ahead.flatMap((point): readonly ForecastRow[] => (point.value === null ? [] : [rowAhead(point)]));
  const crossing = future.find((row) => (row.ahead ?? 0) > threshold)?.at ?? null;
  return { rows: [...past, ...future], from: past[0]?.at ?? now - aheadMs, to: now + aheadMs, now, crossing };
}

/** The days after which the upper and the lower edge of the band have passed the threshold; null where one does not. */
export function crossingSpan(
  ahead: readonly ForecastPoint[],
  threshold: number,
): { readonly soonest: number; readonly latest: number | null } | null {
  const [first] = ahead;
  if (first === undefined || first.low === null) return null;
  const dayOf = (point: ForecastPoint | undefined): number | null =>
    point === undefined ? null : (Date.parse(point.at) - Date.parse(first.at)) / dayMs;
  const soonest = dayOf(ahead.find(({ high }) => high !== null && high > threshold));
  const latest = dayOf(ahead.find(({ low }) => low !== null && low > threshold));
  return soonest === null ? null : { soonest, latest };
}

function rowAhead({ at, high, low, value }: ForecastPoint): ForecastRow {
  const row = { at: Date.parse(at), ahead: value ?? 0 };
  return low === null || high === null ? row : { ...row, band: [low, high] };
}

const labelWidth = 56;

/** Local midnights, as far apart as their words need. */
export function dayTicks(from: number, to: number, width: number): readonly number[] {
  const most = Math.max(2, Math.floor(width / labelWidth));
  const last = lastLabelled({ from, to }, width);
  const step = Math.max(1, Math.ceil((to - from) / dayMs / most));
  const date = new Date(from);
  date.setHours(0, 0, 0, 0);
  const ticks: number[] = [];
  // By the calendar: a day may have 23 hours.
  for (; date.getTime() <= last; date.setDate(date.getDate() + step))
    if (date.getTime() >= from) ticks.push(date.getTime());
  return ticks;
}
