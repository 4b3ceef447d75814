import { HardDrive } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  type ForecastDetail,
  type ForecastMetric,
  leastForecastDays,
  riskThreshold,
} from '../../../main/contract/forecast.ts';
import { ForecastFigure } from '../../charts/forecast-figure.tsx';
import { crossingSpan } from '../../charts/forecast-rows.ts';
import { useMachine } from '../../client/use-engine.ts';
import { useForecast } from '../../client/use-forecasts.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { percentage } from '../../format/readings.ts';
import { dayAndMonth, exactTime } from '../../format/times.ts';
import { visibleText } from '../../format/visible-text.ts';
import { machineHref } from '../../route.ts';
import { daysNumber, headline, metricWords, trackWords, trendWords } from './forecast-words.ts';
import { TrackRecord } from './track-record.tsx';

interface ForecastViewProps {
  readonly machineId: string;
  readonly metric: ForecastMetric;
}

/** One forecast: the number of days, the chart, and how such forecasts did so far. */
export function ForecastView({ machineId, metric }: ForecastViewProps) {
  const { value: detail, error, retry } = useForecast(machineId, metric);
  if (detail === null)
    return error === null ? (
      <SkeletonRows count={8} what="the forecast" />
    ) : (
      <EmptyState
        icon={<Mark kind="unk" />}
        title="The forecast could not be read"
        verb={<Button onClick={retry}>Try again</Button>}
      >
        {visibleText(error.message)}
      </EmptyState>
    );
  const { forecast } = detail;
  const words = visibleText(headline(forecast));
  const name = metricWords[metric];
  return (
    <article className="forecast" aria-label={words}>
      <header className="forecast-head">
        {forecast.daysUntilThreshold === null || forecast.daysUntilThreshold === 0 ? (
          <Mark kind={markOf(detail)} />
        ) : (
          <span className={forecast.atRisk === true ? 'forecast-days warn' : 'forecast-days'}>
            {daysNumber(forecast.daysUntilThreshold)}
          </span>
        )}
        <div className="grow">
          <h2 className="forecast-headline">{words}</h2>
          <p className="small quiet">{factsOf(detail)}</p>
          <Crossing detail={detail} />
        </div>
        {metric === 'diskPercent' && forecast.atRisk === true ? <GrowLink machineId={machineId} /> : null}
      </header>
      <ForecastFigure
        title={`${name.charAt(0).toUpperCase()}${name.slice(1)}, ${detail.ahead.length === 0 ? 'measured' : 'measured and foretold'}`}
        detail={detail}
        words={words}
      />
      <TrackRecord detail={detail} />
      <p className="forecast-foot tiny faint">
        As of {exactTime(Date.parse(forecast.at))}, from hourly readings
        {forecast.model === null ? '' : `, by: ${forecast.model}`}. Gaps are left out, never counted as zero.
      </p>
    </article>
  );
}

function markOf({ forecast }: ForecastDetail): 'warn' | 'ok' | 'unk' | 'off' {
  if (forecast.status === 'not reliable') return 'unk';
  if (forecast.status === 'insufficient data') return 'off';
  return forecast.atRisk === true ? 'warn' : 'ok';
}

function factsOf({ forecast }: ForecastDetail): ReactNode {
  const { currentValue, predicted30d, predicted7d, reason, status } = forecast;
  const now = currentValue === null ? 'no reading now' : `${percentage(currentValue)} now`;
  if (status === 'insufficient data')
    return `${now}. ${reason ?? ''} A first forecast comes with ${leastForecastDays} days.`;
  if (status === 'not reliable')
    return `${now}. ${reason ?? ''} No line is drawn. What helps: an alert on the level itself.`;
  if (predicted7d === null || predicted30d === null) return now;
  return [
    now,
    trendWords(forecast),
    `${percentage(predicted7d)} in 7 days, ${percentage(predicted30d)} in 30`,
    trackWords(forecast),
  ]
    .filter((part) => part !== null)
    .join('; ');
}

/** The day of the crossing, and between which days it lies. */
function Crossing({ detail }: { readonly detail: ForecastDetail }) {
  const { ahead, forecast } = detail;
  const { daysUntilThreshold } = forecast;
  if (daysUntilThreshold === null || daysUntilThreshold === 0) return null;
  const span = crossingSpan(ahead, riskThreshold);
  const day = dayAndMonth(Date.parse(forecast.at) + daysUntilThreshold * 86_400_000);
  return (
    <p className="small quiet">
      On {day}
      {span === null
        ? ''
        : span.latest === null
          ? `; not before ${daysNumber(span.soonest)} days, perhaps not within 30`
          : `; between ${daysNumber(span.soonest)} and ${daysNumber(span.latest)} days`}
      .
    </p>
  );
}

/** Where the disks of a machine of ours are grown. */
function GrowLink({ machineId }: { readonly machineId: string }) {
  const machine = useMachine(machineId);
  if (machine === undefined || machine === null || machine.provider !== 'qemu') return null;
  return (
    <a className="button button-normal" href={machineHref(machineId, 'configuration')}>
      <HardDrive className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
      Grow the disk
    </a>
  );
}
