import { type ForecastModel, valueAhead } from './candidate-models.ts';
import { firstCrossing } from './first-crossing.ts';
import { dayHours, type HourlyValues, windowHours } from './hourly-values.ts';
import { type Line, lineThrough } from './straight-line.ts';

/** What is foretold for every series of a book, one place each. NaN where nothing is. */
export interface BookPredictions {
  readonly predicted7d: Float64Array;
  readonly predicted30d: Float64Array;
  /** Hours until the threshold is crossed. */
  readonly crossing: Float64Array;
}

/** How a series is foretold until it is looked at again. */
export type BookModel =
  /** Nothing is. */
  | null
  /** By the straight line through every hour in the book, the newest included. */
  | 'straight line'
  /** Fitted when `endHour` was the hour to come. */
  | { readonly model: ForecastModel; readonly endHour: number };

/** n, t, tt, y, ty of one series. */
const sumCount = 5;
/** Before any hour that will ever be taken. */
const longAgo = -2_147_483_648;

/**
 * The last thirty days of many series, hour by hour, in typed arrays, with running sums: a new hour costs the same however
 * many lie behind it, and so does the line through all of them. Hours are numbered from 1970; values are kept in 32 bits.
 */
export class ForecastBook {
  readonly #base: number;
  readonly #models: BookModel[] = [];
  /** How many places there is room for. */
  #places = 0;
  /** Hour by hour, in each the places side by side: a new hour of all of them lies in one stretch. */
  #values = new Float32Array(0);
  #sums = new Float64Array(0);
  #newest = new Int32Array(0);

  /** `base`: an hour near those that will be kept; sums of times far from it lose digits. */
  constructor(base: number) {
    this.#base = base;
  }

  get size(): number {
    return this.#models.length;
  }

  /** The place of a new, empty series. Places are given for good: empty one with `clear` to use it again. */
  add(): number {
    const place = this.#models.length;
    this.#models.push(null);
    if (this.#newest.length < this.#models.length) this.#grow(Math.max(16, Math.ceil(place * 1.25)));
    this.clear(place);
    return place;
  }

  clear(place: number): void {
    this.#models[place] = null;
    this.#newest[place] = longAgo;
    this.#empty(place);
  }

  /** NaN takes a value away. Hours older than the window are left alone. */
  take(place: number, hour: number, value: number): void {
    if (hour > (this.#newest[place] ?? longAgo) + 1) this.#advance(place, hour);
    const newest = this.#newest[place] ?? longAgo;
    if (hour <= newest - windowHours) return;
    const values = this.#values;
    const slot = (hour % windowHours) * this.#places + place;
    // What lies there is an earlier value of the same hour, or the hour that leaves the window as this one enters it.
    const before = values[slot] ?? Number.NaN;
    const left = hour === newest + 1 ? hour - windowHours : hour;
    values[slot] = value;
    if (hour > newest) this.#newest[place] = hour;
    this.#exchange(place, left, before, hour, values[slot] ?? Number.NaN);
  }

  /** Whether the last day before `endHour` has no reading. */
  isSilent(place: number, endHour: number): boolean {
    return endHour - (this.#newest[place] ?? longAgo) > dayHours;
  }

  /** How many of its hours are known. */
  recorded(place: number): number {
    return this.#sums[place * sumCount] ?? 0;
  }

  /** The window before `endHour`, oldest first; NaN where nothing is known. */
  hours(place: number, endHour: number): HourlyValues {
    const hours = new Float64Array(windowHours).fill(Number.NaN);
    const newest = this.#newest[place] ?? 0;
    const first = endHour - windowHours;
    for (let hour = Math.max(first, newest - windowHours + 1); hour < Math.min(endHour, newest + 1); hour += 1)
      hours[hour - first] = this.#values[(hour % windowHours) * this.#places + place] ?? Number.NaN;
    return hours;
  }

  /** The straight line through everything known; its level is that of `endHour`. */
  line(place: number, endHour: number): Line {
    const at = place * sumCount;
    const sums = this.#sums;
    const { level, slope } = lineThrough({
      n: sums[at] ?? 0,
      t: sums[at + 1] ?? 0,
      tt: sums[at + 2] ?? 0,
      y: sums[at + 3] ?? 0,
      ty: sums[at + 4] ?? 0,
    });
    return { level: level + slope * (endHour - this.#base), slope };
  }

  setModel(place: number, model: BookModel): void {
    this.#models[place] = model;
  }

  /** As seen from `endHour`, the hour to come; null where nothing is foretold, and after a day of silence. */
  model(place: number, endHour: number): ForecastModel | null {
    const held = this.#models[place] ?? null;
    if (held === null || this.isSilent(place, endHour)) return null;
    if (held === 'straight line') return this.#lineModel(place, endHour);
    return seenFrom(held.model, endHour - held.endHour);
  }

  /** Every series at once; nothing is read but sums and what was fitted. */
  predict(endHour: number, threshold: number, limitHours: number): BookPredictions {
    const count = this.#models.length;
    const predicted7d = new Float64Array(count).fill(Number.NaN);
    const predicted30d = new Float64Array(count).fill(Number.NaN);
    const crossing = new Float64Array(count).fill(Number.NaN);
    for (let place = 0; place < count; place += 1) {
      const held = this.#models[place] ?? null;
      if (held === null || this.isSilent(place, endHour)) continue;
      const isLine = held === 'straight line';
      const model = isLine ? this.#lineModel(place, endHour) : held.model;
      // Seen from later, a model is what it was, begun later.
      const from = isLine ? 0 : endHour - held.endHour;
      predicted7d[place] = percent(valueAhead(model, from + 7 * dayHours));
      predicted30d[place] = percent(valueAhead(model, from + 30 * dayHours));
      const crossed = firstCrossing(model, threshold, limitHours, from);
      if (crossed !== null) crossing[place] = crossed - from;
    }
    return { predicted7d, predicted30d, crossing };
  }

  #lineModel(place: number, endHour: number): ForecastModel {
    const { level, slope } = this.line(place, endHour);
    return { name: 'straight line', level, slope, pattern: null };
  }

  /** Up to the hour before `hour`: those in between are not known, and as many of the oldest leave the window. */
  #advance(place: number, hour: number): void {
    const newest = this.#newest[place] ?? longAgo;
    if (hour - newest >= windowHours) this.#empty(place);
    else for (let gone = newest + 1; gone < hour; gone += 1) this.take(place, gone, Number.NaN);
    this.#newest[place] = hour - 1;
  }

  /** One value goes and one comes; either may be NaN. */
  #exchange(place: number, left: number, before: number, hour: number, value: number): void {
    const exchanged = value - before;
    // biome-ignore lint/suspicious/noSelfCompare: only NaN differs from itself, and this runs for every hour of every series
    if (exchanged !== exchanged) {
      this.#count(place, left, before, -1);
      this.#count(place, hour, value, 1);
      return;
    }
    const sums = this.#sums;
    const at = place * sumCount;
    const gone = left - this.#base;
    const time = hour - this.#base;
    sums[at + 1] = (sums[at + 1] ?? 0) + (time - gone);
    sums[at + 2] = (sums[at + 2] ?? 0) + (time * time - gone * gone);
    sums[at + 3] = (sums[at + 3] ?? 0) + exchanged;
    sums[at + 4] = (sums[at + 4] ?? 0) + (time * value - gone * before);
  }

  #count(place: number, hour: number, value: number, times: 1 | -1): void {
    // biome-ignore lint/suspicious/noSelfCompare: only NaN differs from itself, and this runs for every hour of every series
    if (value !== value) return;
    const sums = this.#sums;
    const at = place * sumCount;
    const time = hour - this.#base;
    sums[at] = (sums[at] ?? 0) + times;
    sums[at + 1] = (sums[at + 1] ?? 0) + times * time;
    sums[at + 2] = (sums[at + 2] ?? 0) + times * time * time;
    sums[at + 3] = (sums[at + 3] ?? 0) + times * value;
    sums[at + 4] = (sums[at + 4] ?? 0) + times * time * value;
  }

  #empty(place: number): void {
    for (let hour = 0; hour < windowHours; hour += 1) this.#values[hour * this.#places + place] = Number.NaN;
    this.#sums.fill(0, place * sumCount, (place + 1) * sumCount);
  }

  #grow(places: number): void {
    const values = new Float32Array(places * windowHours).fill(Number.NaN);
    for (let hour = 0; hour < windowHours; hour += 1)
      values.set(this.#values.subarray(hour * this.#places, (hour + 1) * this.#places), hour * places);
    this.#values = values;
    this.#places = places;
    const sums = new Float64Array(places * sumCount);
    sums.set(this.#sums);
    this.#sums = sums;
    const newest = new Int32Array(places);
    newest.set(this.#newest);
    this.#newest = newest;
  }
}

function seenFrom(model: ForecastModel, later: number): ForecastModel {
  if (later === 0) return model;
  const level = model.level + model.slope * later;
  if (model.pattern === null) return { ...model, level };
  const { length } = model.pattern;
  const { pattern } = model;
  return { ...model, level, pattern: pattern.map((_, hour) => pattern[(hour + later) % length] ?? Number.NaN) };
}

function percent(value: number): number {
  return Math.min(100, Math.max(0, value));
}
