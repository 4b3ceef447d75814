import { noValues, type SampleValues } from '../../contract/sample.ts';
import type { Reading } from '../ports/reading.ts';

/**
 * Two readings as the values of a sample. Where the counters began anew, ran backwards or no time passed there is no
 * value: a reset is neither a rate nor a zero. Shares to the hundredth of a percent, rates to the byte.
 */
export function valuesBetween(before: Reading | null, after: Reading): SampleValues {
  const gauges = { memoryPercent: percentage(after.memoryPercent), diskPercent: percentage(after.diskPercent) };
  if (before === null || before.epoch !== after.epoch) return { ...noValues, ...gauges };
  const seconds = (after.takenAtMs - before.takenAtMs) / 1000;
  return {
    ...gauges,
    cpuPercent: share(before.cpu, after.cpu),
    diskReadBytesPerSecond: rate(before.diskReadBytes, after.diskReadBytes, seconds),
    diskWriteBytesPerSecond: rate(before.diskWriteBytes, after.diskWriteBytes, seconds),
    networkInBytesPerSecond: rate(before.networkInBytes, after.networkInBytes, seconds),
    networkOutBytesPerSecond: rate(before.networkOutBytes, after.networkOutBytes, seconds),
  };
}

function rate(before: number | null, after: number | null, seconds: number): number | null {
  if (before === null || after === null || after < before || seconds <= 0) return null;
  // A byte a second is finer than any counter; whole numbers pack well.
  return Math.round((after - before) / seconds);
}

function share(before: Reading['cpu'], after: Reading['cpu']): number | null {
  if (before === null || after === null) return null;
  const total = after.total - before.total;
  const busy = after.busy - before.busy;
  if (total <= 0 || busy < 0) return null;
  return percentage((busy / total) * 100);
}

/** To the hundredth. Rounding of clock ticks may carry a share a little past its ends. */
function percentage(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(Math.min(100, Math.max(0, value)) * 100) / 100;
}
