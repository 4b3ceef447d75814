import type { Database } from 'better-sqlite3';
import type { SampleSource } from '../../contract/sample.ts';
import type { StoredSample } from '../../engine/ports/metrics-store.ts';
import { hourOf } from './block-key.ts';
import { DamagedBytes } from './byte-reader.ts';
import { packBlock, unpackBlock } from './sample-block.ts';
import { SampleTable } from './sample-table.ts';

/** Samples of one hour that lie in ticks and in no block yet. */
export interface OpenHour {
  readonly table: SampleTable;
  /** Of the first tick that has one of them. */
  readonly firstTick: number;
}

/** What one source of one machine told. */
export interface Series {
  readonly id: number;
  readonly machineId: string;
  readonly source: SampleSource;
  newest: StoredSample | null;
  /** Hours since 1970 -> what came of them. */
  readonly open: Map<number, OpenHour>;
}

interface SeriesRow {
  readonly id: number;
  readonly machine: string;
  readonly source: SampleSource;
  readonly newest: Buffer | null;
}

/** Every series there is, with what of it is not folded yet. In memory, because a tick touches each of them. */
export class SeriesBook {
  readonly #byName = new Map<string, Series>();
  readonly #byId = new Map<number, Series>();
  readonly #insert;
  readonly #saveNewest;
  readonly #delete;

  constructor(db: Database) {
    this.#insert = db.prepare<[string, string]>('INSERT INTO series (machine, source) VALUES (?, ?)');
    this.#saveNewest = db.prepare<[Buffer, number]>('UPDATE series SET newest = ? WHERE id = ?');
    this.#delete = db.prepare<[number]>('DELETE FROM series WHERE id = ?');
    for (const row of db
      .prepare<[], SeriesRow>('SELECT id, machine, source, newest FROM series ORDER BY id')
      .iterate()) {
      const { id, machine: machineId, source } = row;
      this.#add({ id, machineId, source, newest: newestOf(row), open: new Map() });
    }
  }

  all(): IterableIterator<Series> {
    return this.#byId.values();
  }

  byId(id: number): Series | undefined {
    return this.#byId.get(id);
  }

  byName(machineId: string, source: SampleSource): Series | undefined {
    return this.#byName.get(`${machineId} ${source}`);
  }

  /** A new one, as part of the transaction that is open; known here only once `adopt` is told that it was committed. */
  create(machineId: string, source: SampleSource): Series {
    const id = Number(this.#insert.run(machineId, source).lastInsertRowid);
    return { id, machineId, source, newest: null, open: new Map() };
  }

  adopt(created: Iterable<Series>): void {
    for (const series of created) this.#add(series);
  }

  /** A sample that is on the disk, at a place of its tick: it is open until it is folded, and the newest unless a newer one is known. */
  remember(series: Series, sample: StoredSample, tick: number, from: SampleTable, place: number): void {
    const hour = hourOf(sample.atMs);
    let open = series.open.get(hour);
    if (open === undefined) {
      open = { table: new SampleTable(), firstTick: tick };
      series.open.set(hour, open);
    }
    open.table.putFrom(from, place);
    if (series.newest === null || sample.atMs >= series.newest.atMs) series.newest = sample;
  }

  /** Writes down the newest sample, before the tick that holds it goes. */
  saveNewest({ id, newest }: Series): void {
    if (newest !== null) this.#saveNewest.run(packBlock(SampleTable.of([newest])), id);
  }

  /** Removes the rows of series, as part of the transaction that is open. */
  removeRows(gone: readonly Series[]): void {
    for (const { id } of gone) this.#delete.run(id);
  }

  /** After it was committed. */
  forget(gone: readonly Series[]): void {
    for (const { id, machineId, source } of gone) {
      this.#byId.delete(id);
      this.#byName.delete(`${machineId} ${source}`);
    }
  }

  /** The first tick that holds a sample which lies in no block yet; `after` when there is none. */
  firstOpenTick(after: number): number {
    let first = after;
    for (const { open } of this.#byId.values()) {
      for (const { firstTick } of open.values()) if (firstTick < first) first = firstTick;
    }
    return first;
  }

  #add(series: Series): void {
    this.#byId.set(series.id, series);
    this.#byName.set(`${series.machineId} ${series.source}`, series);
  }
}

function newestOf({ machine, source, newest }: SeriesRow): StoredSample | null {
  if (newest === null) return null;
  try {
    return unpackBlock(newest).sample(0, machine, source);
  } catch (error) {
    // The next reading takes its place.
    if (error instanceof DamagedBytes) return null;
    throw error;
  }
}
