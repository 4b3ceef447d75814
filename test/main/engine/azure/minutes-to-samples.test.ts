import { describe, expect, it } from 'vitest';
import { samplesOf } from '../../../../main/engine/azure/minutes-to-samples.ts';
import type { AzureMinute } from '../../../../main/engine/ports/azure-insight.ts';
import { fakeFault } from '../../../support/fake-azure.ts';

const minuteMs = 60_000;
const now = Date.UTC(2026, 10, 21, 12, 0, 30);
const noon = Date.UTC(2026, 10, 21, 12);
const minute = (ago: number, cpuPercent: number): AzureMinute => ({
  atMs: noon - ago * minuteMs,
  values: {
    cpuPercent,
    memoryPercent: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    networkInBytesPerSecond: null,
    networkOutBytesPerSecond: null,
  },
});
const told = (minutes: readonly AzureMinute[], lastAgo: number | null) =>
  samplesOf('vm', { ok: true, value: minutes }, lastAgo === null ? null : noon - lastAgo * minuteMs, now).map(
    ({ atMs, cpuPercent, error }) => [Math.round((noon - atMs) / minuteMs), error === null ? cpuPercent : error],
  );

describe('minutes of Azure as samples', () => {
  it('puts each minute that is new down at its own time, and says nothing of the newest, which are always missing', () => {
    expect(told([minute(5, 5), minute(4, 4), minute(3, 3), minute(2, 0)], 4)).toEqual([
      [3, 3],
      [2, 0],
    ]);
  });

  it('tells an empty minute between two others as a failed reading, never as a zero', () => {
    expect(told([minute(5, 5), minute(2, 2)], 5)).toEqual([
      [4, 'Azure has no value for this minute.'],
      [3, 'Azure has no value for this minute.'],
      [2, 2],
    ]);
    const [gap] = samplesOf('vm', { ok: true, value: [minute(2, 2)] }, noon - 4 * minuteMs, now);
    expect(gap).toMatchObject({ source: 'azure', cpuPercent: null, networkInBytesPerSecond: null, diskPercent: null });
  });

  it('says so when nothing has come for longer than Azure is usually behind, and not before', () => {
    expect(told([], 4)).toEqual([]);
    expect(told([minute(7, 1)], 7)).toEqual([[-0, 'The newest values that Azure has are 7 minutes old.']]);
    expect(told([], null)).toEqual([[-0, 'Azure has no values of this machine yet.']]);
  });

  it('does not fill a long silence minute by minute', () => {
    expect(told([minute(600, 1), minute(1, 2)], 600).length).toBe(11);
  });

  it('has the reason for a machine that could not be asked for', () => {
    const samples = samplesOf('vm', { ok: false, fault: fakeFault('forbidden') }, noon, now);
    expect(samples).toMatchObject([{ atMs: now, error: 'It is forbidden.', cpuPercent: null }]);
  });
});
