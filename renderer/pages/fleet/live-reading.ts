import type { CurrentReading, CurrentValue } from '../../../main/contract/current-reading.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { type SampleMetric, sampleMetrics } from '../../../main/contract/sample.ts';
import { currentReading } from '../../components/current-reading.ts';
import type { ShownSamples } from './shown-readings.tsx';

export type ReadValues = Readonly<Record<SampleMetric, CurrentValue>>;

/** Writes values into what is drawn already. */
export type Paint = (values: ReadValues) => void;

/**
 * What a machine does now, for its cells. A round of readings changes values and nearly never what there is to draw: values
 * are written where they stand, and only another shape has a row drawn anew.
 */
export class LiveReading {
  readonly #machine: Machine;
  readonly #shown: ShownSamples;
  readonly #paints = new Set<Paint>();
  #latest: CurrentReading;

  constructor(machine: Machine, shown: ShownSamples) {
    this.#machine = machine;
    this.#shown = shown;
    this.#latest = this.#readAt(Date.now());
  }

  get latest(): CurrentReading {
    return this.#latest;
  }

  /** When the latest reading was taken; null where there is none. */
  readonly takenAt = (): string | null => {
    const latest = this.#latest;
    return latest.kind === 'read' || latest.kind === 'failed' ? latest.at : null;
  };

  /** Looks anew, and tells everything of what is to be drawn but numbers and moments. */
  readonly shape = (): string => {
    const latest = this.#readAt(Date.now());
    this.#latest = latest;
    if (latest.kind === 'failed') return `failed ${latest.reason}`;
    if (latest.kind !== 'read') return latest.kind;
    return sampleMetrics
      .map((metric) => {
        const { value, source, why } = latest.values[metric];
        return value === null ? `? ${why ?? ''}` : source;
      })
      .join('\n');
  };

  /** The result undoes it. */
  readonly subscribe = (listener: () => void): (() => void) => this.#shown.subscribe(listener);

  /** Now, and with every reading to come. The result undoes it. */
  paint(paint: Paint): () => void {
    this.#paints.add(paint);
    if (this.#latest.kind === 'read') paint(this.#latest.values);
    return () => void this.#paints.delete(paint);
  }

  /** Keeps what is drawn up to date. The result undoes it. */
  follow(): () => void {
    return this.#shown.subscribe(() => {
      this.shape();
      const latest = this.#latest;
      if (latest.kind === 'read') for (const paint of this.#paints) paint(latest.values);
    });
  }

  #readAt(now: number): CurrentReading {
    const { intervalMs } = this.#shown;
    return currentReading(this.#machine, this.#shown.samplesOf(this.#machine.id), intervalMs, now);
  }
}
