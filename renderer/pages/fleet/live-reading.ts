import { type CurrentReading, type CurrentValue, freshUntil } from '../../../main/contract/current-reading.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { type Sample, type SampleMetric, sampleMetrics } from '../../../main/contract/sample.ts';
import { currentReading } from '../../components/current-reading.ts';
import type { ShownSamples } from './shown-readings.tsx';

export type ReadValues = Readonly<Record<SampleMetric, CurrentValue>>;

/** Writes values into what is drawn already. */
export type Paint = (values: ReadValues) => void;

/** What is known of a machine, and all that it was made of: while that is the same, nothing is looked at anew. */
interface Look {
  readonly reading: CurrentReading;
  readonly shape: string;
  readonly samples: readonly Sample[];
  /** Milliseconds since 1970: within these no sample grows too old, and none becomes fresh again. */
  readonly from: number;
  readonly until: number;
}

/**
 * What a machine does now, for its cells. A round of readings changes values and nearly never what there is to draw: values
 * are written where they stand, and only another shape has a row drawn anew.
 */
export class LiveReading {
  readonly #machine: Machine;
  readonly #shown: ShownSamples;
  readonly #paints = new Set<Paint>();
  #look: Look;

  constructor(machine: Machine, shown: ShownSamples) {
    this.#machine = machine;
    this.#shown = shown;
    this.#look = this.#lookAt(Date.now());
  }

  get latest(): CurrentReading {
    return this.#look.reading;
  }

  /** When the latest reading was taken; null where there is none. */
  readonly takenAt = (): string | null => {
    const { latest } = this;
    return latest.kind === 'read' || latest.kind === 'failed' ? latest.at : null;
  };

  /** Looks anew, and tells everything of what is to be drawn but numbers and moments. */
  readonly shape = (): string => {
    this.#look = this.#lookAt(Date.now());
    return this.#look.shape;
  };

  /** The result undoes it. */
  readonly subscribe = (listener: () => void): (() => void) => this.#shown.subscribe(listener);

  /** Now, and with every reading to come. The result undoes it. */
  paint(paint: Paint): () => void {
    this.#paints.add(paint);
    if (this.latest.kind === 'read') paint(this.latest.values);
    return () => void this.#paints.delete(paint);
  }

  /** Keeps what is drawn up to date. The result undoes it. */
  follow(): () => void {
    return this.#shown.subscribe(() => {
      this.shape();
      const { latest } = this;
      if (latest.kind === 'read') for (const paint of this.#paints) paint(latest.values);
    });
  }

  #lookAt(now: number): Look {
    const { intervalMs } = this.#shown;
    const samples = this.#shown.samplesOf(this.#machine.id);
    const before: Look | undefined = this.#look;
    if (before !== undefined && before.samples === samples && now >= before.from && now <= before.until) return before;
    const reading = currentReading(this.#machine, samples, intervalMs, now);
    return { reading, shape: shapeOf(reading), samples, from: now, until: freshUntil(samples, intervalMs, now) };
  }
}

function shapeOf(reading: CurrentReading): string {
  if (reading.kind === 'failed') return `failed ${reading.reason}`;
  if (reading.kind !== 'read') return reading.kind;
  return sampleMetrics
    .map((metric) => {
      const { value, source, why } = reading.values[metric];
      return value === null ? `? ${why ?? ''}` : source;
    })
    .join('\n');
}
