import type { Settings } from '../../contract/settings.ts';
import { startLoop } from '../lifetime/loop.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsStore } from '../ports/metrics-store.ts';
import { idleAdvice } from './idle-advice.ts';

/** Which machines of Azure are paid for and do next to nothing, as far as their readings tell. */
export interface AzureIdle {
  /** A sentence; null when there is nothing to advise. */
  of(id: string): string | null;
  begin(): void;
  stop(): Promise<void>;
}

export interface AzureIdlePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<MetricsStore, 'rollUps'>;
  /** Ids of the machines that run. */
  running(): readonly string[];
  settings(): Settings['azure'];
  /** The advice for it is another one than before. */
  changed(id: string): void;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const firstAfterMs = 120_000;
/** So many machines are asked about at a time. */
const atOnce = 100;

export function createAzureIdle(ports: AzureIdlePorts): AzureIdle {
  const advice = new Map<string, string>();
  let stopLoop: () => Promise<void> = async () => undefined;

  const look = async (): Promise<void> => {
    const { idle_cpu_percent: underPercent, idle_days: days } = ports.settings();
    const running = underPercent === 0 ? [] : ports.running();
    const next = new Map<string, string>();
    // Whole hours: the one under way says little.
    const toMs = Math.floor(ports.clock.wallNow() / hourMs) * hourMs;
    for (let from = 0; from < running.length; from += atOnce) {
      const found = await ports.store.rollUps({
        machineIds: running.slice(from, from + atOnce),
        source: 'azure',
        level: 'hourly',
        fromMs: toMs - days * dayMs,
        toMs,
        metrics: ['cpuPercent'],
      });
      for (const series of found) {
        const said = idleAdvice(series, { underPercent, days });
        if (said !== null) next.set(series.machineId, said);
      }
    }
    const before = new Map(advice);
    advice.clear();
    for (const [id, said] of next) advice.set(id, said);
    for (const id of new Set([...before.keys(), ...next.keys()])) {
      if (before.get(id) !== next.get(id)) ports.changed(id);
    }
  };

  return {
    of: (id) => advice.get(id) ?? null,
    begin: () => {
      stopLoop = startLoop({
        name: 'azure idle',
        clock: ports.clock,
        log: ports.log,
        intervalMs: () => hourMs,
        firstAfterMs,
        run: look,
      });
    },
    stop: () => stopLoop(),
  };
}
