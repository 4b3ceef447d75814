import { compare } from '../statistics.ts';

type Side = 'ours' | 'reference';

/**
 * Processor time of this process beside what the clock says of the same work: waiting for a disk that others use, too, is
 * then left out of both sides.
 */
export class ProcessorBeside {
  readonly #rounds: Record<Side, number[]> = { ours: [], reference: [] };

  /** Does something so many times as one side of a round; the mean by the clock, in ms. */
  measure(side: Side, times: number, prepare: (time: number) => () => void): number {
    let [clockMs, processorMs] = [0, 0];
    for (let time = 0; time < times; time += 1) {
      const work = prepare(time);
      const before = process.cpuUsage();
      const begin = performance.now();
      work();
      clockMs += performance.now() - begin;
      const { user, system } = process.cpuUsage(before);
      processorMs += (user + system) / 1000;
    }
    this.#rounds[side].push(processorMs / times);
    return clockMs / times;
  }

  /** What to say below the table; the first round is the one to warm up. */
  notes(): readonly string[] {
    const { ours, reference } = this.#rounds;
    const pairs = ours.slice(1).map((each, round) => ({ ours: each, reference: reference[round + 1] ?? Number.NaN }));
    if (pairs.length === 0) return [];
    const { ratio, lowest, highest, ...of } = compare(pairs);
    const [own, other] = [of.ours, of.reference].map((ms) => ms.toPrecision(3));
    return [
      `processor time alone: ${own} ms, reference ${other} ms, ${ratio.toFixed(3)}x (${lowest.toFixed(3)}-${highest.toFixed(3)})`,
    ];
  }
}
