import { useCallback, useEffect, useRef, useState } from 'react';
import type { Connection } from '../../main/contract/connection.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Forecast, ForecastDetail, ForecastMetric } from '../../main/contract/forecast.ts';
import { useClient } from './client-context.tsx';
import { isInSight, onSight } from './page-sight.ts';

export interface Foretold<T> {
  /** Null until it is read; what was read stays until the next is there. */
  readonly value: T | null;
  readonly error: VigilError | null;
  retry(): void;
}

/** What is foretold of the whole fleet, or of one machine, most pressing first. */
export function useForecasts(machineId?: string): Foretold<readonly Forecast[]> {
  return useForetold(
    useCallback(
      (connection: Connection) =>
        connection.call('forecast.list', machineId === undefined ? {} : { machine: machineId }),
      [machineId],
    ),
  );
}

/** One forecast with what its chart shows. */
export function useForecast(machineId: string, metric: ForecastMetric): Foretold<ForecastDetail> {
  return useForetold(
    useCallback(
      (connection: Connection) => connection.call('forecast.get', { machine: machineId, metric }),
      [machineId, metric],
    ),
  );
}

/** Read anew when forecasts were weighed or an engine is there again; out of sight not before the page is seen. */
function useForetold<T>(read: (connection: Connection) => Promise<T>): Foretold<T> {
  const { connection } = useClient();
  const [state, setState] = useState<{
    readonly of: unknown;
    readonly value: T | null;
    readonly error: VigilError | null;
  }>({ of: read, value: null, error: null });
  const again = useRef<() => void>(() => {});
  useEffect(() => {
    let isOver = false;
    let reading = 0;
    let isOld = false;
    const readNow = async (): Promise<void> => {
      if (!isInSight()) {
        isOld = true;
        return;
      }
      isOld = false;
      reading += 1;
      const own = reading;
      try {
        const value = await read(connection);
        if (!isOver && own === reading) setState({ of: read, value, error: null });
      } catch (error) {
        if (isOver || own !== reading) return;
        setState((before) => ({
          of: read,
          value: before.of === read ? before.value : null,
          error: errorOf(failureOf(error)),
        }));
      }
    };
    again.current = () => void readNow();
    const undo = [
      connection.subscribe('forecasts.renewed', () => void readNow()),
      connection.subscribe('engine.connected', () => void readNow()),
      onSight(() => {
        if (isInSight() && isOld) void readNow();
      }),
    ];
    void readNow();
    return () => {
      isOver = true;
      for (const each of undo) each();
    };
  }, [connection, read]);
  // What was read of another machine is not of this one.
  const isOwn = state.of === read;
  return { value: isOwn ? state.value : null, error: isOwn ? state.error : null, retry: () => again.current() };
}
