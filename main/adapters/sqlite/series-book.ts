import type { Database } from 'better-sqlite3';
import type { SampleSource } from '../../contract/sample.ts';
import type { StoredSample } from '../../engine/ports/metrics-store.ts';
import { DamagedBytes } from './byte-reader.ts';
import { packBlock, unpackBlock } from './sample-block.ts';
import { SampleTable } from './sample-table.ts';

/** What one source of one machine told. */
export interface Series {
  readonly id: number;
  readonly machineId: string;
  readonly source: SampleSource;
  /** Of what is folded, the newest sample. */
  newest: StoredSample | null;
}

interface SeriesRow {
  readonly id: number;
  readonly machine: string;
  readonly source: SampleSource;
  readonly newest: Buffer | null;
}

/** Every series there is. In memory, because a tick has each of them. */
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
      this.#add({ id, machineId, source, newest: newestOf(row) });
    }
  }

  all(): IterableIterator<Series> {
    return this.#byId.values();
  }

  get count(): number {
    return this.#byId.size;
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
    return { id, machineId, source, newest: null };
  }

  adopt(created: Iterable<Series>): void {
    for (const series of created) this.#add(series);
  }

  /** Writes down the newest folded sample, before the tick that holds it goes. */
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
