import type { SampleMetric } from './sample.ts';

/** What hourly readings say about the days to come, how wide, and how good such words were so far. */

/** The percentages that can run out. */
export const forecastMetrics = [
  'cpuPercent',
  'memoryPercent',
  'diskPercent',
] as const satisfies readonly SampleMetric[];
export type ForecastMetric = (typeof forecastMetrics)[number];

/**
 * Under seven days of readings nothing is said. From seven to fourteen it is a straight line with no track record yet. Then
 * `not reliable` says that forecasts of the last weeks were off by more than `errorLimitPercent`.
 */
export const forecastStatuses = ['ok', 'insufficient data', 'not reliable'] as const;
export type ForecastStatus = (typeof forecastStatuses)[number];

export const forecastTrends = ['increasing', 'stable', 'decreasing'] as const;
export type ForecastTrend = (typeof forecastTrends)[number];

/** Over it a machine is at risk; percent. */
export const riskThreshold = 90;
/** A trend is one when it moves by more than so many points a day. */
export const trendPointsPerDay = 0.5;
/**
 * A forecast is shown while no forecast of the last weeks was further off, in percent of what came. What is shown should
 * stay under 15 %: past errors are a sample of those to come, so that their limit lies below.
 */
export const errorLimitPercent = 13.5;
/** Days with readings without which nothing is foretold, and from which on past errors are known. */
export const leastForecastDays = 7;
export const trackRecordDays = 14;
/** How far a crossing of the threshold is looked for. */
export const mostForecastDays = 90;

/** Between which eight of ten hours are expected. */
export interface ForecastBand {
  readonly low7d: number;
  readonly high7d: number;
  readonly low30d: number;
  readonly high30d: number;
}

export interface Forecast {
  /** Name of the machine. */
  readonly machine: string;
  readonly machineId: string;
  readonly metric: ForecastMetric;
  /** Mean of the newest hour with a reading, of the last day; null when there is none. */
  readonly currentValue: number | null;
  /** Null unless the status is `ok`, like every prediction. */
  readonly predicted7d: number | null;
  readonly predicted30d: number | null;
  /** Null while there is no track record. */
  readonly band: ForecastBand | null;
  readonly trend: ForecastTrend | null;
  /** Of the trend; points a day. */
  readonly pointsPerDay: number | null;
  /** Whether more than `riskThreshold` is predicted within the days asked for; null when nothing is predicted. */
  readonly atRisk: boolean | null;
  /** Until more than `riskThreshold` is predicted for the first time; null when that is not within `mostForecastDays`. */
  readonly daysUntilThreshold: number | null;
  readonly status: ForecastStatus;
  /** Mean distance of the forecasts of the last weeks, seven days ahead, in percent of what came; null without any. */
  readonly backtestError: number | null;
  /** The worst of them. */
  readonly worstBacktestError: number | null;
  /** How it is foretold, in words; null when it is not. */
  readonly model: string | null;
  /** Days with readings in the last thirty: hours counted and divided by 24. */
  readonly recordedDays: number;
  /** Why nothing is predicted, and what would help; null where it is. */
  readonly reason: string | null;
  /** When it was worked out, ISO 8601 UTC. */
  readonly at: string;
}

/** One moment of a chart; what is not known is null. */
export interface ForecastPoint {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** A forecast as it would have been made then, seven days ahead, held against what came. */
export interface PastForecastError {
  /** When it would have been made, ISO 8601 UTC. */
  readonly at: string;
  /** Mean distance in points. */
  readonly points: number;
  /** Mean difference in points; above 0 it was too high. */
  readonly lean: number;
  /** Mean distance in percent of what came. */
  readonly percent: number;
}

/** One forecast with what it comes from: the hours that were measured, the line ahead, and how earlier ones did. */
export interface ForecastDetail {
  readonly forecast: Forecast;
  /** Oldest first, thinned to what a chart can show. */
  readonly measured: readonly ForecastPoint[];
  /** Oldest first; empty when nothing is predicted. */
  readonly ahead: readonly ForecastPoint[];
  /** Oldest first. */
  readonly record: readonly PastForecastError[];
}
