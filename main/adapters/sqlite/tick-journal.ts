import type { StoredSample } from '../../engine/ports/metrics-store.ts';
import { DamagedBytes } from './byte-reader.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { packTick, unpackTick } from './sample-block.ts';
import { SampleTable } from './sample-table.ts';
import type { Series } from './series-book.ts';

/** What was read and is not folded yet: one row a tick, one flush a tick. */
export interface TickJournal {
  /** On the disk when it returns, all of it or nothing. */
  append(samples: readonly StoredSample[]): void;
  /** Series were removed: their numbers mean nothing any more. */
  forget(): void;
  /** Part of the transaction that folded: ticks of which every sample lies in a block go. */
  removeFolded(): void;
}

interface TickRow {
  readonly seq: number;
  readonly samples: Buffer;
}

/** Takes up what the ticks hold that are there already. */
export function createTickJournal(metrics: PackedMetrics): TickJournal {
  const { db, series: book } = metrics;
  const insert = db.prepare<[number, Buffer]>('INSERT INTO ticks (seq, samples) VALUES (?, ?)');
  const remove = db.prepare<[number]>('DELETE FROM ticks WHERE seq < ?');
  let last = 0;

  for (const { seq, samples } of db.prepare<[], TickRow>('SELECT seq, samples FROM ticks ORDER BY seq').iterate()) {
    last = seq;
    try {
      takeUp(seq, samples);
    } catch (error) {
      if (!(error instanceof DamagedBytes)) throw error;
      metrics.complain(`A round of readings is damaged: ${error.message}. It is left out; all others are whole.`);
    }
  }

  if (metrics.presentMs === null) {
    for (const { newest } of book.all()) {
      if (newest !== null && newest.atMs > (metrics.presentMs ?? Number.NEGATIVE_INFINITY))
        metrics.presentMs = newest.atMs;
    }
  }

  function takeUp(seq: number, bytes: Buffer): void {
    const { series: ids, table } = unpackTick(bytes);
    for (let index = 0; index < table.count; index += 1) {
      const series = book.byId(ids[index] as number);
      if (series === undefined) continue;
      const sample = table.sample(index, series.machineId, series.source);
      book.remember(series, sample, seq, table, index);
      metrics.presentMs = sample.atMs;
    }
  }

  /** Of the round before: readings come in much the same order each time, and a name is then not even looked up. */
  let before: Series[] = [];
  const seriesOf = ({ machineId, source }: StoredSample, index: number, created: Map<string, Series>): Series => {
    const guess = before[index];
    if (guess !== undefined && guess.machineId === machineId && guess.source === source) return guess;
    const known = book.byName(machineId, source) ?? created.get(`${machineId} ${source}`);
    if (known !== undefined) return known;
    const series = book.create(machineId, source);
    created.set(`${machineId} ${source}`, series);
    return series;
  };
  const write = db.transaction((samples: readonly StoredSample[]) => {
    const created = new Map<string, Series>();
    const of = samples.map((sample, index) => seriesOf(sample, index, created));
    const table = new SampleTable(samples.length);
    for (const sample of samples) table.append(sample);
    insert.run(last + 1, packTick({ series: Float64Array.from(of, ({ id }) => id), table }));
    return { of, created, table };
  });

  return {
    append: (samples) => {
      const { of, created, table } = write.immediate(samples);
      // Only now: what was not written must not be told of.
      last += 1;
      book.adopt(created.values());
      before = of;
      for (const [index, sample] of samples.entries()) book.remember(of[index] as Series, sample, last, table, index);
      metrics.presentMs = samples.at(-1)?.atMs ?? metrics.presentMs;
    },
    forget: () => {
      before = [];
    },
    removeFolded: () => void remove.run(book.firstOpenTick(last + 1)),
  };
}
