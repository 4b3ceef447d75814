import type { StoredSample } from '../../engine/ports/metrics-store.ts';
import { hourOf, lastDueMinute } from './block-key.ts';
import { Lineup } from './lineup.ts';
import { hourMs } from './roll-up-entry.ts';
import { SampleTable } from './sample-table.ts';
import type { Series } from './series-book.ts';
import { SheetWindow } from './sheet-window.ts';
import { TickSheet } from './tick-sheet.ts';

/** The samples of a series in an hour. */
export interface SeriesHour {
  readonly series: Series;
  readonly hour: number;
}

/** A part of a tick whose samples are of one hour, and of each series at most one. */
interface TickPart {
  readonly hour: number;
  readonly lineup: Lineup;
  readonly table: SampleTable;
}

/** What lies in ticks and in no block yet, in memory. */
export class OpenTicks {
  readonly #sheets = new Map<number, TickSheet[]>();
  readonly #window = new SheetWindow();
  #nextOrdinal = 1;

  /** A tick that is on the disk. `series` are those of its table, by place; of `lineup` where each of them is there once. */
  add(seq: number, series: readonly Series[], table: SampleTable, lineup: Lineup | null): void {
    const hour = onlyHourOf(table);
    const parts = hour !== null && lineup !== null ? [{ hour, lineup, table }] : this.#partsOf(series, table);
    for (const part of parts) this.#sheetFor(part).add({ seq, ordinal: this.#nextOrdinal++, table: part.table });
  }

  /** The hours that a series has open samples of, in no order. */
  hours(series: Series): readonly number[] {
    const found: number[] = [];
    for (const [hour, sheets] of this.#sheets) if (sheets.some((sheet) => isOpenIn(sheet, series))) found.push(hour);
    return found;
  }

  /** The first hour that has an open sample of any series; infinite when there is none. */
  firstHour(): number {
    return Math.min(...this.#sheets.keys());
  }

  /** The open samples of a series in an hour, in `into` or a table of their own; null when there are none. */
  table({ series, hour }: SeriesHour, into?: SampleTable): SampleTable | null {
    const sheets = (this.#sheets.get(hour) ?? []).filter((sheet) => isOpenIn(sheet, series));
    const [first] = sheets;
    if (first === undefined) return null;
    if (sheets.length === 1 && first.isAscending) {
      const place = first.lineup.placeOf(series) as number;
      return into === undefined ? columnsOf(first, place) : this.#window.columns(first, place, into);
    }
    const rows = sheets
      .flatMap((sheet) => {
        const place = sheet.lineup.placeOf(series) as number;
        return sheet.rows.map(({ ordinal, table }) => ({ ordinal, table, place }));
      })
      .sort((one, other) => one.ordinal - other.ordinal);
    const found = new SampleTable(rows.length);
    for (const { table, place } of rows) found.putFrom(table, place);
    return found;
  }

  /** The newest open sample of a series. */
  newest(series: Series): StoredSample | null {
    let newest: StoredSample | null = null;
    for (const sheets of this.#sheets.values()) {
      for (const sheet of sheets) {
        const place = sheet.lineup.placeOf(series);
        if (place === undefined || !sheet.isOpen(place)) continue;
        const table = sheet.newestRow(place)?.table;
        if (table !== undefined && (table.at[place] as number) >= (newest?.atMs ?? Number.NEGATIVE_INFINITY)) {
          newest = table.sample(place, series.machineId, series.source);
        }
      }
    }
    return newest;
  }

  /** Hours that are over at a moment, the oldest first: at most so many. */
  due(presentMs: number, most: number): readonly SeriesHour[] {
    const due: SeriesHour[] = [];
    for (const hour of [...this.#sheets.keys()].sort((one, other) => one - other)) {
      // An hour that the clock has left behind by being set back is over as well.
      const minute = lastDueMinute(hour, presentMs < (hour - 1) * hourMs ? Number.POSITIVE_INFINITY : presentMs);
      if (minute < 0) continue;
      const sheets = this.#sheets.get(hour) ?? [];
      const taken = new Set<Series>();
      for (const sheet of sheets) {
        for (const place of sheet.dueThrough(minute)) {
          const series = sheet.lineup.series[place] as Series;
          if (taken.has(series)) continue;
          if (due.length >= most) return due;
          taken.add(series);
          due.push({ series, hour });
        }
      }
    }
    return due;
  }

  /** It lies in a block from now on; the result undoes that. */
  close({ series, hour }: SeriesHour): () => void {
    const closed: { readonly sheet: TickSheet; readonly place: number }[] = [];
    for (const sheet of this.#sheets.get(hour) ?? []) {
      const place = sheet.lineup.placeOf(series);
      if (place === undefined || !sheet.isOpen(place)) continue;
      sheet.close(place);
      closed.push({ sheet, place });
    }
    return () => {
      for (const { sheet, place } of closed) sheet.reopen(place);
    };
  }

  /** The first tick that holds a sample which lies in no block yet; `after` when there is none. */
  firstTick(after: number): number {
    let first = after;
    for (const sheets of this.#sheets.values()) {
      for (const { openCount, rows } of sheets) if (openCount > 0) first = Math.min(first, rows[0]?.seq ?? after);
    }
    return first;
  }

  /** Lets go of what is folded, once that is on the disk. */
  sweep(): void {
    this.#window.forget();
    for (const [hour, sheets] of this.#sheets) {
      if (sheets.every(({ openCount }) => openCount > 0)) continue;
      const open = sheets.filter(({ openCount }) => openCount > 0);
      if (open.length > 0) this.#sheets.set(hour, open);
      else this.#sheets.delete(hour);
    }
  }

  #sheetFor({ hour, lineup }: TickPart): TickSheet {
    let sheets = this.#sheets.get(hour);
    if (sheets === undefined) {
      sheets = [];
      this.#sheets.set(hour, sheets);
    }
    const known = sheets.find((sheet) => sheet.isWhole && sheet.lineup === lineup);
    if (known !== undefined) return known;
    const sheet = new TickSheet(hour, lineup);
    sheets.push(sheet);
    return sheet;
  }

  /** By hour; a series that comes twice is in two parts, in the order in which it came. */
  #partsOf(series: readonly Series[], table: SampleTable): readonly TickPart[] {
    const groups = new Map<number, Map<Series, number>[]>();
    for (const [place, each] of series.entries()) {
      const hour = hourOf(table.at[place] as number);
      const ofHour = groups.get(hour) ?? [];
      groups.set(hour, ofHour);
      const group = ofHour.findLastIndex((known) => known.has(each)) + 1;
      const places = ofHour[group] ?? new Map<Series, number>();
      ofHour[group] = places.set(each, place);
    }
    return [...groups].flatMap(([hour, ofHour]) =>
      ofHour.map((places): TickPart => {
        const of = [...places.keys()];
        const known = this.#sheets.get(hour)?.find(({ lineup }) => lineup.isOf(of))?.lineup;
        const lineup = known ?? new Lineup(of);
        return { hour, lineup, table: lineup.arrange(table.pick([...places.values()])) };
      }),
    );
  }
}

function isOpenIn(sheet: TickSheet, series: Series): boolean {
  const place = sheet.lineup.placeOf(series);
  return place !== undefined && sheet.isOpen(place);
}

/** The hour that all samples are of; null when they are of several. */
function onlyHourOf({ at, count }: SampleTable): number | null {
  const hour = hourOf(at[0] as number);
  const [fromMs, toMs] = [hour * hourMs, (hour + 1) * hourMs];
  for (let place = 1; place < count; place += 1) {
    const atMs = at[place] as number;
    if (atMs < fromMs || atMs >= toMs) return null;
  }
  return hour;
}

/** One series of a sheet, whose samples are in order. */
function columnsOf({ rows }: TickSheet, place: number): SampleTable {
  const found = new SampleTable(rows.length);
  for (const { table } of rows) found.putFrom(table, place);
  return found;
}
