import type { Database } from 'better-sqlite3';
import type { StoredSample } from '../../engine/ports/metrics-store.ts';
import { dayOfHour, firstHourOf, hourKey, hourOf } from './block-key.ts';
import { DamagedBytes } from './byte-reader.ts';
import { FoldedHours } from './folded-hours.ts';
import { OpenTicks } from './open-ticks.ts';
import { PackedTable } from './packed-table.ts';
import { unpackRollUps } from './roll-up-block.ts';
import { type RollUpEntry, rollUpTable } from './roll-up-entry.ts';
import type { RollUpTable } from './roll-up-table.ts';
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
  readonly open = new OpenTicks();
  readonly folded = new FoldedHours();
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

  /** The folded samples of an hour, behind those of `into` where there is one; null where there are none, or damaged ones. */
  block(series: Series, hour: number, into?: SampleTable): SampleTable | null {
    const key = hourKey(hour, series.id);
    return this.#unpack(series, key, this.blocks.get(key), into);
  }

  #unpack({ machineId, source }: Series, key: number, bytes: Buffer | null, into?: SampleTable): SampleTable | null {
    return bytes === null ? null : this.#whole(key, `${source} of ${machineId}`, () => unpackBlock(bytes, into));
  }

  /** All samples of an hour; null when there are none. Not to be changed; in `into` where there is such a table. */
  samples(series: Series, hour: number, into?: SampleTable): SampleTable | null {
    const open = this.open.table({ series, hour }, into);
    if (open === null) into?.clear(0);
    const folded = this.block(series, hour, open === null ? into : undefined);
    if (open === null || folded === null) return open ?? folded;
    const both = new SampleTable(folded.count + open.count);
    both.putAll(folded);
    both.putAll(open);
    return both;
  }

  /** Puts all samples of some hours, in order, behind those of a table, which are older. */
  addSamples(series: Series, hours: readonly number[], to: SampleTable): void {
    const keys = hours.map((hour) => hourKey(hour, series.id));
    const blocks = this.blocks.getScattered(keys);
    for (const [place, hour] of hours.entries()) {
      const open = this.open.table({ series, hour });
      if (open === null) this.#unpack(series, keys[place] as number, blocks[place] ?? null, to);
      else to.putAll(this.samples(series, hour) ?? open);
    }
  }

  /** The hours from one moment to another that a series may have samples of, in order. */
  hoursOf(series: Series, fromMs: number, toMs: number): readonly number[] {
    const folded = this.blocks.hours(hourOf(fromMs), hourOf(toMs));
    const open = this.open.hours(series).filter((hour) => hour >= hourOf(fromMs) && hour <= hourOf(toMs));
    if (open.length === 0) return folded;
    return [...new Set([...folded, ...open])].sort((one, other) => one - other);
  }

  /** The newest sample of a series, wherever it lies. */
  newest(series: Series): StoredSample | null {
    const open = this.open.newest(series);
    return open === null || (series.newest !== null && series.newest.atMs > open.atMs) ? series.newest : open;
  }

  /** Adds the hours of a day, each at its place in it, from the samples themselves. */
  hoursFromSamples(series: Series, day: number, into: RollUpTable): void {
    const first = firstHourOf(day);
    const open = this.open.hours(series).filter((hour) => dayOfHour(hour) === day);
    const folded = this.blocks.hours(first, first + 23);
    const hours = open.length === 0 ? folded : [...new Set([...folded, ...open])].sort((one, other) => one - other);
    for (const hour of hours) {
      if (!open.includes(hour) && this.folded.take({ series, hour }, hour - first, into)) continue;
      const entry = this.#entryOf(series, hour);
      if (entry !== null) into.put(hour - first, hour - first + 1, entry);
    }
  }

  #entryOf(series: Series, hour: number): RollUpEntry | null {
    const table = this.samples(series, hour);
    return table === null ? null : rollUpTable(table);
  }

  /** Adds what the packed row of hours or days with a key says; false where there is none, or it is damaged. */
  take(key: number, bytes: Buffer | null, into: RollUpTable): boolean {
    if (bytes === null) return false;
    return (
      this.#whole(key, 'some hours', () => {
        unpackRollUps(bytes, into);
        return true;
      }) === true
    );
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
