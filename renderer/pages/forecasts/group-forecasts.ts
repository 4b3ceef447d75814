import type { Forecast } from '../../../main/contract/forecast.ts';

export const forecastOrders = ['days left', 'name', 'value now'] as const;
export type ForecastOrder = (typeof forecastOrders)[number];

/** What a page says of the fleet, part by part; in the order in which a person should look. */
export interface ForecastGroups {
  readonly atRisk: readonly Forecast[];
  readonly notReliable: readonly Forecast[];
  /** One per machine: its metrics that know too little, together. */
  readonly insufficient: readonly (readonly [first: Forecast, ...others: readonly Forecast[]])[];
  /** Foretold, and not at risk. */
  readonly steady: readonly Forecast[];
}

export function groupForecasts(forecasts: readonly Forecast[], order: ForecastOrder): ForecastGroups {
  const sorted = forecasts.toSorted((a, b) => compare(a, b, order));
  const known = sorted.filter(({ status }) => status === 'ok');
  const untold = new Map<string, [Forecast, ...Forecast[]]>();
  for (const forecast of sorted.filter(({ status }) => status === 'insufficient data')) {
    const found = untold.get(forecast.machineId);
    if (found === undefined) untold.set(forecast.machineId, [forecast]);
    else found.push(forecast);
  }
  return {
    atRisk: known.filter(({ atRisk }) => atRisk === true),
    notReliable: sorted.filter(({ status }) => status === 'not reliable'),
    insufficient: [...untold.values()],
    steady: known.filter(({ atRisk }) => atRisk !== true),
  };
}

const names = new Intl.Collator('en', { numeric: true });

function compare(a: Forecast, b: Forecast, order: ForecastOrder): number {
  const byName = names.compare(a.machine, b.machine) || a.metric.localeCompare(b.metric);
  switch (order) {
    case 'days left':
      return left(a) - left(b) || byName;
    case 'name':
      return byName;
    case 'value now':
      return (b.currentValue ?? -1) - (a.currentValue ?? -1) || byName;
  }
}

/** A crossing that is not foretold comes after all that are. */
function left({ daysUntilThreshold }: Forecast): number {
  return daysUntilThreshold ?? 1e6;
}
