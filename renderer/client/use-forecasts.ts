import { useCallback } from 'react';
import type { Connection } from '../../main/contract/connection.ts';
import type { Forecast, ForecastDetail, ForecastMetric } from '../../main/contract/forecast.ts';
import { type Fresh, useFresh } from './use-fresh.ts';

const events = ['forecasts.renewed'] as const;

/** What is foretold, most pressing first: of the whole fleet what there is so far, or all of one machine. */
export function useForecasts(machineId?: string): Fresh<readonly Forecast[]> {
  return useFresh(
    useCallback(
      (connection: Connection) =>
        connection.call('forecast.list', machineId === undefined ? { soFar: true } : { machine: machineId }),
      [machineId],
    ),
    events,
  );
}

/** One forecast with what its chart shows. */
export function useForecast(machineId: string, metric: ForecastMetric): Fresh<ForecastDetail> {
  return useFresh(
    useCallback(
      (connection: Connection) => connection.call('forecast.get', { machine: machineId, metric }),
      [machineId, metric],
    ),
    events,
  );
}
