import type { Forecast } from '../../main/contract/forecast.ts';

/** A disk that fills, well foretold. */
export function sampleForecast(changes: Partial<Forecast> = {}): Forecast {
  return {
    machine: 'gitea',
    machineId: 'id-gitea',
    metric: 'diskPercent',
    currentValue: 78.4,
    predicted7d: 82.9,
    predicted30d: 97.6,
    band: { low7d: 81.1, high7d: 84.7, low30d: 92.4, high30d: 100 },
    trend: 'increasing',
    pointsPerDay: 0.64,
    atRisk: true,
    daysUntilThreshold: 18.1,
    status: 'ok',
    backtestError: 1.5,
    worstBacktestError: 2.4,
    model: 'robust line',
    recordedDays: 30,
    reason: null,
    at: '2026-03-17T20:00:00.000Z',
    ...changes,
  };
}

/** The same machine before there was anything to foretell from. */
export function untoldForecast(changes: Partial<Forecast> = {}): Forecast {
  return sampleForecast({
    predicted7d: null,
    predicted30d: null,
    band: null,
    trend: null,
    pointsPerDay: null,
    atRisk: null,
    daysUntilThreshold: null,
    status: 'insufficient data',
    backtestError: null,
    worstBacktestError: null,
    model: null,
    recordedDays: 3,
    reason: '3 of 7 days with readings.',
    ...changes,
  });
}
