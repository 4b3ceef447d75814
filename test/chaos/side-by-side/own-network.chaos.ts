import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CutRound, CutStory } from '../../support/cut-network/cut-rounds.ts';
import { runInNetworkNamespace, whyNoNetworkNamespace } from '../../support/own-network-namespace.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** B27 and B28 with a network that is really cut, in namespaces that the test makes itself; each engine looks after six real sshd addresses. */
const rounds = Number(process.env.VIGIL_CUT_ROUNDS ?? 4);
const engines = 9;
const stops = Math.ceil(rounds / 2);
const stoppedEngines = 6;
const obstacle = whyNoNetworkNamespace();
const notTested = obstacle === null ? '' : `: NOT TESTED here, ${obstacle}`;
if (obstacle !== null) console.warn(`B27 with a network that is really cut: NOT TESTED here, ${obstacle}`);

const program = path.join(import.meta.dirname, '../../support/cut-network/cut-rounds.ts');
const story = async (count: number, seed: number, eyes: 'guarded' | 'blind' | 'stopped'): Promise<CutStory> =>
  JSON.parse(await runInNetworkNamespace(program, [String(count), String(seed), eyes], 14 * 60_000));
const said = (all: readonly CutRound[]): string => {
  const cuts = [...new Set(all.map(({ cut }) => cut))];
  return cuts.map((cut) => `${cut} ${all.filter((round) => round.cut === cut).length}`).join(', ');
};

// Both wait for intervals and cuts nearly all of the time: at once they take as long as the longer one.
describe.runIf(obstacle === null)(`the own network is really cut (B27)${notTested}`, { concurrent: true }, () => {
  it(`${engines * rounds} times: no machine is restarted and at most one message is told; blinded, machines are restarted`, async () => {
    const { seed } = seededRandom();
    const [blind, ...stories] = await Promise.all([
      story(1, seed, 'blind'),
      ...Array.from({ length: engines }, (_, index) => story(rounds, seed + index, 'guarded')),
    ]);
    const all = stories.flatMap((each) => each.rounds);
    const slowest = Math.max(...all.map(({ recoveredMs }) => recoveredMs ?? Number.POSITIVE_INFINITY));
    const restarts = blind.rounds.reduce((sum, round) => sum + round.restarts, 0);
    console.log(
      `B27: R=${all.length} M=0 seed=${seed}; ${said(all)}; healthy again after ${Math.round(slowest / 1000)} s at most; blinded, ${restarts} restarts`,
    );
    expect(all).toHaveLength(engines * rounds);
    expect(all.filter(({ restarts: some, messages }) => some > 0 || messages > 1)).toEqual([]);
    expect(all.filter(({ recoveredMs }) => recoveredMs === null)).toEqual([]);
    // The cuts were real: somebody was seen as failing in every one of them.
    expect(all.filter(({ sick }) => sick === 0)).toEqual([]);
    expect(stories.flatMap(({ faults }) => faults)).toEqual([]);
    expect(restarts).toBeGreaterThan(0);
  });

  it(`${stoppedEngines * stops} times while the whole engine is stopped, and still for a while after: no restart, no burst, and every machine is checked again (B28)`, async () => {
    const { seed } = seededRandom();
    const stories = await Promise.all(
      Array.from({ length: stoppedEngines }, (_, index) => story(stops, seed + index, 'stopped')),
    );
    const all = stories.flatMap((each) => each.rounds);
    console.log(`B28: R=${all.length} M=0 seed=${seed}; ${said(all)}`);
    expect(all).toHaveLength(stoppedEngines * stops);
    expect(all.filter(({ restarts, messages }) => restarts > 0 || messages > 1)).toEqual([]);
    expect(all.filter(({ bursts, late }) => bursts > 0 || late > 0)).toEqual([]);
    expect(all.filter(({ recoveredMs }) => recoveredMs === null)).toEqual([]);
    expect(stories.flatMap(({ faults }) => faults)).toEqual([]);
  });
});
