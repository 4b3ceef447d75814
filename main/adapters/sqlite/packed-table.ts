import type { Database } from 'better-sqlite3';
import { firstKeyOf, hourOfKey } from './block-key.ts';

const columns = { blocks: 'samples', hours: 'entries', days: 'entries' } as const;

interface PackedRow {
  readonly key: number;
  readonly bytes: Buffer;
}

/** One of the tables of packed rows, and which hours it has rows of: whoever asks for a range asks for those alone. */
export class PackedTable {
  readonly #get;
  readonly #between;
  readonly #put;
  readonly #oldest;
  readonly #remove;
  readonly #nextKey;
  readonly #newestKey;
  /** Hours since 1970 (of days, their first one), in order. */
  #hours: number[] = [];
  /** Behind it there is nothing: what is about to be written for the first time is not looked for. */
  #lastKey = Number.NEGATIVE_INFINITY;

  constructor(db: Database, name: keyof typeof columns) {
    const column = columns[name];
    this.#get = db.prepare<[number], Buffer>(`SELECT ${column} FROM ${name} WHERE key = ?`).pluck();
    this.#between = db
      .prepare<[number, number], readonly [number, Buffer]>(
        `SELECT key, ${column} FROM ${name} WHERE key BETWEEN ? AND ? ORDER BY key`,
      )
      .raw();
    this.#put = db.prepare<[number, Buffer]>(
      `INSERT INTO ${name} (key, ${column}) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET ${column} = excluded.${column}`,
    );
    this.#oldest = db.prepare<[number, number], PackedRow>(
      `SELECT key, ${column} AS bytes FROM ${name} WHERE key < ? ORDER BY key LIMIT ?`,
    );
    this.#remove = db.prepare<[number]>(`DELETE FROM ${name} WHERE key <= ?`);
    this.#nextKey = db.prepare<[number], number | null>(`SELECT min(key) FROM ${name} WHERE key >= ?`).pluck();
    this.#newestKey = db.prepare<[], number | null>(`SELECT max(key) FROM ${name}`).pluck();
    this.look();
  }

  get(key: number): Buffer | null {
    return key > this.#lastKey ? null : (this.#get.get(key) ?? null);
  }

  /** The same for many keys that are in order and lie close to each other: in one go, at half the cost of one by one. */
  getSome(keys: readonly number[]): readonly (Buffer | null)[] {
    const [first, last] = [keys[0], keys.at(-1)];
    if (first === undefined || last === undefined || first > this.#lastKey) return keys.map(() => null);
    if (keys.length === 1) return [this.get(first)];
    const rows = this.#between.all(first, last);
    let next = 0;
    return keys.map((key) => {
      while (next < rows.length && (rows[next]?.[0] as number) < key) next += 1;
      return rows[next]?.[0] === key ? (rows[next]?.[1] ?? null) : null;
    });
  }

  put(key: number, bytes: Buffer): void {
    this.#put.run(key, bytes);
    if (key > this.#lastKey) this.#lastKey = key;
    const hour = hourOfKey(key);
    if (hour === this.#hours.at(-1)) return;
    const place = this.#firstFrom(hour);
    if (this.#hours[place] !== hour) this.#hours.splice(place, 0, hour);
  }

  /** The hours it has rows of that are not before `from` nor after `to`, in order. */
  hours(from: number, to: number): readonly number[] {
    const begin = this.#firstFrom(from);
    let end = begin;
    while (end < this.#hours.length && (this.#hours[end] as number) <= to) end += 1;
    return this.#hours.slice(begin, end);
  }

  /** The oldest rows of what is before an hour. */
  oldest(beforeHour: number, limit: number): readonly PackedRow[] {
    return this.#oldest.all(firstKeyOf(beforeHour), limit);
  }

  /** Removes a row and all older ones; how many went. */
  removeThrough(key: number): number {
    return this.#remove.run(key).changes;
  }

  /** Looks anew at which hours there are, one step each, however many rows, and which row is the last. */
  look(): void {
    this.#lastKey = this.#newestKey.get() ?? Number.NEGATIVE_INFINITY;
    this.#hours = [];
    let from = Number.MIN_SAFE_INTEGER;
    for (;;) {
      const key = this.#nextKey.get(from) ?? null;
      if (key === null) return;
      const hour = hourOfKey(key);
      this.#hours.push(hour);
      from = firstKeyOf(hour + 1);
    }
  }

  #firstFrom(hour: number): number {
    let [low, high] = [0, this.#hours.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#hours[middle] as number) < hour) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
