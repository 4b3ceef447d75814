import { sampleMetrics } from '../../contract/sample.ts';
import type { StoredSample } from '../../engine/ports/metrics-store.ts';

/** The moments and the values. */
export const cellColumns = 1 + sampleMetrics.length;

/** Samples of one series as columns, oldest first, one per moment. NaN stands for a value that is not known. */
export class SampleTable {
  count = 0;
  at: Float64Array;
  /** In the order of `sampleMetrics`. */
  readonly metrics: Float64Array[];
  /** All of these in one piece of memory, each as long as there is room for. */
  cells: Float64Array;
  /** Why a reading failed, by its place; null when it succeeded. Absent as long as none failed. */
  reasons: (string | null)[] | null = null;

  constructor(capacity = 64) {
    this.cells = new Float64Array(capacity * cellColumns);
    this.at = this.cells.subarray(0, capacity);
    this.metrics = sampleMetrics.map((_, index) => this.cells.subarray((index + 1) * capacity, (index + 2) * capacity));
  }

  static of(samples: readonly StoredSample[]): SampleTable {
    const table = new SampleTable(Math.max(1, samples.length));
    for (const sample of samples) table.put(sample);
    return table;
  }

  /** Samples of many series as they come, or each at a place of its own. */
  static inOrder(samples: readonly StoredSample[], places: Uint32Array | null = null): SampleTable {
    const table = new SampleTable(Math.max(1, samples.length));
    table.count = samples.length;
    for (let index = 0; index < samples.length; index += 1) {
      table.#fill(places === null ? index : (places[index] as number), samples[index] as StoredSample);
    }
    return table;
  }

  /** A sample of a moment that is here already takes its place: the same reading again is no second one. */
  put(sample: StoredSample): void {
    this.#fill(this.#placeFor(sample.atMs), sample);
  }

  /** All of another table's samples; where both have one of a moment, the other's counts. */
  putAll(other: SampleTable): void {
    for (let from = 0; from < other.count; from += 1) this.putFrom(other, from);
  }

  /** One of another table's samples. */
  putFrom(other: SampleTable, from: number): void {
    const place = this.#placeFor(other.at[from] as number);
    this.setCells(place, other, from);
    this.#setReason(place, other.reasons?.[from] ?? null);
  }

  /** Moment and values of another table's sample, at a place that is there. */
  setCells(place: number, from: SampleTable, at: number): void {
    const [room, length] = [this.at.length, from.at.length];
    for (let column = 0; column < cellColumns; column += 1) {
      this.cells[place + column * room] = from.cells[at + column * length] as number;
    }
  }

  /** Empty again, with room for at least so many. */
  clear(room: number): void {
    this.count = 0;
    this.reasons = null;
    this.makeRoom(room);
  }

  /** Room for so many samples altogether. */
  makeRoom(room: number): void {
    if (this.at.length < room) this.#grow(Math.max(room, 2 * this.count));
  }

  /** So many samples that were written behind the last one, in order, are samples of it from now on. */
  extend(count: number, reasons: SampleTable['reasons']): void {
    if (reasons !== null || this.reasons !== null) {
      this.reasons ??= new Array<string | null>(this.count).fill(null);
      for (let index = 0; index < count; index += 1) this.reasons.push(reasons?.[index] ?? null);
    }
    this.count += count;
  }

  /** Copies of the samples at these places, in their order. */
  pick(places: readonly number[]): SampleTable {
    const picked = new SampleTable(places.length);
    picked.count = places.length;
    for (const [index, place] of places.entries()) picked.setCells(index, this, place);
    const { reasons } = this;
    picked.reasons = reasons === null ? null : places.map((place) => reasons[place] ?? null);
    return picked;
  }

  /** One sample as the port has it. */
  sample(place: number, machineId: string, source: StoredSample['source']): StoredSample {
    const { cells } = this;
    const room = this.at.length;
    return {
      machineId,
      source,
      atMs: cells[place] as number,
      error: this.reasons === null ? null : (this.reasons[place] ?? null),
      cpuPercent: known(cells[place + room]),
      memoryPercent: known(cells[place + 2 * room]),
      diskPercent: known(cells[place + 3 * room]),
      diskReadBytesPerSecond: known(cells[place + 4 * room]),
      diskWriteBytesPerSecond: known(cells[place + 5 * room]),
      networkInBytesPerSecond: known(cells[place + 6 * room]),
      networkOutBytesPerSecond: known(cells[place + 7 * room]),
    };
  }

  /** The first place that is not before a moment. */
  firstFrom(atMs: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.at[middle] as number) < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first place that is after a moment. */
  firstAfter(atMs: number): number {
    let place = this.firstFrom(atMs);
    while (place < this.count && (this.at[place] as number) <= atMs) place += 1;
    return place;
  }

  #placeFor(atMs: number): number {
    // Readings come in order but for the late ones.
    const isNext = this.count === 0 || atMs > (this.at[this.count - 1] as number);
    const place = isNext ? this.count : this.firstFrom(atMs);
    if (!isNext && this.at[place] === atMs) return place;
    this.makeRoom(this.count + 1);
    if (place < this.count) {
      this.at.copyWithin(place + 1, place, this.count);
      for (const column of this.metrics) column.copyWithin(place + 1, place, this.count);
      this.reasons?.splice(place, 0, null);
    } else this.reasons?.push(null);
    this.at[place] = atMs;
    this.count += 1;
    return place;
  }

  /** Each value by its own name: a thousand times in every round, a loop over the names would cost more than all the rest. */
  #fill(place: number, sample: StoredSample): void {
    const { cells } = this;
    const room = this.at.length;
    cells[place] = sample.atMs;
    cells[place + room] = sample.cpuPercent ?? Number.NaN;
    cells[place + 2 * room] = sample.memoryPercent ?? Number.NaN;
    cells[place + 3 * room] = sample.diskPercent ?? Number.NaN;
    cells[place + 4 * room] = sample.diskReadBytesPerSecond ?? Number.NaN;
    cells[place + 5 * room] = sample.diskWriteBytesPerSecond ?? Number.NaN;
    cells[place + 6 * room] = sample.networkInBytesPerSecond ?? Number.NaN;
    cells[place + 7 * room] = sample.networkOutBytesPerSecond ?? Number.NaN;
    this.#setReason(place, sample.error);
  }

  #setReason(place: number, reason: string | null): void {
    if (reason === null && this.reasons === null) return;
    this.reasons ??= new Array<string | null>(this.count).fill(null);
    this.reasons[place] = reason;
  }

  #grow(room: number): void {
    const longer = new SampleTable(room);
    longer.at.set(this.at);
    for (const [index, column] of this.metrics.entries()) (longer.metrics[index] as Float64Array).set(column);
    this.cells = longer.cells;
    this.at = longer.at;
    for (const [index, column] of longer.metrics.entries()) this.metrics[index] = column;
  }
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
