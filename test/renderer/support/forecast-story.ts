import type { Forecast, ForecastDetail, ForecastMetric } from '../../../main/contract/forecast.ts';
import { forecastMetrics } from '../../../main/contract/forecast.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { assessSeries } from '../../../main/engine/forecasts/assess-series.ts';
import { clamped, percentRange } from '../../../main/engine/forecasts/back-test.ts';
import { valueAhead } from '../../../main/engine/forecasts/candidate-models.ts';
import { detailForecast } from '../../../main/engine/forecasts/describe-forecast.ts';
import { firstCrossing } from '../../../main/engine/forecasts/first-crossing.ts';
import { recordedHours } from '../../../main/engine/forecasts/hourly-values.ts';
import { makeSeries, type SeriesKind } from '../../support/made-series.ts';
import { storyNow } from './fleet-story.ts';

const hourMs = 3_600_000;
const known = new Map<string, ForecastDetail>();

/** A fleet whose disks fill, worked out as the engine would; told for whichever machines there are. */
export function storyForecast(machine: Machine, metric: ForecastMetric): ForecastDetail {
  const key = `${machine.id} ${machine.name} ${metric}`;
  const found = known.get(key) ?? foretell(machine, metric);
  known.set(key, found);
  return found;
}

export function storyForecasts(machines: readonly Machine[]): readonly Forecast[] {
  return machines
    .flatMap((machine) => forecastMetrics.map((metric) => storyForecast(machine, metric).forecast))
    .sort((a, b) => left(a) - left(b));
}

function left({ daysUntilThreshold }: Forecast): number {
  return daysUntilThreshold ?? 1e6;
}

function foretell({ id, name }: Machine, metric: ForecastMetric): ForecastDetail {
  const hours = hoursOf(name, metric);
  const assessment = assessSeries(hours, percentRange);
  const model = assessment.status === 'ok' ? assessment.model : null;
  const ahead = (hour: number): number =>
    model === null ? Number.NaN : clamped(valueAhead(model, hour), percentRange);
  const series = {
    subject: { machine: name, machineId: id, metric },
    assessment,
    model,
    hours,
    recordedHours: recordedHours(hours),
    endHour: Math.floor(storyNow / hourMs),
    predicted7d: ahead(168),
    predicted30d: ahead(720),
    crossing: model === null ? Number.NaN : (firstCrossing(model, 90, 90 * 24) ?? Number.NaN),
  };
  return detailForecast(series, 30);
}

/** By name, so that the same machine always tells the same. */
function hoursOf(name: string, metric: ForecastMetric): Float64Array {
  const seed = Array.from(name).reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const of = (kind: SeriesKind): Float64Array => makeSeries(kind, seed).known;
  const rising = (to: number, aDay: number): Float64Array =>
    of('noisy flat').map((value, hour) => to - (aDay / 24) * (720 - hour) + (value - 40) * 0.2);
  if (name === 'ci-runner-3') return metric === 'cpuPercent' ? of('daily').subarray(-100) : of('flat').subarray(-100);
  if (metric === 'diskPercent') {
    if (name === 'gitea') return rising(78.4, 0.64);
    if (name === 'db-replica') return rising(91.7, 0.8);
    return of('disk that fills').map((value) => value * 0.6);
  }
  if (metric === 'memoryPercent') {
    if (name === 'build-vm') return of('jumps about');
    if (name === 'web-prod-1') return rising(74, 0.75).subarray(-250);
    return of('noisy flat').map((value) => 20 + value / 2);
  }
  return name === 'build-vm' ? of('bursts') : of('daily').map((value) => value * 0.6);
}
