import { sampleMetrics } from '../../contract/sample.ts';
import type { SeriesHour } from './open-ticks.ts';
import type { MetricSum, RollUpEntry } from './roll-up-entry.ts';

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

  get({ series, hour }: SeriesHour): RollUpEntry | null {
    const cells = this.#hours.get(hour);
    const at = series.id * perEntry;
    if (cells === undefined || at >= cells.length || Number.isNaN(cells[at])) return null;
    const cell = (place: number): number => cells[at + place] as number;
    return {
      readings: cell(0),
      failed: cell(1),
      firstMs: cell(2),
      lastMs: cell(3),
      metrics: sampleMetrics.map((_, index): MetricSum | null => {
        const from = head + index * perMetric;
        const count = cell(from);
        if (count === 0) return null;
        return { count, sum: cell(from + 1), min: cell(from + 2), max: cell(from + 3), last: cell(from + 4) };
      }),
    };
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
