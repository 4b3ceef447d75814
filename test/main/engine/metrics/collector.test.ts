import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { createCollector, type ReadingSource } from '../../../../main/engine/metrics/collector.ts';
import type { Reading } from '../../../../main/engine/ports/reading.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const minute = 60_000;
const { signal: never } = createStopSource();

function reading(clock: ManualClock, busy: number): Reading {
  return {
    takenAtMs: clock.monotonicNow(),
    epoch: 'boot',
    cpu: { busy, total: clock.monotonicNow() },
    memoryPercent: 50,
    diskPercent: null,
    diskReadBytes: busy,
    diskWriteBytes: null,
    networkInBytes: null,
    networkOutBytes: null,
  };
}

function source(machineId: string, read: ReadingSource['read']): ReadingSource {
  return { machineId, source: 'guest', read };
}

describe('the collector', () => {
  it('gives rates from the second round on', async () => {
    const clock = new ManualClock();
    const collector = createCollector();
    const options = { clock, maxWorkers: 10, timeoutMs: 30_000, roundMs: minute, signal: never };
    let busy = 0;
    const sources = [source('a', async () => reading(clock, busy))];
    const [first] = await collector.collect(sources, options);
    expect(first).toMatchObject({ cpuPercent: null, memoryPercent: 50, error: null });
    await clock.advance(minute);
    busy = 30_000;
    const [second] = await collector.collect(sources, options);
    expect(second).toMatchObject({ cpuPercent: 50, diskReadBytesPerSecond: 500, diskPercent: null });
  });

  it('lets one that fails or hangs lose only its own values, with the reason', async () => {
    const clock = new ManualClock();
    const options = { clock, maxWorkers: 2, timeoutMs: 30_000, roundMs: minute, signal: never };
    const collecting = createCollector().collect(
      [
        source('hangs', () => new Promise(() => {})),
        source('fails', () => Promise.reject(new VigilError('unreachable', 'Nothing answers.'))),
        source('good', async () => reading(clock, 1)),
      ],
      options,
    );
    await clock.advance(30_000);
    const samples = await collecting;
    expect(samples.map((sample) => [sample.machineId, sample.error, sample.memoryPercent])).toEqual([
      ['hangs', 'No reading within 30 s.', null],
      ['fails', 'Nothing answers.', null],
      ['good', null, 50],
    ]);
    expect(clock.waiting).toBe(0);
  });

  it('after a failed round starts its rates anew, so that the gap is no average', async () => {
    const clock = new ManualClock();
    const collector = createCollector();
    const options = { clock, maxWorkers: 10, timeoutMs: 30_000, roundMs: minute, signal: never };
    let broken = false;
    const sources = [
      source('a', async () => (broken ? Promise.reject(new Error('no')) : reading(clock, clock.monotonicNow()))),
    ];
    await collector.collect(sources, options);
    broken = true;
    await clock.advance(minute);
    await collector.collect(sources, options);
    broken = false;
    await clock.advance(minute);
    const [afterGap] = await collector.collect(sources, options);
    expect(afterGap).toMatchObject({ cpuPercent: null, memoryPercent: 50 });
  });

  it('ends its round in time whoever hangs, and those that hung wait for the others from then on', async () => {
    const clock = new ManualClock();
    const collector = createCollector();
    const options = { clock, maxWorkers: 2, timeoutMs: 30_000, roundMs: 50_000, signal: never };
    const hanging = ['h1', 'h2', 'h3', 'h4', 'h5'].map((id) => source(id, () => new Promise(() => {})));
    const sources = [...hanging, source('good', async () => reading(clock, clock.monotonicNow()))];
    const round = async () => {
      const begunAt = clock.monotonicNow();
      const collecting = collector.collect(sources, options).then((samples) => {
        const of = (id: string) => samples.find(({ machineId }) => machineId === id);
        return { tookMs: clock.monotonicNow() - begunAt, of };
      });
      await clock.advance(minute);
      return collecting;
    };
    const first = await round();
    expect(first.tookMs).toBe(50_000);
    expect(first.of('h1')?.error).toBe('No reading within 30 s.');
    expect(first.of('h3')?.error).toBe('No reading within 20 s.');
    // All hands were full of the ones that hang.
    expect(first.of('good')).toMatchObject({ memoryPercent: null, error: expect.stringMatching(/no time was left/) });

    // Who got no turn comes first the next time, who hung last.
    for (let rounds = 0; rounds < 3; rounds++) expect((await round()).of('good')?.error).toBeNull();
    expect(clock.waiting).toBe(0);
  });

  it('reads no more sources at a time than it may', async () => {
    const clock = new ManualClock();
    let open = 0;
    let most = 0;
    const sources = Array.from({ length: 25 }, (_, index) =>
      source(String(index), async () => {
        open += 1;
        most = Math.max(most, open);
        await Promise.resolve();
        open -= 1;
        return reading(clock, 1);
      }),
    );
    await createCollector().collect(sources, {
      clock,
      maxWorkers: 10,
      timeoutMs: 1000,
      roundMs: minute,
      signal: never,
    });
    expect(most).toBe(10);
  });

  it('begins many readings one group after another, and tells of each at its own moment and in its own place', async () => {
    const clock = new ManualClock();
    const begunMs = clock.wallNow();
    const options = { clock, maxWorkers: 2, timeoutMs: 30_000, roundMs: minute, spreadMs: 2000, signal: never };
    const collector = createCollector();
    const names = ['fails', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    let isBroken = true;
    const sources = names.map((name) =>
      source(name, async () => {
        if (name === 'fails' && isBroken) throw new VigilError('unreachable', 'Nothing answers.');
        return reading(clock, 1);
      }),
    );
    const round = async () => {
      const collecting = collector.collect(sources, options);
      await clock.advance(2000);
      return (await collecting).map(({ machineId, atMs }) => [machineId, atMs - begunMs]);
    };
    const first = await round();
    expect(first).toEqual(names.map((name, index) => [name, Math.floor(index / 2) * 500]));
    // What failed comes last, and stays where it stood.
    isBroken = false;
    const second = await round();
    expect(second.map(([name]) => name)).toEqual(names);
    expect(second[0]).toEqual(['fails', 2000 + 1500]);
  });

  it('begins at once what can be read at a time', async () => {
    const clock = new ManualClock();
    const options = { clock, maxWorkers: 10, timeoutMs: 30_000, roundMs: minute, spreadMs: 2000, signal: never };
    const sources = ['a', 'b'].map((name) => source(name, async () => reading(clock, 1)));
    expect(await createCollector().collect(sources, options)).toHaveLength(2);
  });

  it('is over at once when it is to stop: what was read is told, what was not is not made up', async () => {
    const clock = new ManualClock();
    const stopping = createStopSource();
    const told: (readonly string[])[] = [];
    const options = { clock, maxWorkers: 2, timeoutMs: 30_000, roundMs: minute, spreadMs: 2000 };
    const begun: string[] = [];
    const some = ['good', 'hangs', 'later', 'last'].map((id) =>
      source(id, (signal) => {
        begun.push(id);
        return id === 'hangs'
          ? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
          : Promise.resolve(reading(clock, 1));
      }),
    );
    const collecting = createCollector()
      .collect(some, { ...options, signal: stopping.signal })
      .then((samples) => told.push(samples.map(({ machineId }) => machineId)));
    await clock.advance(0);
    stopping.stop('Vigil is ending.');
    await collecting;
    expect(told).toEqual([['good']]);
    expect(begun).toEqual(['good', 'hangs']);
    expect(clock.waiting).toBe(0);
  });
});
