import { expect, it } from 'vitest';
import { Lineup } from '../../../../main/adapters/sqlite/lineup.ts';
import { OpenTicks } from '../../../../main/adapters/sqlite/open-ticks.ts';
import { hourMs } from '../../../../main/adapters/sqlite/roll-up-entry.ts';
import { SampleTable } from '../../../../main/adapters/sqlite/sample-table.ts';
import type { Series } from '../../../../main/adapters/sqlite/series-book.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { storedSample } from './stored-sample.ts';

const fleet = Array.from({ length: 120 }, (_, index): Series => {
  return { id: index + 1, machineId: `m-${index + 1}`, source: 'host', newest: null };
});
const all = new Lineup(fleet);
const minuteMs = 60_000;

const tickOf = (samples: readonly StoredSample[]): SampleTable => SampleTable.inOrder(samples);

const roundAt = (atMs: number, cpuPercent = 10): SampleTable =>
  tickOf(fleet.map(({ machineId }) => storedSample(machineId, atMs, { cpuPercent })));

const seen = (open: OpenTicks, series: Series, hour = 0) => {
  const table = open.table({ series, hour });
  return table === null
    ? null
    : Array.from({ length: table.count }, (_, place) => [table.at[place], table.metrics[0]?.[place]]);
};

it('a fifteenth of the series is due every four minutes, the hour before the others first', () => {
  const open = new OpenTicks();
  open.add(1, fleet, roundAt(5 * minuteMs), all);
  open.add(2, fleet, roundAt(hourMs), all);
  const due = (atMs: number) => open.due(atMs, 1000).map(({ series, hour }) => [series.id % 60, hour]);
  expect(due(hourMs + 3 * minuteMs - 1)).toEqual([]);
  const first = [0, 0, 1, 1, 2, 2, 3, 3].map((minute) => [minute, 0]);
  expect(due(hourMs + 3 * minuteMs)).toEqual(first);
  expect(due(hourMs + 7 * minuteMs - 1)).toEqual(first);
  expect(open.due(hourMs + 58 * minuteMs, 1000)).toHaveLength(112);
  expect(open.due(hourMs + 59 * minuteMs, 1000)).toHaveLength(120);
  expect(open.due(hourMs + 59 * minuteMs, 7)).toHaveLength(7);
  expect(due(2 * hourMs + 3 * minuteMs).slice(-2)).toEqual([
    [3, 1],
    [3, 1],
  ]);
});

it('a late reading and one that comes twice are in their place, the later word counts', () => {
  const open = new OpenTicks();
  const [one] = fleet as [Series];
  open.add(1, fleet, roundAt(10 * minuteMs, 1), all);
  open.add(2, fleet, roundAt(20 * minuteMs, 2), all);
  const late = [15, 20].map((minute) => storedSample(one.machineId, minute * minuteMs, { cpuPercent: 3 }));
  open.add(3, [one, one], tickOf(late), null);
  expect(seen(open, one)).toEqual([
    [10 * minuteMs, 1],
    [15 * minuteMs, 3],
    [20 * minuteMs, 3],
  ]);
  expect(open.newest(one)).toMatchObject({ atMs: 20 * minuteMs, cpuPercent: 3 });
  expect(open.due(2 * hourMs, 1000)).toHaveLength(120);
});

it('a round that lies across the end of an hour belongs to both', () => {
  const open = new OpenTicks();
  const samples = fleet.map(({ machineId, id }) => storedSample(machineId, hourMs + id - 50));
  open.add(1, fleet, tickOf(samples), all);
  expect(fleet.filter((series) => seen(open, series, 0) !== null)).toHaveLength(49);
  expect(fleet.filter((series) => seen(open, series, 1) !== null)).toHaveLength(71);
});

it('what is folded is forgotten with its tick, and comes back when it could not be written', () => {
  const open = new OpenTicks();
  open.add(7, fleet, roundAt(5 * minuteMs), all);
  const [one, two] = fleet as [Series, Series];
  const undo = open.close({ series: one, hour: 0 });
  expect([seen(open, one), seen(open, two)?.length, open.firstTick(99)]).toEqual([null, 1, 7]);
  undo();
  expect(seen(open, one)).toHaveLength(1);
  for (const series of fleet) open.close({ series, hour: 0 });
  open.sweep();
  expect([open.firstTick(99), open.firstHour(), open.hours(one)]).toEqual([99, Number.POSITIVE_INFINITY, []]);
});

it('a reading of an hour that is folded in part opens it again for its own series alone', () => {
  const open = new OpenTicks();
  open.add(1, fleet, roundAt(5 * minuteMs), all);
  const [one] = fleet as [Series];
  for (const series of fleet.slice(0, 60)) open.close({ series, hour: 0 });
  open.add(2, fleet, roundAt(6 * minuteMs), all);
  expect(seen(open, one)).toEqual([[6 * minuteMs, 10]]);
  expect(seen(open, fleet[60] as Series)).toHaveLength(2);
  expect(open.due(3 * hourMs, 1000)).toHaveLength(120);
});

it('a series that is taken out among its neighbours has what it has alone', () => {
  const open = new OpenTicks();
  const some = fleet.slice(0, 13);
  const lineup = new Lineup(some);
  const round = (minute: number): SampleTable => {
    const samples = some.map(({ machineId, id }) =>
      storedSample(machineId, minute * minuteMs + id, {
        cpuPercent: id * 10 + minute,
        networkOutBytesPerSecond: id === 5 ? null : minute,
        error: id === 7 && minute === 2 ? 'no answer' : null,
      }),
    );
    return SampleTable.inOrder(samples, lineup.places);
  };
  const atHand = new SampleTable(4);
  const agree = (): void => {
    for (const series of [...some, ...some.slice(0, 2)]) {
      const alone = open.table({ series, hour: 0 }) as SampleTable;
      const among = open.table({ series, hour: 0 }, atHand) as SampleTable;
      const all = (of: SampleTable) =>
        Array.from({ length: of.count }, (_, place) => of.sample(place, series.machineId, 'host'));
      expect(among).toBe(atHand);
      expect(all(among)).toEqual(all(alone));
      expect(all(among)[0]).toMatchObject({ atMs: minuteMs + series.id, cpuPercent: series.id * 10 + 1 });
    }
  };
  for (let minute = 1; minute <= 6; minute += 1) {
    open.add(minute, lineup.series, round(minute), lineup);
    agree();
  }
  for (const series of some) open.close({ series, hour: 0 });
  open.sweep();
  open.add(9, lineup.series, round(1), lineup);
  agree();
});
