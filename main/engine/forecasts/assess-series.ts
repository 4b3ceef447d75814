import { errorLimitPercent, type ForecastStatus } from '../../contract/forecast.ts';
import {
  chooseModel,
  clamped,
  eightOfTen,
  fitModel,
  leastValue,
  type PastForecast,
  trackRecord,
  type ValueRange,
} from './back-test.ts';
import { createFitter, type ForecastModel, valueAhead } from './candidate-models.ts';
import {
  dayHours,
  type HourlyValues,
  leastHours,
  newestValue,
  recordedHours,
  trackRecordHours,
  weekHours,
} from './hourly-values.ts';

/** What one series has to say of the days to come, and whether it should be listened to. */
export interface SeriesAssessment {
  readonly status: ForecastStatus;
  /** Null under seven days of readings, and where nothing was read for a day. */
  readonly model: ForecastModel | null;
  /** Newest first; empty while there is no track record. */
  readonly record: readonly PastForecast[];
  /** Distance within which eight of ten hours are expected; null without a track record. */
  readonly spread: Spread | null;
}

export interface Spread {
  /** Of the first day. */
  readonly begin: number;
  /** By which it grows every hour. */
  readonly growth: number;
}

/**
 * Under seven days with readings, or when the last day has none: nothing. Up to fourteen: the straight line, unproven. Then
 * the model that would have been nearest so far, said to be reliable only while not one of its forecasts of the last weeks
 * was off by more than the limit, neither of what came then nor of what is foretold now.
 */
export function assessSeries(values: HourlyValues, range: ValueRange): SeriesAssessment {
  const hours = recordedHours(values);
  const newest = newestValue(values);
  if (hours < leastHours || newest === null || newest.hoursAgo >= dayHours)
    return { status: 'insufficient data', model: null, record: [], spread: null };
  if (hours < trackRecordHours) return unproven(values);
  const choice = chooseModel(values, range);
  const record = trackRecord(values, choice, range);
  // Fourteen days that are full of holes can still be without a single week to compare with.
  if (record.length === 0) return unproven(values);
  const model = fitModel(values, choice);
  const limit = errorLimitPercent / 100;
  const worst = Math.max(...record.map(({ share }) => share));
  const worstPoints = Math.max(...record.map(({ points }) => points));
  const isReliable = worst <= limit && worstPoints <= limit * Math.max(leastValue, meanAhead(model, range));
  return { status: isReliable ? 'ok' : 'not reliable', model, record, spread: spreadOf(record) };
}

function unproven(values: HourlyValues): SeriesAssessment {
  return { status: 'ok', model: createFitter(values)('straight line'), record: [], spread: null };
}

function meanAhead(model: ForecastModel, range: ValueRange): number {
  let sum = 0;
  for (let hour = 0; hour < weekHours; hour += 1) sum += clamped(valueAhead(model, hour), range);
  return sum / weekHours;
}

/** A forecast grows no surer with time: where the last day came closer than the first, the width stays. */
function spreadOf(record: readonly PastForecast[]): Spread {
  const begin = eightOfTen(Float64Array.from(record, ({ firstDay }) => firstDay));
  const end = eightOfTen(Float64Array.from(record, ({ lastDay }) => lastDay));
  const known = Number.isNaN(begin) ? end : begin;
  const growth = Number.isNaN(end) || Number.isNaN(begin) ? 0 : Math.max(0, end - begin) / (weekHours - dayHours);
  return { begin: Number.isNaN(known) ? 0 : known, growth };
}
