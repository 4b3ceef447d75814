import { describe, expect, it } from 'vitest';
import { csvHeader } from '../../../../main/engine/metrics/export-readings.ts';
import type { StoredSample } from '../../../../main/engine/ports/metrics-store.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { storedSample } from '../../adapters/sqlite/stored-sample.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** An engine with a machine whose readings are given relative to the begin of the present day of UTC. */
async function engineWith(
  samplesOf: (id: string) => readonly StoredSample[],
): Promise<EngineUnderTest & { readonly today: number; readonly now: number }> {
  const test = await engineUnderTest();
  await test.create({ name: 'demo' });
  const { machine } = await test.engine.handlers['machine.get']({ machine: 'demo' }, someone);
  const now = test.clock.wallNow();
  const today = Math.floor(now / dayMs) * dayMs;
  test.metrics.samples.push(...samplesOf(machine.id).map((sample) => ({ ...sample, atMs: sample.atMs + today })));
  return { ...test, today, now };
}

const iso = (ms: number): string => new Date(ms).toISOString();

describe('roll-ups', () => {
  it('tell an hour by the average over its readings, its ends and how many there were', async () => {
    const { engine, today } = await engineWith((id) => [
      storedSample(id, -2 * hourMs, { cpuPercent: 10 }),
      storedSample(id, -2 * hourMs + 1, { cpuPercent: 40 }),
      storedSample(id, -2 * hourMs + 2, { cpuPercent: null, error: 'no answer' }),
    ]);
    const range = { machine: 'demo', from: iso(today - dayMs), to: iso(today), points: 300 };
    const [hour, ...others] = await engine.handlers['metrics.roll-ups']({ ...range, level: 'hourly' }, someone);
    expect(others).toEqual([]);
    expect(hour).toMatchObject({ machine: 'demo', source: 'host', level: 'hourly', readings: 2, failed: 1 });
    expect([hour?.from, hour?.to]).toEqual([iso(today - 2 * hourMs), iso(today - hourMs)]);
    expect(hour?.metrics.cpuPercent).toEqual({ count: 2, average: 25, min: 10, max: 40, last: 40 });
    expect([hour?.metrics.networkInBytesPerSecond, hour?.partial]).toEqual([null, true]);
  });
});

describe('comparing machines', () => {
  it('takes of each the best source that knows the value, and says so', async () => {
    const { engine, today } = await engineWith((id) => [
      storedSample(id, -hourMs, { source: 'guest', cpuPercent: null, memoryPercent: 30 }),
      storedSample(id, -hourMs, { source: 'host', cpuPercent: 70 }),
    ]);
    const asked = { machines: ['demo'], from: iso(today - dayMs), to: iso(today), points: 300 };
    for (const level of ['raw', 'hourly', 'daily'] as const) {
      const of = async (metric: 'cpuPercent' | 'memoryPercent' | 'diskPercent') => {
        const [series] = await engine.handlers['metrics.compare']({ ...asked, metric, level }, someone);
        return [series?.source, series?.points.map(({ average }) => average)];
      };
      expect(await of('cpuPercent')).toEqual(['host', [70]]);
      expect(await of('memoryPercent')).toEqual(['guest', [30]]);
      expect(await of('diskPercent')).toEqual(['host', []]);
    }
  });

  it('names a machine once, however it was named', async () => {
    const { engine, today } = await engineWith((id) => [storedSample(id, -hourMs)]);
    const { machine } = await engine.handlers['machine.get']({ machine: 'demo' }, someone);
    const asked = { machines: ['demo', machine.id], from: iso(today - dayMs), to: iso(today), points: 300 };
    const series = await engine.handlers['metrics.compare'](
      { ...asked, metric: 'cpuPercent', level: 'hourly' },
      someone,
    );
    expect(series).toHaveLength(1);
  });
});

describe('CSV', () => {
  const whole = async (test: EngineUnderTest, from: number, to: number, source?: 'host' | 'guest') => {
    const pieces = [];
    for (let after: string | null | undefined; after !== null; ) {
      const asked = { machine: 'demo', from: iso(from), to: iso(to), ...(source === undefined ? {} : { source }) };
      const piece = await test.engine.handlers['metrics.export'](
        { ...asked, ...(after === undefined ? {} : { after }) },
        someone,
      );
      pieces.push(piece);
      after = piece.next;
      expect(pieces.length).toBeLessThan(50);
    }
    return { lines: pieces.flatMap(({ text }) => text.trimEnd().split('\n')), pieces };
  };

  it('begins with the exact header; a value that is not known is an empty field, never 0', async () => {
    const test = await engineWith((id) => [
      storedSample(id, -3000, { cpuPercent: 0, memoryPercent: 12.5 }),
      storedSample(id, -2000, { cpuPercent: null, error: 'no, answer' }),
    ]);
    const { lines } = await whole(test, test.today - hourMs, test.today);
    expect(lines).toEqual([
      'timestamp,vm_name,cpu_percent,memory_percent,disk_percent,disk_read_bytes_per_second,disk_write_bytes_per_second,network_in_bytes_per_second,network_out_bytes_per_second,aggregation_level',
      `${iso(test.today - 3000)},demo,0,12.5,,,,,,raw`,
      `${iso(test.today - 2000)},demo,,,,,,,,raw`,
    ]);
  });

  it('tells old readings by days and hours, each stretch of time once', async () => {
    const test = await engineWith((id) => [
      storedSample(id, -60 * dayMs, { cpuPercent: 1 }),
      storedSample(id, -60 * dayMs + hourMs, { cpuPercent: 2 }),
      storedSample(id, -20 * dayMs, { cpuPercent: 3 }),
      storedSample(id, -20 * dayMs + 1, { cpuPercent: 6 }),
      storedSample(id, -dayMs, { cpuPercent: 5 }),
      storedSample(id, -dayMs + 1, { cpuPercent: 6 }),
    ]);
    const { lines } = await whole(test, test.today - 90 * dayMs, test.now);
    expect(lines.slice(1).map((line) => line.split(',').filter((_, index) => index === 2 || index === 9))).toEqual([
      ['1.5', 'daily'],
      ['4.5', 'hourly'],
      ['5', 'raw'],
      ['6', 'raw'],
    ]);
  });

  it('comes in pieces that are nothing more and nothing less than the whole', async () => {
    const test = await engineWith((id) =>
      Array.from({ length: 4500 }, (_, index) => storedSample(id, -5000 + index, { cpuPercent: index })),
    );
    const { lines, pieces } = await whole(test, test.today - 5000, test.today);
    expect(pieces.length).toBeGreaterThan(1);
    expect(lines[0]).toBe(csvHeader);
    expect(lines.slice(1).map((line) => Number(line.split(',')[2]))).toEqual(
      Array.from({ length: 4500 }, (_, index) => index),
    );
  });

  it('is of the guest where it told anything, of its process else, or of the one that was asked for', async () => {
    const test = await engineWith((id) => [
      storedSample(id, -2000, { source: 'guest', cpuPercent: 11 }),
      storedSample(id, -2000, { source: 'host', cpuPercent: 22 }),
    ]);
    const cpu = async (source?: 'host' | 'guest') =>
      (await whole(test, test.today - hourMs, test.today, source)).lines.slice(1).map((line) => line.split(',')[2]);
    expect([await cpu(), await cpu('host'), await cpu('guest')]).toEqual([['11'], ['22'], ['11']]);
  });
});
