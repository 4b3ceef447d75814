/** One way of doing a piece of work. `once` does it one time; the figure is how often a second. */
export interface Contender {
  readonly name: string;
  once(): Promise<void>;
}

export interface LaneResult {
  readonly lane: string;
  /** Times a second, the median over the rounds, by contender. */
  readonly perSecond: Readonly<Record<string, number>>;
  /** Ours to each of the others: median, lowest and highest of the ratios within a round. */
  readonly ratios: readonly {
    readonly against: string;
    readonly median: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/**
 * Contenders take turns within every round, in another order each time, so that a disturbance hits all alike; what counts is
 * the ratio within a round. The first contender is ours.
 */
export async function pairedRounds(
  lane: string,
  contenders: readonly Contender[],
  options: { readonly rounds: number; readonly atOnce: number; readonly roundMs: number },
): Promise<LaneResult> {
  for (const contender of contenders) await contender.once();
  const rates: Record<string, number>[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const rate: Record<string, number> = {};
    const shift = round % contenders.length;
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
      rate[contender.name] = await rateOf(contender, options.atOnce, options.roundMs);
    }
    rates.push(rate);
  }
  const [ours, ...others] = contenders.map(({ name }) => name);
  if (ours === undefined) throw new Error('a lane needs a contender');
  const of = (name: string) => rates.map((rate) => rate[name] ?? Number.NaN);
  return {
    lane,
    perSecond: Object.fromEntries(contenders.map(({ name }) => [name, median(of(name))])),
    ratios: others.map((against) => {
      const ratios = rates.map((rate) => (rate[ours] ?? Number.NaN) / (rate[against] ?? Number.NaN));
      return { against, median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) };
    }),
  };
}

async function rateOf(contender: Contender, atOnce: number, roundMs: number): Promise<number> {
  const begun = performance.now();
  let done = 0;
  const worker = async () => {
    do {
      await contender.once();
      done++;
    } while (performance.now() - begun < roundMs);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (done * 1000) / (performance.now() - begun);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
