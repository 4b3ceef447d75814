import { useState } from 'react';
import { type Forecast, leastForecastDays } from '../../../main/contract/forecast.ts';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark, type MarkKind } from '../../components/mark.tsx';
import { noReading, percentage } from '../../format/readings.ts';
import { dayAndMonth } from '../../format/times.ts';
import { daysLeft, daysRecorded, forecastKey, metricWords, pastError } from './forecast-words.ts';
import type { ForecastGroups } from './group-forecasts.ts';

interface ForecastListProps {
  readonly groups: ForecastGroups;
  /** Whether every machine there is has been looked at. */
  readonly isWhole: boolean;
  /** Key of the one that is shown beside. */
  readonly shown: string | null;
  onShow(forecast: Forecast): void;
}

/** Every forecast of the fleet: what is at risk first, what cannot be said at its place, the rest on demand. */
export function ForecastList({ groups, isWhole, shown, onShow }: ForecastListProps) {
  const [showsSteady, setShowsSteady] = useState(false);
  const { atRisk, insufficient, notReliable, steady } = groups;
  const common = { shown, onShow };
  return (
    <>
      <ListPart title="At risk" aside="over 90 within 30 days">
        {atRisk.length === 0 ? (
          <li className="forecast-none faint">{isWhole ? 'Nothing is.' : 'Nothing so far.'}</li>
        ) : null}
        {atRisk.map((forecast) => (
          <Entry key={forecastKey(forecast)} {...common} forecast={forecast} mark="warn" right={<Left of={forecast} />}>
            {metricWords[forecast.metric]} {valueNow(forecast)}, {pastError(forecast)}
          </Entry>
        ))}
      </ListPart>
      {notReliable.length === 0 ? null : (
        <ListPart title="Not reliable" aside="no number is given">
          {notReliable.map((forecast) => (
            <Entry key={forecastKey(forecast)} {...common} forecast={forecast} mark="unk" right={null}>
              {metricWords[forecast.metric]}, {pastError(forecast)}
            </Entry>
          ))}
        </ListPart>
      )}
      {insufficient.length === 0 ? null : (
        <ListPart title="Insufficient data" aside={`under ${leastForecastDays} days`}>
          {insufficient.map((forecasts) => (
            <Entry
              key={forecastKey(forecasts[0])}
              {...common}
              forecast={forecasts[0]}
              mark="off"
              right={<Days of={fullest(forecasts)} />}
            >
              {forecasts.length === 3 ? 'all metrics' : forecasts.map(({ metric }) => metricWords[metric]).join(', ')}
            </Entry>
          ))}
        </ListPart>
      )}
      {steady.length === 0 ? null : (
        <ListPart
          title="No risk foretold"
          aside={`${steady.length} on ${machineCount(steady)}`}
          verb={
            <Button look="plain" size="small" aria-expanded={showsSteady} onClick={() => setShowsSteady(!showsSteady)}>
              {showsSteady ? 'Hide' : 'Show'}
            </Button>
          }
        >
          {(showsSteady ? steady : []).map((forecast) => (
            <Entry key={forecastKey(forecast)} {...common} forecast={forecast} mark="ok" right={<In30 of={forecast} />}>
              {metricWords[forecast.metric]} {valueNow(forecast)}, {pastError(forecast)}
            </Entry>
          ))}
        </ListPart>
      )}
    </>
  );
}

function machineCount(forecasts: readonly Forecast[]): string {
  const { size } = new Set(forecasts.map(({ machineId }) => machineId));
  return size === 1 ? '1 machine' : `${size} machines`;
}

interface ListPartProps {
  readonly title: string;
  readonly aside: string;
  readonly verb?: React.ReactNode;
  readonly children: React.ReactNode;
}

function ListPart({ title, aside, verb, children }: ListPartProps) {
  return (
    <section className="forecast-part" aria-label={title}>
      <header className="forecast-part-head">
        <h2 className="section-title">{title}</h2>
        <span className="tiny faint cut grow">{aside}</span>
        {verb}
      </header>
      <ul>{children}</ul>
    </section>
  );
}

interface EntryProps {
  readonly forecast: Forecast;
  readonly mark: MarkKind;
  readonly shown: string | null;
  readonly right: React.ReactNode;
  readonly children: React.ReactNode;
  onShow(forecast: Forecast): void;
}

function Entry({ forecast, mark, shown, right, children, onShow }: EntryProps) {
  const isShown = forecastKey(forecast) === shown;
  return (
    <li>
      <button
        type="button"
        className="forecast-entry"
        aria-current={isShown || undefined}
        onClick={() => onShow(forecast)}
      >
        <Mark kind={mark} />
        <span className="forecast-entry-words">
          <ForeignText className="strong cut">{forecast.machine}</ForeignText>
          <span className="tiny faint cut">{children}</span>
        </span>
        {right}
      </button>
    </li>
  );
}

function valueNow({ currentValue }: Forecast): string {
  return currentValue === null ? noReading : percentage(currentValue);
}

function Left({ of: forecast }: { readonly of: Forecast }) {
  const { at, daysUntilThreshold } = forecast;
  return (
    <span className="forecast-entry-right">
      <b className="warn">{daysLeft(forecast)}</b>
      {daysUntilThreshold === null || daysUntilThreshold === 0 ? null : (
        <span className="tiny faint">{dayAndMonth(Date.parse(at) + daysUntilThreshold * 86_400_000)}</span>
      )}
    </span>
  );
}

function In30({ of: { predicted30d } }: { readonly of: Forecast }) {
  return (
    <span className="forecast-entry-right">
      <span>{predicted30d === null ? noReading : percentage(predicted30d)}</span>
      <span className="tiny faint">in 30 days</span>
    </span>
  );
}

/** The metric of a machine that is nearest to a forecast. */
function fullest(
  forecasts: readonly [Forecast, ...Forecast[]] | readonly [Forecast, ...(readonly Forecast[])],
): Forecast {
  return forecasts.reduce((most, each) => (each.recordedDays > most.recordedDays ? each : most));
}

function Days({ of: forecast }: { readonly of: Forecast }) {
  const full = Math.min(leastForecastDays, Math.floor(forecast.recordedDays));
  return (
    <span className="forecast-entry-right">
      <span className="forecast-dots" aria-hidden="true">
        {Array.from({ length: leastForecastDays }, (_, day) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: dots without an identity
          <i key={day} className={day < full ? 'forecast-dot-full' : ''} />
        ))}
      </span>
      <span className="tiny faint">{daysRecorded(forecast)}</span>
    </span>
  );
}
