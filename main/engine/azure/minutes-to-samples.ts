import { noValues } from '../../contract/sample.ts';
import type { AzureMeasuring, AzureMinute } from '../ports/azure-insight.ts';
import type { StoredSample } from '../ports/metrics-store.ts';

/** What is older than this when it is asked for says nothing about now. */
export const staleMs = 300_000;
const minuteMs = 60_000;
/** Of a silence that was longer: the readings' store tells the rest as a hole. */
const mostEmpty = 10;

/**
 * What a machine of Azure is put down with: every minute that is newer than the last one known, at its own time, with those
 * between that have no value as failed readings. The newest minutes are always missing; only where nothing has come for
 * longer than Azure's own delay is that said. Moments are those of Azure's clock. Pure.
 */
export function samplesOf(
  machineId: string,
  measuring: AzureMeasuring,
  lastAtMs: number | null,
  nowMs: number,
): readonly StoredSample[] {
  const failed = (atMs: number, error: string): StoredSample => ({
    ...noValues,
    machineId,
    source: 'azure',
    atMs,
    error,
  });
  if (!measuring.ok) return [failed(nowMs, measuring.fault.message)];
  const news = measuring.value.filter(({ atMs }) => lastAtMs === null || atMs > lastAtMs);
  const samples: StoredSample[] = [];
  let before = lastAtMs;
  for (const { atMs, values } of news) {
    for (const empty of emptyBetween(before, atMs)) samples.push(failed(empty, 'Azure has no value for this minute.'));
    samples.push({ ...values, diskPercent: null, machineId, source: 'azure', atMs, error: null });
    before = atMs;
  }
  const newest = before ?? newestOf(measuring.value);
  if (newest === null) samples.push(failed(nowMs, 'Azure has no values of this machine yet.'));
  else if (nowMs - newest > staleMs) {
    samples.push(
      failed(nowMs, `The newest values that Azure has are ${Math.floor((nowMs - newest) / minuteMs)} minutes old.`),
    );
  }
  return samples;
}

/** End of the newest minute that has a value; null when none has. */
export function newestOf(minutes: readonly AzureMinute[]): number | null {
  return minutes.at(-1)?.atMs ?? null;
}

function emptyBetween(before: number | null, atMs: number): readonly number[] {
  if (before === null) return [];
  const count = Math.min(mostEmpty, Math.round((atMs - before) / minuteMs) - 1);
  return Array.from({ length: Math.max(0, count) }, (_, index) => atMs - (count - index) * minuteMs);
}
