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
      book.remember(series, sample, seq);
      metrics.presentMs = sample.atMs;
    }
  }

  const write = db.transaction((samples: readonly StoredSample[], of: Series[], created: Map<string, Series>): void => {
    const ids = new Float64Array(samples.length);
    const table = new SampleTable(samples.length);
    for (const [index, sample] of samples.entries()) {
      const { machineId, source } = sample;
      const name = `${machineId} ${source}`;
      let series = book.byName(machineId, source) ?? created.get(name);
      if (series === undefined) {
        series = book.create(machineId, source);
        created.set(name, series);
      }
      of[index] = series;
      ids[index] = series.id;
      table.append(sample);
    }
    insert.run(last + 1, packTick({ series: ids, table }));
  });

  return {
    append: (samples) => {
      const of: Series[] = [];
      const created = new Map<string, Series>();
      write.immediate(samples, of, created);
      // Only now: what was not written must not be told of.
      last += 1;
      book.adopt(created.values());
      for (const [index, sample] of samples.entries()) book.remember(of[index] as Series, sample, last);
      metrics.presentMs = samples.at(-1)?.atMs ?? metrics.presentMs;
    },
    removeFolded: () => void remove.run(book.firstOpenTick(last + 1)),
  };
}
