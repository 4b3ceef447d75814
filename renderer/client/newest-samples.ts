import type { Sample } from '../../main/contract/sample.ts';

/** A round of readings, and where in it the samples of each machine are. */
interface Round {
  readonly samples: readonly Sample[];
  readonly places: ReadonlyMap<string, readonly number[]>;
}

const nothing: readonly Sample[] = [];

/**
 * The newest sample of every source of every machine; never changed, a round makes another one. Rounds come with the same
 * machines in the same order nearly always: then nothing is sorted by machine anew, and what a round costs hardly grows
 * with the fleet, of which a window shows a few rows.
 */
export class NewestSamples {
  readonly #before: ReadonlyMap<string, readonly Sample[]>;
  readonly #round: Round;
  /** What was asked for of this round. */
  readonly #told = new Map<string, readonly Sample[]>();

  constructor(
    before: ReadonlyMap<string, readonly Sample[]> = new Map(),
    round: Round = { samples: [], places: new Map() },
  ) {
    this.#before = before;
    this.#round = round;
  }

  /** The same object as long as it says the same; undefined for a machine of which nothing is known. */
  get(machineId: string): readonly Sample[] | undefined {
    const places = this.#round.places.get(machineId);
    if (places === undefined) return this.#before.get(machineId);
    const told = this.#told.get(machineId);
    if (told !== undefined) return told;
    let merged = this.#before.get(machineId) ?? nothing;
    for (const place of places) merged = mergedWith(merged, this.#round.samples[place] as Sample);
    this.#told.set(machineId, merged);
    return merged;
  }

  with(samples: readonly Sample[]): NewestSamples {
    if (samples.length === 0) return this;
    if (follows(samples, this.#round.samples)) {
      return new NewestSamples(this.#before, { samples, places: this.#round.places });
    }
    const before = new Map(this.#before);
    for (const machineId of this.#round.places.keys()) before.set(machineId, this.get(machineId) ?? nothing);
    const places = new Map<string, number[]>();
    for (const [place, { machineId }] of samples.entries()) {
      const known = places.get(machineId);
      if (known === undefined) places.set(machineId, [place]);
      else known.push(place);
    }
    return new NewestSamples(before, { samples, places });
  }
}

/** Whether it has a newer sample in the place of each of them. */
function follows(next: readonly Sample[], before: readonly Sample[]): boolean {
  if (next.length !== before.length) return false;
  for (let place = 0; place < next.length; place += 1) {
    const [one, other] = [next[place] as Sample, before[place] as Sample];
    if (one.machineId !== other.machineId || one.source !== other.source || one.at < other.at) return false;
  }
  return true;
}

function mergedWith(known: readonly Sample[], sample: Sample): readonly Sample[] {
  const same = known.find(({ source }) => source === sample.source);
  if (same === undefined) return [...known, sample];
  return same.at > sample.at ? known : [...known.filter((each) => each !== same), sample];
}
