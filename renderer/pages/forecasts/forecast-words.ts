import {
  type Forecast,
  type ForecastMetric,
  leastForecastDays,
  riskThreshold,
} from '../../../main/contract/forecast.ts';
import { percentage } from '../../format/readings.ts';

export const metricWords: Readonly<Record<ForecastMetric, string>> = {
  cpuPercent: 'CPU',
  memoryPercent: 'memory',
  diskPercent: 'disk',
};

/** One per machine and metric. */
export function forecastKey({ machineId, metric }: Pick<Forecast, 'machineId' | 'metric'>): string {
  return `${machineId} ${metric}`;
}

/** `over now`, `18 days`, `5.4 days`; null where no crossing is foretold. */
export function daysLeft({ daysUntilThreshold }: Forecast): string | null {
  if (daysUntilThreshold === null) return null;
  if (daysUntilThreshold === 0) return 'over now';
  const days = daysNumber(daysUntilThreshold);
  return `${days} ${days === '1' ? 'day' : 'days'}`;
}

/** Whole days, and tenths where they are few. */
export function daysNumber(days: number): string {
  return days < 10 ? String(Math.round(days * 10) / 10) : String(Math.round(days));
}

/** `+0.64 points a day, increasing`. */
export function trendWords({ pointsPerDay, trend }: Forecast): string | null {
  if (pointsPerDay === null || trend === null) return null;
  const sign = pointsPerDay < 0 ? '\u2212' : '+';
  return `${sign}${Math.abs(pointsPerDay).toFixed(2)} points a day, ${trend}`;
}

/** `3 of 7 days`. */
export function daysRecorded({ recordedDays }: Forecast): string {
  return `${recordedDays} of ${leastForecastDays} days`;
}

/** The same, short: how far off such forecasts were on average. */
export function pastError({ backtestError, status }: Forecast): string {
  if (backtestError !== null) return `past error ${percentage(backtestError)}`;
  return status === 'ok' ? 'no track record yet' : 'no past error';
}

/** What to say of how such forecasts did so far. */
export function trackWords({ backtestError, status, worstBacktestError }: Forecast): string | null {
  if (backtestError !== null && worstBacktestError !== null)
    return `past error ${percentage(backtestError)}, ${percentage(worstBacktestError)} at worst`;
  return status === 'ok' ? 'no track record yet' : null;
}

/** The one sentence that stands beside the number of days. */
export function headline(forecast: Forecast): string {
  const { daysUntilThreshold, machine, metric, status } = forecast;
  const subject = `${metricWords[metric]} of ${machine}`;
  if (status === 'not reliable') return `The ${subject}: not reliable`;
  if (status === 'insufficient data') return `The ${subject}: insufficient data`;
  if (daysUntilThreshold === null) return `The ${subject} is not foretold to pass ${riskThreshold}\u2009%`;
  if (daysUntilThreshold === 0) return `The ${subject} is over ${riskThreshold}\u2009% now`;
  return `${daysNumber(daysUntilThreshold) === '1' ? 'day' : 'days'} until the ${subject} passes ${riskThreshold}\u2009%`;
}
