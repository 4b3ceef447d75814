import { TrendingUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Forecast } from '../../../main/contract/forecast.ts';
import { useMachines } from '../../client/use-engine.ts';
import { useForecasts } from '../../client/use-forecasts.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Segments } from '../../components/segments.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { ForecastList } from './forecast-list.tsx';
import { ForecastView } from './forecast-view.tsx';
import { forecastKey } from './forecast-words.ts';
import { type ForecastGroups, type ForecastOrder, forecastOrders, groupForecasts } from './group-forecasts.ts';

/** What runs out next, over the whole fleet. */
export function ForecastsPage() {
  const { value: forecasts, error, retry } = useForecasts();
  const [order, setOrder] = useState<ForecastOrder>('days left');
  const [chosen, setChosen] = useState<string | null>(null);
  const waiting = useWaiting(forecasts);
  const groups = useMemo(() => (forecasts === null ? null : groupForecasts(forecasts, order)), [forecasts, order]);
  const icon = <TrendingUp className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />;
  if (groups === null || forecasts === null)
    return error === null ? (
      <div className="scroll">
        <SkeletonRows count={12} what="the forecasts" />
      </div>
    ) : (
      <EmptyState icon={icon} title="The forecasts could not be read" verb={<Button onClick={retry}>Try again</Button>}>
        {visibleText(error.message)}
      </EmptyState>
    );
  if (forecasts.length === 0 && waiting === 0)
    return (
      <EmptyState icon={icon} title="Nothing to foretell">
        With the first machine, its CPU, memory and disk stand here, and when they run out.
      </EmptyState>
    );
  const shown = forecasts.find((each) => forecastKey(each) === chosen) ?? firstOf(groups);
  return (
    <section className="forecasts" aria-label="Forecasts">
      <aside className="forecast-aside scroll" aria-label="All forecasts">
        <div className="forecast-order">
          <Segments
            name="Order"
            options={forecastOrders.map((value) => ({ value, label: orderWords[value] }))}
            value={order}
            onChange={(value) => setOrder(forecastOrders.find((each) => each === value) ?? 'days left')}
          />
        </div>
        {waiting === 0 ? null : (
          <p className="forecast-waiting faint" role="status">
            Still to be worked out: {waiting} {waiting === 1 ? 'machine' : 'machines'}.
          </p>
        )}
        <ForecastList
          groups={groups}
          isWhole={waiting === 0}
          shown={shown === null ? null : forecastKey(shown)}
          onShow={(forecast) => setChosen(forecastKey(forecast))}
        />
      </aside>
      <div className="forecast-place scroll">
        {shown === null ? null : (
          <ForecastView key={forecastKey(shown)} machineId={shown.machineId} metric={shown.metric} />
        )}
      </div>
    </section>
  );
}

/** Machines of which nothing is said because nobody has looked at them yet. */
function useWaiting(forecasts: readonly Forecast[] | null): number {
  const { value: machines } = useMachines();
  return useMemo(() => {
    if (forecasts === null || machines === null) return 0;
    const said = new Set(forecasts.map(({ machineId }) => machineId));
    return [...machines.keys()].filter((id) => !said.has(id)).length;
  }, [forecasts, machines]);
}

const orderWords: Readonly<Record<ForecastOrder, string>> = {
  'days left': 'Days left',
  name: 'Name',
  'value now': 'Now',
};

function firstOf({ atRisk, insufficient, notReliable, steady }: ForecastGroups): Forecast | null {
  return atRisk[0] ?? steady[0] ?? notReliable[0] ?? insufficient[0]?.[0] ?? null;
}
