import { expect, it } from 'vitest';
import { rollUpColumns } from '../../../../main/adapters/sqlite/roll-up-columns.ts';
import { hourMs, rollUpSamples } from '../../../../main/adapters/sqlite/roll-up-entry.ts';
import { RollUpTable } from '../../../../main/adapters/sqlite/roll-up-table.ts';
import { storedSample } from './stored-sample.ts';

const minuteMs = 60_000;

/** An hour with a reading every minute of `minutes`. */
function hour(index: number, minutes: readonly number[], cpu: (minute: number) => number = () => 10) {
  const samples = minutes.map((minute) =>
    storedSample('a', index * hourMs + minute * minuteMs, { cpuPercent: cpu(minute) }),
  );
  const entry = rollUpSamples(samples);
  if (entry === null) throw new Error('an hour without readings');
  return { startMs: index * hourMs, endMs: (index + 1) * hourMs, entry };
}

function tableOf(hours: readonly ReturnType<typeof hour>[]): RollUpTable {
  const table = new RollUpTable();
  for (const { startMs, endMs, entry } of hours) table.put(startMs, endMs, entry);
  return table;
}

const every = Array.from({ length: 60 }, (_, minute) => minute);
const options = { machineId: 'a', source: 'host', metrics: ['cpuPercent'], points: 300, newestMs: 9e15 } as const;

it('an hour is marked as partial when it is not over, began late or was not read to its end', () => {
  const hours = tableOf([hour(0, every), hour(1, every.slice(10)), hour(2, every.slice(0, 50)), hour(3, every)]);
  expect([...rollUpColumns(hours, options).partial]).toEqual([0, 1, 1, 0]);
  expect([...rollUpColumns(hours, { ...options, newestMs: 3.5 * hourMs }).partial]).toEqual([0, 1, 1, 1]);
});

it('joined hours have the sum of their sums and their lowest and highest, so that a spike of a minute survives', () => {
  const hours = Array.from({ length: 100 }, (_, index) =>
    hour(index, every, (minute) => (index === 42 && minute === 7 ? 99 : 10)),
  );
  const { startMs, endMs, readings, metrics } = rollUpColumns(tableOf(hours), { ...options, points: 9 });
  expect(startMs.length).toBeLessThanOrEqual(9);
  expect([startMs[0], endMs.at(-1)]).toEqual([0, 100 * hourMs]);
  expect(readings.reduce((sum, count) => sum + count, 0)).toBe(6000);
  expect([Math.max(...(metrics.cpuPercent?.max ?? [])), metrics.cpuPercent?.sum.reduce((a, b) => a + b, 0)]).toEqual([
    99,
    5999 * 10 + 99,
  ]);
});

it('a value that was never known counts nothing and is no number', () => {
  const { metrics } = rollUpColumns(tableOf([hour(0, every)]), { ...options, metrics: ['diskPercent'] });
  expect([metrics.diskPercent?.count[0], metrics.diskPercent?.sum[0], metrics.cpuPercent]).toEqual([
    0,
    Number.NaN,
    undefined,
  ]);
});
