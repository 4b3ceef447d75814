import { cellColumns, type SampleTable } from './sample-table.ts';
import type { TickSheet } from './tick-sheet.ts';

/** As many numbers as a computer fetches from memory at once. */
const neighbours = 8;
/** Between two series, so that they do not all fall on the same few places of its cache. */
const between = 8;

/**
 * Neighbouring series of one sheet, turned from rows into columns together: they are folded one after another, and a row
 * is then looked at once for all of them.
 */
export class SheetWindow {
  #sheet: TickSheet | null = null;
  #rowCount = 0;
  #first = 0;
  #room = 0;
  #cells = new Float64Array(0);

  /** The samples at a place of a sheet that are in order, in `into`. */
  columns(sheet: TickSheet, place: number, into: SampleTable): SampleTable {
    const { rows } = sheet;
    into.clear(rows.length);
    into.count = rows.length;
    const room = into.at.length;
    const isHere =
      sheet === this.#sheet &&
      rows.length === this.#rowCount &&
      room === this.#room &&
      Math.floor(place / neighbours) * neighbours === this.#first;
    if (!isHere) this.#turn(sheet, Math.floor(place / neighbours) * neighbours, room);
    const begin = (place - this.#first) * (room * cellColumns + between);
    into.cells.set(this.#cells.subarray(begin, begin + room * cellColumns));
    for (let row = 0; row < rows.length; row += 1) {
      const reasons = rows[row]?.table.reasons ?? null;
      if (reasons === null) continue;
      into.reasons ??= new Array<string | null>(rows.length).fill(null);
      into.reasons[row] = reasons[place] ?? null;
    }
    return into;
  }

  /** Holds on to nothing. */
  forget(): void {
    this.#sheet = null;
  }

  #turn(sheet: TickSheet, first: number, room: number): void {
    const { rows, lineup } = sheet;
    const width = Math.min(neighbours, lineup.series.length - first);
    const length = room * cellColumns + between;
    if (this.#cells.length < neighbours * length) this.#cells = new Float64Array(neighbours * length);
    const to = this.#cells;
    for (let row = 0; row < rows.length; row += 1) {
      const { cells, at } = (rows[row] as (typeof rows)[number]).table;
      for (let column = 0; column < cellColumns; column += 1) {
        const from = first + column * at.length;
        const place = row + column * room;
        for (let each = 0; each < width; each += 1) to[place + each * length] = cells[from + each] as number;
      }
    }
    this.#sheet = sheet;
    this.#rowCount = rows.length;
    this.#first = first;
    this.#room = room;
  }
}
