import type { Settings } from '../../contract/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsStore } from '../ports/metrics-store.ts';

export interface RetentionPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: MetricsStore;
  settings(): Settings;
}

const dayMs = 86_400_000;
const mib = 1_048_576;
/** A computer may sleep through a night, and its zone is no part of the clock. */
const credibleJumpMs = 25 * 3_600_000;
/** Long enough for a person, or the network's time, to set a wrong clock right. */
const holdMs = dayMs;
/** No readings for so long before the start: it may be that nothing ran, or that the clock is wrong. */
const silentMs = 2 * dayMs;

/**
 * Drops what is older than it need be. A wall clock that jumped ahead makes everything look old: for a day after a jump
 * nothing is dropped, so that setting the clock right in that time costs no reading.
 */
export function createRetention({ clock, log, store, settings }: RetentionPorts): () => Promise<void> {
  let before: { readonly wallMs: number; readonly monotonicMs: number } | null = null;
  let heldUntilMs: number | null = null;

  const jumpedMs = async (wallMs: number, monotonicMs: number): Promise<number> => {
    if (before !== null) return wallMs - before.wallMs - (monotonicMs - before.monotonicMs);
    const newestMs = Math.max(...(await store.newest()).map(({ atMs }) => atMs));
    return wallMs - newestMs > silentMs ? wallMs - newestMs : 0;
  };

  return async () => {
    const [wallMs, monotonicMs] = [clock.wallNow(), clock.monotonicNow()];
    const jumped = await jumpedMs(wallMs, monotonicMs);
    before = { wallMs, monotonicMs };
    if (Number.isFinite(jumped) && jumped > credibleJumpMs) {
      heldUntilMs = monotonicMs + holdMs;
      log.write('warn', 'metrics', 'the clock went ahead, or nothing was read for long: old readings stay for a day', {
        hours: Math.round(jumped / 3_600_000),
      });
    } else if (jumped < -credibleJumpMs) heldUntilMs = null;
    if (heldUntilMs !== null && monotonicMs < heldUntilMs) return;
    heldUntilMs = null;
    const { retention, storage } = settings();
    const { raw_days, hourly_days, daily_days } = retention;
    const keptFrom = {
      raw: wallMs - raw_days * dayMs,
      hourly: wallMs - hourly_days * dayMs,
      daily: wallMs - daily_days * dayMs,
    };
    const removed = await store.removeOld(keptFrom, storage.metrics_mib * mib);
    if (removed > 0) log.write('info', 'metrics', 'dropped old readings', { removed });
  };
}
