import { sampleMetrics } from '../../contract/sample.ts';
import type { SeriesHour } from './open-ticks.ts';
import type { RollUpEntry } from './roll-up-entry.ts';
import type { RollUpTable } from './roll-up-table.ts';

const perMetric = 5;
const head = 4;
const perEntry = head + perMetric * sampleMetrics.length;
/** A day, and what of the next one comes before its last hour is folded. */
const mostHours = 26;
/** Series beyond that many are taken together from their samples. */
const mostSeries = 16_384;

/**
 * What the hours that were folded lately come to: a day that is over is made of them without unpacking its samples again.
 * What is not here is made of the samples; so it is after a start.
 */
export class FoldedHours {
  /** Hours since 1970 -> entry after entry, by the number of the series; NaN where there is none. */
  readonly #hours = new Map<number, Float64Array>();

  put({ series, hour }: SeriesHour, entry: RollUpEntry): void {
    if (series.id >= mostSeries) return;
    const cells = this.#roomFor(hour, series.id);
    let at = series.id * perEntry;
    cells[at++] = entry.readings;
    cells[at++] = entry.failed;
    cells[at++] = entry.firstMs;
    cells[at++] = entry.lastMs;
    for (const metric of entry.metrics) {
      cells[at++] = metric?.count ?? 0;
      cells[at++] = metric?.sum ?? 0;
      cells[at++] = metric?.min ?? 0;
      cells[at++] = metric?.max ?? 0;
      cells[at++] = metric?.last ?? 0;
    }
  }

  /** Adds what an hour comes to; whether it is here. */
  take({ series, hour }: SeriesHour, slot: number, into: RollUpTable): boolean {
    const cells = this.#hours.get(hour);
    const begin = series.id * perEntry;
    if (cells === undefined || begin >= cells.length || Number.isNaN(cells[begin])) return false;
    into.makeRoom(1);
    const at = into.count;
    into.start[at] = slot;
    into.end[at] = slot + 1;
    into.readings[at] = cells[begin] as number;
    into.failed[at] = cells[begin + 1] as number;
    into.firstMs[at] = cells[begin + 2] as number;
    into.lastMs[at] = cells[begin + 3] as number;
    for (let index = 0; index < into.metrics.length; index += 1) {
      const columns = into.metrics[index] ?? null;
      if (columns === null) continue;
      const from = begin + head + index * perMetric;
      const isKnown = (cells[from] as number) > 0;
      columns.count[at] = isKnown ? (cells[from] as number) : Number.NaN;
      columns.sum[at] = isKnown ? (cells[from + 1] as number) : Number.NaN;
      columns.min[at] = isKnown ? (cells[from + 2] as number) : Number.NaN;
      columns.max[at] = isKnown ? (cells[from + 3] as number) : Number.NaN;
      columns.last[at] = isKnown ? (cells[from + 4] as number) : Number.NaN;
    }
    into.count += 1;
    return true;
  }

  /** What was put of an hour may not be on the disk. */
  forget({ series, hour }: SeriesHour): void {
    const cells = this.#hours.get(hour);
    const at = series.id * perEntry;
    if (cells !== undefined && at < cells.length) cells[at] = Number.NaN;
  }

  #roomFor(hour: number, id: number): Float64Array {
    const known = this.#hours.get(hour);
    const wanted = (id + 1) * perEntry;
    if (known !== undefined && known.length >= wanted) return known;
    const cells = new Float64Array(Math.max(wanted, 2 * (known?.length ?? 0))).fill(Number.NaN);
    if (known !== undefined) cells.set(known);
    this.#hours.set(hour, cells);
    if (this.#hours.size > mostHours) this.#hours.delete(Math.min(...this.#hours.keys()));
    return cells;
  }
}
