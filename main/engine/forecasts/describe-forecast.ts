import {
  errorLimitPercent,
  type Forecast,
  type ForecastBand,
  type ForecastDetail,
  type ForecastPoint,
  type ForecastTrend,
  leastForecastDays,
  trendPointsPerDay,
} from '../../contract/forecast.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { SeriesAssessment, Spread } from './assess-series.ts';
import { clamped, percentRange } from './back-test.ts';
import { type ForecastModel, valueAhead } from './candidate-models.ts';
import { dayHours, type HourlyValues, hourMs, newestValue } from './hourly-values.ts';

/** One series as it is foretold now. */
export interface ForetoldSeries {
  readonly subject: Pick<Forecast, 'machine' | 'machineId' | 'metric'>;
  readonly assessment: Pick<SeriesAssessment, 'status' | 'record' | 'spread'>;
  /** Null where nothing is foretold or nothing should be believed. */
  readonly model: ForecastModel | null;
  readonly hours: HourlyValues;
  readonly recordedHours: number;
  /** The hour to come. */
  readonly endHour: number;
  /** NaN where nothing is foretold. */
  readonly predicted7d: number;
  readonly predicted30d: number;
  /** Hours until the threshold is crossed; NaN where it is not. */
  readonly crossing: number;
}

/** In the words that every face shows. `days`: within which a crossing counts as a risk. */
export function describeForecast(series: ForetoldSeries, days: number): Forecast {
  const { assessment, crossing, endHour, model, predicted30d, predicted7d, subject } = series;
  const { record, spread, status } = assessment;
  const percents = record.map(({ share }) => share * 100);
  const pointsPerDay = model === null ? null : model.slope * dayHours;
  const daysUntil = model === null || Number.isNaN(crossing) ? null : tenth(crossing / dayHours);
  return {
    ...subject,
    currentValue: currentValue(series.hours),
    predicted7d: model === null ? null : predicted7d,
    predicted30d: model === null ? null : predicted30d,
    band: model === null || spread === null ? null : bandOf(predicted7d, predicted30d, spread),
    trend: pointsPerDay === null ? null : trendOf(pointsPerDay),
    pointsPerDay,
    atRisk: model === null ? null : !Number.isNaN(crossing) && crossing <= days * dayHours,
    daysUntilThreshold: daysUntil,
    status,
    backtestError: percents.length === 0 ? null : percents.reduce((sum, each) => sum + each, 0) / percents.length,
    worstBacktestError: percents.length === 0 ? null : Math.max(...percents),
    model: model?.name ?? null,
    recordedDays: tenth(series.recordedHours / dayHours),
    reason: reasonOf(series),
    at: isoTime(endHour * hourMs),
  };
}

/** More than half a point a day is a trend; exactly that much is not. */
export function trendOf(pointsPerDay: number): ForecastTrend {
  // A line through exact values is exact only to the last digits.
  const bound = trendPointsPerDay + 1e-9;
  return pointsPerDay > bound ? 'increasing' : pointsPerDay < -bound ? 'decreasing' : 'stable';
}

const measuredPoints = 300;
/** Thirty days in steps short enough to see a daily rhythm. */
const aheadHours = 30 * dayHours;
const aheadStep = 3;

/** With what a chart of it needs. */
export function detailForecast(series: ForetoldSeries, days: number): ForecastDetail {
  const { assessment, endHour, hours, model } = series;
  return {
    forecast: describeForecast(series, days),
    measured: measuredOf(hours, endHour),
    ahead: model === null ? [] : aheadOf(model, assessment.spread, endHour),
    record: assessment.record
      .map(({ daysAgo, lean, points, share }) => ({
        at: isoTime((endHour - daysAgo * dayHours) * hourMs),
        points,
        lean,
        percent: share * 100,
      }))
      .reverse(),
  };
}

/** Means of neighbouring hours, as few as fit; where none of them was read there is null. Empty before the first reading. */
function measuredOf(hours: HourlyValues, endHour: number): readonly ForecastPoint[] {
  const first = hours.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return [];
  const stride = Math.ceil((hours.length - first) / measuredPoints);
  const points: ForecastPoint[] = [];
  for (let from = first; from < hours.length; from += stride) {
    const known = hours.subarray(from, from + stride).filter((value) => !Number.isNaN(value));
    const value = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length;
    points.push({ at: isoTime((endHour - hours.length + from) * hourMs), value, low: null, high: null });
  }
  return points;
}

function aheadOf(model: ForecastModel, spread: Spread | null, endHour: number): readonly ForecastPoint[] {
  return Array.from({ length: aheadHours / aheadStep + 1 }, (_, index) => {
    const hour = index * aheadStep;
    const value = valueAhead(model, hour);
    const wide = spread === null ? null : spread.begin + spread.growth * hour;
    return {
      at: isoTime((endHour + hour) * hourMs),
      value: clamped(value, percentRange),
      low: wide === null ? null : clamped(value - wide, percentRange),
      high: wide === null ? null : clamped(value + wide, percentRange),
    };
  });
}

function bandOf(predicted7d: number, predicted30d: number, { begin, growth }: Spread): ForecastBand {
  const [week, month] = [begin + growth * 7 * dayHours, begin + growth * 30 * dayHours];
  return {
    low7d: clamped(predicted7d - week, percentRange),
    high7d: clamped(predicted7d + week, percentRange),
    low30d: clamped(predicted30d - month, percentRange),
    high30d: clamped(predicted30d + month, percentRange),
  };
}

function currentValue(hours: HourlyValues): number | null {
  const newest = newestValue(hours);
  return newest === null || newest.hoursAgo >= dayHours ? null : newest.value;
}

function reasonOf({ assessment, hours, recordedHours }: ForetoldSeries): string | null {
  const { record, status } = assessment;
  if (status === 'ok') return null;
  if (status === 'not reliable') {
    const worst = Math.max(...record.map(({ share }) => share * 100));
    if (worst <= errorLimitPercent)
      return `Forecasts of the last weeks were off by ${Math.max(...record.map(({ points }) => points)).toFixed(1)} points at worst; of so low a value as is ahead, that is more than ${errorLimitPercent} %.`;
    return `A forecast of the last weeks was off by ${worst.toFixed(0)} %; the limit is ${errorLimitPercent} %.`;
  }
  if (recordedHours === 0) return 'Nothing has been read yet.';
  const newest = newestValue(hours);
  if (newest !== null && newest.hoursAgo >= dayHours)
    return `Nothing has been read for ${Math.floor(newest.hoursAgo / dayHours)} d ${newest.hoursAgo % dayHours} h.`;
  return `${tenth(recordedHours / dayHours)} of ${leastForecastDays} days with readings.`;
}

/** Rounded down: 6.96 days are not seven. */
function tenth(value: number): number {
  return Math.floor(value * 10 + 1e-9) / 10;
}
