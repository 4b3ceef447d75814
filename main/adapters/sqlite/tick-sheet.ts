import type { Lineup } from './lineup.ts';
import type { SampleTable } from './sample-table.ts';

/** A tick on a sheet. */
export interface SheetRow {
  /** Its row in the table of ticks. */
  readonly seq: number;
  /** Grows with every tick that is put on any sheet: of two samples of one moment the later one counts. */
  readonly ordinal: number;
  readonly table: SampleTable;
}

/**
 * Samples of one hour that lie in ticks, as the ticks have them: a sample stays where it was read until its series is
 * folded, because a thousand small writes all over the memory would cost more than all the rest of a tick.
 */
export class TickSheet {
  readonly hour: number;
  readonly lineup: Lineup;
  readonly rows: SheetRow[] = [];
  /** Whether every series has its samples in the order of their moments, none twice. */
  isAscending = true;
  /** How many series are not folded. */
  openCount: number;
  readonly #isFolded: Uint8Array;
  #foldedMinutes = 0;

  constructor(hour: number, lineup: Lineup) {
    this.hour = hour;
    this.lineup = lineup;
    this.openCount = lineup.series.length;
    this.#isFolded = new Uint8Array(lineup.series.length);
  }

  /** Whether another tick of these series and this hour may be put on it. */
  get isWhole(): boolean {
    return this.openCount === this.lineup.series.length;
  }

  add(row: SheetRow): void {
    const before = this.rows.at(-1)?.table.at;
    const { at } = row.table;
    for (let place = 0; before !== undefined && this.isAscending && place < at.length; place += 1) {
      if (!((at[place] as number) > (before[place] as number))) this.isAscending = false;
    }
    this.rows.push(row);
  }

  isOpen(place: number): boolean {
    return this.#isFolded[place] === 0;
  }

  close(place: number): void {
    this.#isFolded[place] = 1;
    this.openCount -= 1;
  }

  /** What was closed is not folded after all. */
  reopen(place: number): void {
    this.#isFolded[place] = 0;
    this.openCount += 1;
    this.#foldedMinutes = 0;
  }

  /** The places of series that are not folded and whose minute of the hour is at most that. */
  *dueThrough(minute: number): Generator<number> {
    for (let each = this.#foldedMinutes; each <= minute; each += 1) {
      let isOpen = false;
      const [first, end] = this.lineup.placesOf(each);
      for (let place = first; place < end; place += 1) {
        if (!this.isOpen(place)) continue;
        isOpen = true;
        yield place;
      }
      if (!isOpen && each === this.#foldedMinutes) this.#foldedMinutes += 1;
    }
  }

  /** The row with the newest sample of a series. */
  newestRow(place: number): SheetRow | undefined {
    if (this.isAscending) return this.rows.at(-1);
    let newest = this.rows[0];
    for (const row of this.rows) {
      if ((row.table.at[place] as number) >= (newest?.table.at[place] as number)) newest = row;
    }
    return newest;
  }
}
