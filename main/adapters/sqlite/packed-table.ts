import type { Database } from 'better-sqlite3';
import { firstKeyOf, hourOfKey } from './block-key.ts';

const columns = { blocks: 'samples', hours: 'entries', days: 'entries' } as const;

interface PackedRow {
  readonly key: number;
  readonly bytes: Buffer;
}

/** The bytes of many rows behind each other, and of each in the same order its key and its length; null without any row. */
type JoinedRows = readonly [Buffer | null, string | null];

/**
 * A buffer for each row would cost more than to find it. Joining takes bytes as they are: the database is of UTF-8, so that
 * nothing is encoded anew, and lengths are counted, not seen by an end.
 */
function joined(column: string): string {
  const lines = "group_concat(stored.key || ' ' || length(BYTES), ' ')";
  return `CAST(group_concat(BYTES, '') AS BLOB), ${lines}`.replaceAll('BYTES', column);
}

/** By their keys; null for those that have no row. */
function apart([bytes, lines]: JoinedRows = [null, null], keys: readonly number[]): readonly (Buffer | null)[] {
  if (bytes === null || lines === null) return keys.map(() => null);
  const numbers = lines.split(' ');
  let [row, from] = [0, 0];
  return keys.map((key) => {
    for (; row < numbers.length; row += 2) {
      const found = Number(numbers[row]);
      if (found > key) return null;
      const begin = from;
      from += Number(numbers[row + 1]);
      if (found < key) continue;
      row += 2;
      return bytes.subarray(begin, from);
    }
    return null;
  });
}

/** One of the tables of packed rows, and which hours it has rows of: whoever asks for a range asks for those alone. */
export class PackedTable {
  readonly #get;
  readonly #near;
  readonly #scattered;
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
    this.#near = db
      .prepare<[number, number], JoinedRows>(
        `SELECT ${joined(column)} FROM (SELECT key, ${column} FROM ${name} WHERE key BETWEEN ? AND ? ORDER BY key) AS stored`,
      )
      .raw();
    this.#scattered = db
      .prepare<[string], JoinedRows>(
        `SELECT ${joined(column)} FROM json_each(?) AS asked CROSS JOIN ${name} AS stored ON stored.key = asked.value`,
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

  /** The same for many keys that are in order, none twice, and have few others in between. */
  getNear(keys: readonly number[]): readonly (Buffer | null)[] {
    const [first, last] = [keys[0], keys.at(-1)];
    if (first === undefined || last === undefined || first > this.#lastKey) return keys.map(() => null);
    return keys.length === 1 ? [this.get(first)] : apart(this.#near.get(first, last), keys);
  }

  /** The same for many keys that are in order, none twice, wherever they lie. */
  getScattered(keys: readonly number[]): readonly (Buffer | null)[] {
    return apart(this.#scattered.get(JSON.stringify(keys)), keys);
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
