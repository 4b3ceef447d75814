import { describe, expect, it } from 'vitest';
import { Settings } from '../../../../main/contract/settings.ts';
import { idleAdvice } from '../../../../main/engine/azure/idle-advice.ts';
import type { StoredRollUps } from '../../../../main/engine/ports/metrics-store.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure } from '../../../support/fake-azure.ts';
import { MemorySettings } from '../../../support/fake-ports.ts';

/** Hourly averages; null where nothing was read. */
function hours(...averages: readonly (number | null)[]): StoredRollUps {
  const of = (value: (average: number) => number) =>
    Float64Array.from(averages, (average) => (average === null ? Number.NaN : value(average)));
  return {
    machineId: 'a',
    source: 'azure',
    startMs: Float64Array.from(averages, (_, index) => index * 3_600_000),
    endMs: Float64Array.from(averages, (_, index) => (index + 1) * 3_600_000),
    readings: Uint32Array.from(averages, (average) => (average === null ? 0 : 60)),
    failed: Uint32Array.from(averages, () => 0),
    partial: Uint8Array.from(averages, () => 0),
    metrics: {
      cpuPercent: {
        count: Uint32Array.from(averages, (average) => (average === null ? 0 : 60)),
        sum: of((average) => average * 60),
        min: of((average) => average),
        max: of((average) => average),
        last: of((average) => average),
      },
    },
  };
}
const days = (count: number, average: number | null) => Array.from({ length: count * 24 }, () => average);
const measure = { underPercent: 5, days: 2 } as const;

describe('advice about an idle machine', () => {
  it('says for how long, how much at most, and what could be done', () => {
    expect(idleAdvice(hours(...days(1, 1), ...days(1, 3.25)), measure)).toBe(
      'Its CPU stayed under 5 % for 2 days, 3.3 % in the busiest hour: it could be deallocated while nobody needs it.',
    );
  });

  it.each([
    ['it worked for an hour', hours(...days(2, 1).slice(1), 5)],
    ['it was off for a part of it', hours(...days(1, 1), ...days(1, null))],
    ['too little is known', hours(...days(1, 1))],
    ['nothing is known', undefined],
  ])('is not given where %s', (_why, series) => {
    expect(idleAdvice(series, measure)).toBeNull();
  });

  it('is not given when nobody wants it', () => {
    expect(idleAdvice(hours(...days(2, 1)), { underPercent: 0, days: 2 })).toBeNull();
  });
});

it('a machine that did nothing for a day is called idle by its readings, and nothing is done to it', async () => {
  const azure = new FakeAzure();
  azure.add('web');
  azure.add('busy');
  const settings = new MemorySettings();
  const reading = Settings.parse({ azure: { sign_in: 'browser', idle_days: 1 } });
  settings.reading = { settings: reading, fault: null };
  const test = await engineUnderTest({ azure, settings });
  await test.engine.handlers['azure.refresh']({}, someone);
  const list = () => test.engine.handlers['machine.list']({}, someone);
  const machines = await list();
  const begin = test.clock.wallNow();
  for (let hour = 0; hour < 24; hour += 1) {
    await test.metrics.append(
      machines.map(({ id, name }) => ({
        machineId: id,
        atMs: begin - (24 - hour) * 3_600_000 + 1_800_000,
        source: 'azure',
        error: null,
        cpuPercent: name === 'busy' && hour === 12 ? 60 : 1.5,
        memoryPercent: null,
        diskPercent: null,
        diskReadBytesPerSecond: null,
        diskWriteBytesPerSecond: null,
        networkInBytesPerSecond: null,
        networkOutBytesPerSecond: null,
      })),
    );
  }
  await test.clock.advance(150_000);
  const said = (await list()).map(({ name, azure: facts }) => [name, facts?.idle ?? null]);
  expect(said).toEqual([
    ['busy', null],
    ['web', expect.stringContaining('stayed under 5 % for a day, 1.5 % in the busiest hour')],
  ]);
  expect(azure.sent).toEqual([]);
});
