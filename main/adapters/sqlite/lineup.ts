import { minuteOf, minutesOfHour } from './block-key.ts';
import type { SampleTable } from './sample-table.ts';
import type { Series } from './series-book.ts';

/**
 * The series of a tick, each once. Ticks that have the same ones in the same order share it. Those that are folded
 * together stand together in it, so that folding them reads a stretch of memory and not a bit of everything.
 */
export class Lineup {
  /** As they came. */
  readonly #given: readonly Series[];
  /** In the order of a tick's table: by the minute in which they are folded. */
  readonly series: readonly Series[];
  readonly ids: Float64Array;
  /** Where each of those that came is. */
  readonly places: Uint32Array;
  /** For each minute of an hour, where the series that are folded in it begin. */
  readonly #begins: Uint32Array;
  readonly #placeOf = new Map<Series, number>();

  constructor(given: readonly Series[]) {
    this.#given = given;
    this.series = [...given].sort((one, other) => minuteOf(one.id) - minuteOf(other.id) || one.id - other.id);
    this.ids = Float64Array.from(this.series, ({ id }) => id);
    this.#begins = new Uint32Array(minutesOfHour + 1);
    for (const [place, series] of this.series.entries()) {
      this.#placeOf.set(series, place);
      this.#begins.fill(place + 1, minuteOf(series.id) + 1);
    }
    this.places = Uint32Array.from(given, (series) => this.#placeOf.get(series) ?? 0);
  }

  placeOf(series: Series): number | undefined {
    return this.#placeOf.get(series);
  }

  /** The places from one on and before another that are folded in a minute of an hour. */
  placesOf(minute: number): readonly [number, number] {
    return [this.#begins[minute] as number, this.#begins[minute + 1] as number];
  }

  /** Whether these have come as those did that it was made of. */
  isOf(series: readonly Series[]): boolean {
    return series.length === this.#given.length && series.every((each, index) => each === this.#given[index]);
  }

  /** The same of whatever has the names of series. */
  isNamedBy(names: readonly Pick<Series, 'machineId' | 'source'>[]): boolean {
    const given = this.#given;
    if (names.length !== given.length) return false;
    for (let index = 0; index < given.length; index += 1) {
      const [{ machineId, source }, series] = [names[index] as Series, given[index] as Series];
      if (machineId !== series.machineId || source !== series.source) return false;
    }
    return true;
  }

  /** The series that came at a place. */
  given(index: number): Series | undefined {
    return this.#given[index];
  }

  /** A table whose samples are as the series came, in the order of this lineup. */
  arrange(table: SampleTable): SampleTable {
    if (this.places.every((place, index) => place === index)) return table;
    const from = new Array<number>(this.places.length);
    for (const [index, place] of this.places.entries()) from[place] = index;
    return table.pick(from);
  }
}
