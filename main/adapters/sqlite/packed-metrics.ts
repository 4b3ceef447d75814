import type { Database } from 'better-sqlite3';
import { dayOfHour, firstHourOf, hourKey, hourOf } from './block-key.ts';
import { DamagedBytes } from './byte-reader.ts';
import { PackedTable } from './packed-table.ts';
import { type SlottedEntry, unpackEntries } from './roll-up-block.ts';
import { rollUpTable } from './roll-up-entry.ts';
import { unpackBlock } from './sample-block.ts';
import { SampleTable } from './sample-table.ts';
import { type Series, SeriesBook } from './series-book.ts';

/** A sentence about something that was lost, for the log. */
export type Complain = (sentence: string) => void;

/** The packed tables of `metrics.db`, and the one way to read them: what is folded and what is still open as one. */
export class PackedMetrics {
  readonly db: Database;
  readonly complain: Complain;
  readonly series: SeriesBook;
  readonly blocks: PackedTable;
  readonly hours: PackedTable;
  readonly days: PackedTable;
  /** Of the latest tick: what the passing of time is judged by. Null before there is any. */
  presentMs: number | null = null;
  /** Single readings from before this moment were removed: what is older comes too late. Null as long as none were. */
  rawFromMs: number | null;
  readonly #told = new Set<number>();

  constructor(db: Database, complain: Complain) {
    this.db = db;
    this.complain = complain;
    this.series = new SeriesBook(db);
    this.blocks = new PackedTable(db, 'blocks');
    this.hours = new PackedTable(db, 'hours');
    this.days = new PackedTable(db, 'days');
    this.rawFromMs = db.prepare<[], number>("SELECT before FROM removed WHERE level = 'raw'").pluck().get() ?? null;
  }

  isTooLate(atMs: number): boolean {
    return this.rawFromMs !== null && atMs < this.rawFromMs;
  }

  /** The folded samples of an hour; null where there are none, or they are damaged. */
  block({ id, machineId, source }: Series, hour: number): SampleTable | null {
    const bytes = this.blocks.get(hourKey(hour, id));
    return bytes === null
      ? null
      : this.#whole(hourKey(hour, id), `${source} of ${machineId}`, () => unpackBlock(bytes));
  }

  /** All samples of an hour; null when there are none. Not to be changed. */
  samples(series: Series, hour: number): SampleTable | null {
    const open = series.open.get(hour)?.table ?? null;
    const folded = this.block(series, hour);
    if (open === null || folded === null) return open ?? folded;
    const both = new SampleTable(folded.count + open.count);
    both.putAll(folded);
    both.putAll(open);
    return both;
  }

  /** The hours from one moment to another that a series may have samples of, in order. */
  hoursOf(series: Series, fromMs: number, toMs: number): readonly number[] {
    const folded = this.blocks.hours(hourOf(fromMs), hourOf(toMs));
    const open = [...series.open.keys()].filter((hour) => hour >= hourOf(fromMs) && hour <= hourOf(toMs));
    if (open.length === 0) return folded;
    return [...new Set([...folded, ...open])].sort((one, other) => one - other);
  }

  /** The hours of a day from the samples themselves. */
  hoursFromSamples(series: Series, day: number): readonly SlottedEntry[] {
    const first = firstHourOf(day);
    const hours = new Set(this.blocks.hours(first, first + 23));
    for (const hour of series.open.keys()) if (dayOfHour(hour) === day) hours.add(hour);
    return [...hours]
      .sort((one, other) => one - other)
      .flatMap((hour): readonly SlottedEntry[] => {
        const table = this.samples(series, hour);
        const entry = table === null ? null : rollUpTable(table);
        return entry === null ? [] : [{ slot: hour - first, entry }];
      });
  }

  /** What a packed row of hours or days says; null where there is none, or it is damaged. */
  entries(table: PackedTable, key: number, wanted: readonly boolean[] | null = null): readonly SlottedEntry[] | null {
    const bytes = table.get(key);
    return bytes === null ? null : this.#whole(key, 'some hours', () => unpackEntries(bytes, wanted));
  }

  /** Damage costs the one row that has it; it is told once. */
  #whole<T>(key: number, what: string, unpack: () => T): T | null {
    try {
      return unpack();
    } catch (error) {
      if (!(error instanceof DamagedBytes)) throw error;
      if (!this.#told.has(key)) {
        this.#told.add(key);
        this.complain(
          `A stretch of readings (${what}) is damaged: ${error.message}. It is left out; all others are whole.`,
        );
      }
      return null;
    }
  }
}
