import type { Forecast, ForecastMetric } from '../contract/forecast.ts';
import { type Cell, textTable } from './text-table.ts';

const head = ['VM NAME', 'METRIC', 'NOW', 'IN 7 DAYS', 'IN 30 DAYS', 'TREND', 'OVER 90 % IN', 'PAST ERROR', 'REMARK'];
const metrics: Readonly<Record<ForecastMetric, string>> = {
  cpuPercent: 'CPU',
  memoryPercent: 'memory',
  diskPercent: 'disk',
};

/** `vigil monitor forecast`, in the order given; after each prediction, between which eight of ten hours are expected. */
export function printForecasts(forecasts: readonly Forecast[], hasColour: boolean): string {
  return textTable(head, forecasts.map(rowOf), hasColour);
}

function rowOf(forecast: Forecast): readonly Cell[] {
  const { atRisk, band, machine, metric, predicted30d, predicted7d, status } = forecast;
  const quiet = status === 'ok' ? undefined : 'grey';
  return [
    { text: machine },
    { text: metrics[metric] },
    { text: percentOf(forecast.currentValue) },
    { text: predictionOf(predicted7d, band?.low7d, band?.high7d), colour: quiet },
    { text: predictionOf(predicted30d, band?.low30d, band?.high30d), colour: quiet },
    { text: trendOf(forecast), colour: quiet },
    { text: daysOf(forecast), colour: atRisk === true ? 'yellow' : quiet },
    { text: errorOf(forecast), colour: status === 'not reliable' ? 'red' : undefined },
    { text: remarkOf(forecast), colour: quiet },
  ];
}

/** A value that is not known is a dash, never 0. */
function percentOf(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(1)} %`;
}

function predictionOf(value: number | null, low: number | undefined, high: number | undefined): string {
  if (value === null) return '-';
  return low === undefined || high === undefined
    ? percentOf(value)
    : `${percentOf(value)} (${low.toFixed(1)}-${high.toFixed(1)})`;
}

function trendOf({ pointsPerDay, trend }: Forecast): string {
  if (trend === null || pointsPerDay === null) return '-';
  return `${trend}, ${pointsPerDay < 0 ? '' : '+'}${pointsPerDay.toFixed(2)} a day`;
}

function daysOf({ daysUntilThreshold }: Forecast): string {
  if (daysUntilThreshold === null) return '-';
  return daysUntilThreshold === 0 ? 'over now' : `${daysUntilThreshold.toFixed(1)} days`;
}

function errorOf({ backtestError, status }: Forecast): string {
  if (backtestError !== null) return `${backtestError.toFixed(1)} %`;
  return status === 'ok' ? 'no track record yet' : '-';
}

function remarkOf({ model, reason, status }: Forecast): string {
  return status === 'ok' ? (model ?? '') : `${status}: ${reason ?? ''}`;
}
