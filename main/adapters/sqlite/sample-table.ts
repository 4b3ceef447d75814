import { sampleMetrics } from '../../contract/sample.ts';
import type { StoredSample } from '../../engine/ports/metrics-store.ts';

type Columns = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/** Samples of one series as columns, oldest first, one per moment. NaN stands for a value that is not known. */
export class SampleTable {
  count = 0;
  at: Float64Array;
  /** In the order of `sampleMetrics`. */
  readonly metrics: Float64Array[];
  /** Why a reading failed, by its place; null when it succeeded. Absent as long as none failed. */
  reasons: (string | null)[] | null = null;

  constructor(capacity = 64) {
    this.at = new Float64Array(capacity);
    this.metrics = sampleMetrics.map(() => new Float64Array(capacity));
  }

  static of(samples: readonly StoredSample[]): SampleTable {
    const table = new SampleTable(Math.max(1, samples.length));
    for (const sample of samples) table.put(sample);
    return table;
  }

  /** Behind all others, whatever its moment: for samples of many series. */
  append(sample: StoredSample): void {
    if (this.count === this.at.length) this.#grow();
    const place = this.count;
    this.at[place] = sample.atMs;
    this.count += 1;
    this.reasons?.push(null);
    this.#fill(place, sample);
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
    for (let index = 0; index < this.metrics.length; index += 1) {
      (this.metrics[index] as Float64Array)[place] = (other.metrics[index] as Float64Array)[from] as number;
    }
    this.#setReason(place, other.reasons?.[from] ?? null);
  }

  /** One sample as the port has it. */
  sample(place: number, machineId: string, source: StoredSample['source']): StoredSample {
    const value = (index: number): number | null => {
      const found = (this.metrics[index] as Float64Array)[place] as number;
      return Number.isNaN(found) ? null : found;
    };
    return {
      machineId,
      source,
      atMs: this.at[place] as number,
      error: this.reasons === null ? null : (this.reasons[place] ?? null),
      cpuPercent: value(0),
      memoryPercent: value(1),
      diskPercent: value(2),
      diskReadBytesPerSecond: value(3),
      diskWriteBytesPerSecond: value(4),
      networkInBytesPerSecond: value(5),
      networkOutBytesPerSecond: value(6),
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

  #placeFor(atMs: number): number {
    // Readings come in order but for the late ones.
    const isNext = this.count === 0 || atMs > (this.at[this.count - 1] as number);
    const place = isNext ? this.count : this.firstFrom(atMs);
    if (!isNext && this.at[place] === atMs) return place;
    if (this.count === this.at.length) this.#grow();
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
    const [cpu, memory, disk, diskRead, diskWrite, networkIn, networkOut] = this.metrics as Columns;
    cpu[place] = sample.cpuPercent ?? Number.NaN;
    memory[place] = sample.memoryPercent ?? Number.NaN;
    disk[place] = sample.diskPercent ?? Number.NaN;
    diskRead[place] = sample.diskReadBytesPerSecond ?? Number.NaN;
    diskWrite[place] = sample.diskWriteBytesPerSecond ?? Number.NaN;
    networkIn[place] = sample.networkInBytesPerSecond ?? Number.NaN;
    networkOut[place] = sample.networkOutBytesPerSecond ?? Number.NaN;
    this.#setReason(place, sample.error);
  }

  #setReason(place: number, reason: string | null): void {
    if (reason === null && this.reasons === null) return;
    this.reasons ??= new Array<string | null>(this.count).fill(null);
    this.reasons[place] = reason;
  }

  #grow(): void {
    const longer = (column: Float64Array): Float64Array => {
      const copy = new Float64Array(column.length * 2);
      copy.set(column);
      return copy;
    };
    this.at = longer(this.at);
    for (const [index, column] of this.metrics.entries()) this.metrics[index] = longer(column);
  }
}
