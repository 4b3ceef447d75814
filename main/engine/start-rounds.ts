import type { AlertDesk } from './alerts/alert-desk.ts';
import type { AzureDesk } from './azure/azure-desk.ts';
import type { ForecastDesk } from './forecasts/forecast-desk.ts';
import type { GuestDesk } from './guest/guest-desk.ts';
import { startLoop } from './lifetime/loop.ts';
import type { Owner } from './lifetime/owner.ts';
import type { MetricsDesk } from './metrics/metrics-desk.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { HealthTelemetry } from './telemetry/health-telemetry.ts';

export interface RoundPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<MetricsDesk, 'collect' | 'retain' | 'roundMs' | 'stop'>;
  readonly azure: Pick<AzureDesk, 'readings'>;
  readonly alerts: Pick<AlertDesk, 'look' | 'take'>;
  readonly telemetry: Pick<HealthTelemetry, 'take'>;
  readonly guests: Pick<GuestDesk, 'collect'>;
  readonly forecasts: Pick<ForecastDesk, 'renew' | 'stop'>;
  guestsMs(): number;
}

/** Soon after the start, so that a person who just opened Vigil sees something. */
const firstCollectionMs = 1000;
/** From one look at the alerts to the next, where nothing else asks for one. */
const alertsMs = 15_000;
const retentionMs = 3_600_000;
/** Hours end at every hour: looked for a little more often, and first when the start is over. */
const forecastsMs = 300_000;
const firstForecastsMs = 20_000;

/** What the engine does again and again, each on its own beat, until its owner ends it. */
export function startRounds(owner: Owner, ports: RoundPorts): void {
  const { alerts, azure, clock, forecasts, guests, log, metrics, telemetry } = ports;
  const endCollection = startLoop({
    name: 'collection',
    clock,
    log,
    intervalMs: metrics.roundMs,
    isSteady: true,
    firstAfterMs: firstCollectionMs,
    // What is far away may have to be asked before anybody is told: the readings do not wait for that.
    run: async () => {
      const round = await metrics.collect();
      // The platform's values come on a beat of their own, and count for as long as they are new.
      const known = [...azure.readings.newest(), ...round];
      void alerts.take(known);
      telemetry.take(known);
    },
  });
  owner.own('collection loop', () => {
    metrics.stop();
    return endCollection();
  });
  owner.own(
    'guest loop',
    startLoop({
      name: 'guests',
      clock,
      log,
      intervalMs: ports.guestsMs,
      firstAfterMs: firstCollectionMs,
      run: guests.collect,
    }),
  );
  owner.own(
    'alert loop',
    startLoop({
      name: 'alerts',
      clock,
      log,
      intervalMs: () => alertsMs,
      isSteady: true,
      // In step with the readings, so that nothing is woken twice.
      firstAfterMs: firstCollectionMs + alertsMs,
      run: alerts.look,
    }),
  );
  owner.own(
    'forecast loop',
    startLoop({
      name: 'forecasts',
      clock,
      log,
      intervalMs: () => forecastsMs,
      firstAfterMs: firstForecastsMs,
      run: forecasts.renew,
    }),
  );
  owner.own('forecasts', forecasts.stop);
  owner.own(
    'retention loop',
    startLoop({ name: 'retention', clock, log, intervalMs: () => retentionMs, run: metrics.retain }),
  );
}
