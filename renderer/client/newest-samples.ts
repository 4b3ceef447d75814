import type { Sample, SampleSource } from '../../main/contract/sample.ts';

/** Which sample of which machine has which place in a round; rounds that follow one another share it. */
interface Layout {
  readonly machineIds: readonly string[];
  readonly sources: readonly SampleSource[];
  readonly placesOf: ReadonlyMap<string, readonly number[]>;
}

interface Round {
  readonly samples: readonly Sample[];
  readonly layout: Layout;
  /** The moment of its newest sample; empty where there is none. */
  readonly newestAt: string;
}

const nothing: readonly Sample[] = [];
const noRound: Round = { samples: [], layout: { machineIds: [], sources: [], placesOf: new Map() }, newestAt: '' };

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

  constructor(before: ReadonlyMap<string, readonly Sample[]> = new Map(), round: Round = noRound) {
    this.#before = before;
    this.#round = round;
  }

  /** The moment of the newest sample of the last round; null before the first. */
  get newestAt(): string | null {
    return this.#round.newestAt || null;
  }

  /** The same object as long as it says the same; undefined for a machine of which nothing is known. */
  get(machineId: string): readonly Sample[] | undefined {
    const places = this.#round.layout.placesOf.get(machineId);
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
    const next = following(samples, this.#round);
    if (next !== null) return new NewestSamples(this.#before, next);
    const before = new Map(this.#before);
    for (const machineId of this.#round.layout.placesOf.keys()) before.set(machineId, this.get(machineId) ?? nothing);
    return new NewestSamples(before, laidOut(samples));
  }
}

/**
 * The round, where it has a newer sample in the place of each of those before; otherwise null. All of a fleet passes through
 * here once a round: it looks at each new sample only, and at what is the same for every round.
 */
function following(samples: readonly Sample[], before: Round): Round | null {
  const { layout } = before;
  const { machineIds, sources } = layout;
  if (samples.length !== machineIds.length) return null;
  let newestAt = '';
  let oldestAt = '';
  for (let place = 0; place < samples.length; place += 1) {
    const { machineId, source, at } = samples[place] as Sample;
    if (machineId !== machineIds[place] || source !== sources[place]) return null;
    if (at === newestAt) continue;
    if (at > newestAt) newestAt = at;
    if (oldestAt === '' || at < oldestAt) oldestAt = at;
  }
  const isNewer =
    oldestAt >= before.newestAt || samples.every(({ at }, place) => at >= (before.samples[place] as Sample).at);
  return isNewer ? { samples, layout, newestAt } : null;
}

function laidOut(samples: readonly Sample[]): Round {
  const placesOf = new Map<string, number[]>();
  let newestAt = '';
  for (const [place, { machineId, at }] of samples.entries()) {
    if (at > newestAt) newestAt = at;
    const known = placesOf.get(machineId);
    if (known === undefined) placesOf.set(machineId, [place]);
    else known.push(place);
  }
  const machineIds = samples.map(({ machineId }) => machineId);
  const sources = samples.map(({ source }) => source);
  return { samples, layout: { machineIds, sources, placesOf }, newestAt };
}

function mergedWith(known: readonly Sample[], sample: Sample): readonly Sample[] {
  const same = known.find(({ source }) => source === sample.source);
  if (same === undefined) return [...known, sample];
  return same.at > sample.at ? known : [...known.filter((each) => each !== same), sample];
}
