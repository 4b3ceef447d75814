import { noValues } from '../../../../main/contract/sample.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';

const startMs = Date.parse('2026-02-27T21:00:00Z');
const hourMs = 3_600_000;

/** Readings of two days that hold every kind of thing that is kept. Never changed: the golden files were made of them. */
export const goldenSamples: readonly StoredSample[] = [
  ...ofEvery(15 * 60_000, 'aaaaaaaa-0000-4000-8000-000000000001', 'host', 48 * hourMs),
  ...ofEvery(20 * 60_000, 'aaaaaaaa-0000-4000-8000-000000000001', 'guest', 30 * hourMs),
  ...ofEvery(60 * 60_000, 'bbbbbbbb-0000-4000-8000-000000000002', 'ssh', 5 * hourMs),
].sort((one, other) => one.atMs - other.atMs);

function ofEvery(
  stepMs: number,
  machineId: string,
  source: StoredSample['source'],
  lengthMs: number,
): readonly StoredSample[] {
  return Array.from({ length: lengthMs / stepMs }, (_, index): StoredSample => {
    const at = { machineId, source, atMs: startMs + index * stepMs + (index % 3) };
    if (index % 17 === 5) return { ...at, ...noValues, error: `The guest “${index % 2}” did not answer: é.` };
    return {
      ...at,
      error: null,
      cpuPercent: index === 0 ? null : (index * 7.31) % 100,
      memoryPercent: 40 + index / 8,
      diskPercent: source === 'host' ? null : 61.25,
      diskReadBytesPerSecond: index * 4096,
      diskWriteBytesPerSecond: index % 5 === 0 ? null : 1e9 + index / 3,
      networkInBytesPerSecond: 0,
      networkOutBytesPerSecond: index % 2 === 0 ? 12 : 9.5,
    };
  });
}
