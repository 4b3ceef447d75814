import { describe, expect, it } from 'vitest';
import { DamagedBytes } from '../../../../main/adapters/sqlite/byte-reader.ts';
import { SampleTable } from '../../../../main/adapters/sqlite/sample-table.ts';
import { packTick, type Tick, unpackTick } from '../../../../main/adapters/sqlite/tick-block.ts';
import { noValues } from '../../../../main/contract/sample.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { goldenSamples } from './golden-samples.ts';
import { storedSample } from './stored-sample.ts';

/** Six golden samples as an older Vigil packed them. */
const oldTick =
  'AQYBAgICAgICAYDStY6UZwAAwu5twM8kgp9JAAY4tgsAtgsDAAAAAAAAREAAAAAAAABEQAAAAAAAAERAAAAAAAAQREAAAAAAABBEQAAAAAAAIERADhbaXwEAAACAQACAQAc4q6oqAGXNzUGrqioAZc3NQVVVVQBlzc1BCQAC4BIAAPMDAPQD7BW7UQ==';

function tickOf(samples: readonly StoredSample[]): Tick {
  return { series: Float64Array.from(samples, (_, index) => (index * 37) % 11), table: SampleTable.inOrder(samples) };
}

function samplesIn({ table }: Tick, like: readonly StoredSample[]): readonly StoredSample[] {
  return like.map(({ machineId, source }, index) => table.sample(index, machineId, source));
}

describe('a tick', () => {
  it('gives every reading back with the number of its series', () => {
    const samples = goldenSamples.slice(0, 40);
    const tick = tickOf(samples);
    const back = unpackTick(Buffer.from(packTick(tick)));
    expect([...back.series]).toEqual([...tick.series]);
    expect(samplesIn(back, samples)).toEqual(samples);
  });

  it.each([
    [0, 254],
    [0, 255],
    [-3, 65_533],
    [1, 65_537],
    [0.01, 655.36],
    [-5, 2 ** 32],
    [0, 2 ** 32 - 2],
    [1 / 3, 5],
    [2 ** 53 - 1, -(2 ** 53)],
    [1e308, 5e-324],
    [0.29, 0.57],
  ])('gives %d and %d back as they were, beside what is not known', (one, other) => {
    const samples = [one, null, other, one].map((cpuPercent, at) => storedSample(`m-${at}`, at, { cpuPercent }));
    expect(samplesIn(unpackTick(Buffer.from(packTick(tickOf(samples)))), samples)).toEqual(samples);
  });

  it('keeps why readings failed, and may be all of them', () => {
    const samples = ['É “no” \n answer', 'timeout'].map((error, at) => storedSample('m', at, { ...noValues, error }));
    expect(samplesIn(unpackTick(Buffer.from(packTick(tickOf(samples)))), samples)).toEqual(samples);
  });

  it('of an older Vigil is understood', () => {
    const samples = goldenSamples.slice(0, 6);
    const back = unpackTick(Buffer.from(oldTick, 'base64'));
    expect([...back.series]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(samplesIn(back, samples)).toEqual(samples);
  });
});

describe('damage to a tick', () => {
  it.each([
    ['of today', Buffer.from(packTick(tickOf(goldenSamples.slice(0, 12))))],
    ['of an older Vigil', Buffer.from(oldTick, 'base64')],
  ])('%s is told from data, whichever bit it is and wherever it is cut', (_, bytes) => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => unpackTick(damaged)).toThrow(DamagedBytes);
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => unpackTick(bytes.subarray(0, length))).toThrow(DamagedBytes);
    }
  });
});
