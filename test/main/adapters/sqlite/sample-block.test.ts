import { describe, expect, it } from 'vitest';
import { DamagedBytes } from '../../../../main/adapters/sqlite/byte-reader.ts';
import { packRollUps, unpackRollUps } from '../../../../main/adapters/sqlite/roll-up-block.ts';
import { rollUpTable } from '../../../../main/adapters/sqlite/roll-up-entry.ts';
import { RollUpTable } from '../../../../main/adapters/sqlite/roll-up-table.ts';
import { packBlock, unpackBlock } from '../../../../main/adapters/sqlite/sample-block.ts';
import { SampleTable } from '../../../../main/adapters/sqlite/sample-table.ts';
import { noValues } from '../../../../main/contract/sample.ts';
import { goldenSamples } from './golden-samples.ts';
import { chanceOf } from './roll-up-truth.ts';
import { storedSample } from './stored-sample.ts';

const values: readonly (number | null)[] = [
  0,
  1,
  -1,
  0.01,
  99.99,
  -0.07,
  1 / 3,
  2 ** 31,
  2 ** 40 + 1,
  2 ** 53 - 1,
  -(2 ** 53),
  1e308,
  5e-324,
  null,
];

function backFrom(samples: SampleTable): unknown {
  const table = unpackBlock(Buffer.from(packBlock(samples)));
  return Array.from({ length: table.count }, (_, place) => table.sample(place, 'a', 'host'));
}

describe('a block', () => {
  it.each(values)('gives %d back as it was, alone and among others', (value) => {
    const alone = [storedSample('a', 5, { cpuPercent: value, diskReadBytesPerSecond: value })];
    const among = [...values, value].map((each, index) => storedSample('a', index * 60_001, { memoryPercent: each }));
    for (const samples of [alone, among]) expect(backFrom(SampleTable.of(samples))).toEqual(samples);
  });

  it('keeps reasons, gaps and moments before 1970', () => {
    const samples = [
      storedSample('a', -7_000_000, { ...noValues, error: 'É “no” \n answer' }),
      storedSample('a', -5, { cpuPercent: null }),
      storedSample('a', 1_900_000_000_000, { ...noValues, error: 'É “no” \n answer' }),
    ];
    expect(backFrom(SampleTable.of(samples))).toEqual(samples);
  });

  it('takes the same moment once, in whichever order readings come', () => {
    const table = SampleTable.of([3, 1, 2, 1, 3].map((at, cpuPercent) => storedSample('a', at, { cpuPercent })));
    expect([...table.at.subarray(0, table.count)]).toEqual([1, 2, 3]);
    expect([...(table.metrics[0]?.subarray(0, 3) ?? [])]).toEqual([3, 2, 4]);
  });

  it('is a fraction of what the same rows take, for readings on the beat', () => {
    const hour = Array.from({ length: 60 }, (_, minute) =>
      storedSample('a', 1_700_000_000_000 + minute * 60_000, {
        cpuPercent: Math.round(5000 + 300 * Math.sin(minute)) / 100,
        memoryPercent: 41.25,
        diskPercent: 60,
      }),
    );
    expect(packBlock(SampleTable.of(hour)).length).toBeLessThan(4 * 60);
  });
});

it('hours come back as they were, and of their values those that are asked for', () => {
  const entry = rollUpTable(SampleTable.of(goldenSamples.filter(({ source }) => source === 'host').slice(0, 30)));
  if (entry === null) throw new Error('no entry');
  const table = new RollUpTable();
  for (const slot of [3, 4, 23]) table.put(slot, slot + 1, entry);
  const bytes = Buffer.from(packRollUps(table));
  const known = ({ count, start, readings, failed, firstMs, lastMs, metrics }: RollUpTable) => ({
    heads: [start, readings, failed, firstMs, lastMs].map((column) => [...column.subarray(0, count)]),
    metrics: metrics.map(
      (columns) => columns && Object.values(columns).map((column) => [...column.subarray(0, count)]),
    ),
  });
  const back = new RollUpTable(undefined, 1);
  unpackRollUps(bytes, back);
  expect(known(back)).toEqual(known(table));
  expect([...back.readings.subarray(0, 3)]).toEqual([entry.readings, entry.readings, entry.readings]);
  const some = new RollUpTable([false, true, false, false, false, false, false]);
  // Behind what is there already.
  for (const _ of [1, 2]) unpackRollUps(bytes, some);
  expect([...some.start.subarray(0, some.count)]).toEqual([3, 4, 23, 3, 4, 23]);
  expect(some.metrics.map((columns) => columns === null)).toEqual([true, false, true, true, true, true, true]);
  some.keep(3, 6);
  expect(known(some).metrics[1]).toEqual(known(table).metrics[1]);
  // Damage leaves what is there.
  const damaged = Buffer.from(bytes);
  damaged[20] = (damaged[20] as number) ^ 1;
  expect(() => unpackRollUps(damaged, back)).toThrow(DamagedBytes);
  expect(known(back)).toEqual(known(table));
});

describe('damage', () => {
  const block = Buffer.from(packBlock(SampleTable.of(goldenSamples.filter(({ source }) => source === 'ssh'))));

  it('of any one bit is told from data', () => {
    for (let bit = 0; bit < block.length * 8; bit += 1) {
      const damaged = Buffer.from(block);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => unpackBlock(damaged)).toThrow(DamagedBytes);
    }
  });

  it('by being cut is told, wherever', () => {
    for (let length = 0; length < block.length; length += 1) {
      expect(() => unpackBlock(block.subarray(0, length))).toThrow(DamagedBytes);
    }
  });
});

it.each([1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 40])(
  'numbers that jump about within %d bits come back as they were',
  (bits) => {
    const chance = chanceOf(bits);
    const samples = Array.from({ length: 61 }, (_, at) => {
      const value = Math.floor(chance() * 2 ** bits) - 2 ** (bits - 1);
      return storedSample('a', at, {
        cpuPercent: value / 100,
        memoryPercent: chance() < 0.3 ? null : value,
        diskPercent: at === 30 ? 2 ** 40 : value,
      });
    });
    expect(backFrom(SampleTable.of(samples))).toEqual(samples);
  },
);
