import { expect, it } from 'vitest';
import { climbStopLadder, type GuestCondition, type LadderTarget } from '../../main/adapters/qemu/stop-ladder.ts';
import { createStopSource } from '../../main/contract/stop-signal.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

/**
 * The decisions of the stop ladder (B8) on a clock that moves when told: guests that obey any word after any time, end by
 * themselves, panic, fall silent, refuse commands or keep their disk, all at random moments.
 */
const schedules = Number(process.env.VIGIL_CHAOS_SCHEDULES ?? 3000);
const random = seededRandom();

const rungOfWord = { agent: 'agent', button: 'acpi', quit: 'quit', SIGTERM: 'term', SIGKILL: 'kill' } as const;
type Word = keyof typeof rungOfWord;
const words = ['agent', 'button', 'quit', 'SIGTERM', 'SIGKILL'] as const;

/** The most that a rung may take, from its word to the next one. */
const limitOf = (word: Word, acpiMs: number) =>
  ({ agent: 10_000, button: acpiMs, quit: 5000, SIGTERM: 5000, SIGKILL: 10_000 })[word];
const lockMs = 5000;

interface Outcome {
  readonly told: string;
  readonly heard: readonly { readonly word: Word; readonly atMs: number }[];
  readonly goneAt: number;
  readonly byItself: boolean;
  readonly lockFreeAt: number;
  readonly endedAt: number;
  readonly acpiMs: number;
  readonly force: boolean;
}

type Ladder = typeof climbStopLadder;

async function oneSchedule(ladder: Ladder, dice: SeededRandom): Promise<Outcome> {
  const clock = new ManualClock();
  const now = () => clock.monotonicNow();
  const acpiMs = 200 + dice.below(4000);
  const force = dice.below(4) === 0;
  const hasAgent = dice.below(3) === 0;
  const obeys = dice.pick(words);
  const obeysAfterMs = dice.pick([0, dice.below(200), dice.below(8000)]);
  const fails = new Set<Word>(words.slice(0, 3).filter(() => dice.below(5) === 0));
  const lockHeldMs = dice.pick([0, 0, 0, dice.below(4500), dice.below(4500), 60_000]);
  const goneByItselfAt = dice.below(8) === 0 ? dice.pick([0, dice.below(30_000)]) : Number.POSITIVE_INFINITY;
  let goneAt = goneByItselfAt;
  const turns: readonly [number, GuestCondition][] = [
    [0, dice.pick(['running', 'running', 'running', 'paused', 'doomed', 'silent'] as const)],
    [dice.below(10_000), dice.pick(['running', 'doomed', 'silent'] as const)],
  ];
  const heard: { word: Word; atMs: number }[] = [];
  const hear = (word: Word): void => {
    heard.push({ word, atMs: now() });
    if (fails.has(word)) throw new Error('refused');
    // SIGKILL ends whatever is left.
    if (word === obeys || word === 'SIGKILL')
      goneAt = Math.min(goneAt, now() + (word === obeys ? obeysAfterMs : dice.below(500)));
  };
  const isGone = () => now() >= goneAt;
  const lockFreeAt = () => goneAt + lockHeldMs;
  /** Signs of its end come soon after it, late, or when nothing ended at all. */
  const signsAt = [goneByItselfAt + dice.below(50), dice.below(30_000), dice.below(3000)].filter(Number.isFinite);
  const target: LadderTarget = {
    isGone,
    onSign: (listener) => {
      const undo = signsAt.filter((atMs) => atMs > now()).map((atMs) => clock.after(atMs - now(), listener));
      return () => {
        for (const one of undo) one();
      };
    },
    condition: async () => turns.findLast(([atMs]) => atMs <= now())?.[1] ?? 'running',
    resume: async () => {},
    askAgent: async () => {
      if (hasAgent) hear('agent');
      return hasAgent;
    },
    pressPowerButton: async () => hear('button'),
    quit: async () => hear('quit'),
    signal: async (signal) => hear(signal),
    lockIsFree: async () => now() >= lockFreeAt(),
  };
  let told: string | null = null;
  const climbing = ladder(target, {
    force,
    acpiMs,
    clock,
    signal: createStopSource().signal,
    progress: () => {},
  }).then(
    (rung) => {
      told = rung;
    },
    (error: { code?: string }) => {
      told = `failed: ${error.code}`;
    },
  );
  while (told === null && now() < 200_000) await clock.advance(clock.nextDueMs ?? 25);
  if (told !== null) await climbing;
  return {
    told: told ?? 'never',
    heard,
    goneAt,
    byItself: goneAt === goneByItselfAt,
    lockFreeAt: lockFreeAt(),
    endedAt: now(),
    acpiMs,
    force,
  };
}

/** What is wrong with it, by rules of its own. */
function faultsOf({ acpiMs, byItself, endedAt, force, goneAt, heard, lockFreeAt, told }: Outcome): string[] {
  const faults: string[] = [];
  const order = heard.map(({ word }) => words.indexOf(word));
  if (order.some((place, index) => place < (order[index - 1] ?? 0))) faults.push('went down a rung');
  if (heard.some(({ atMs }) => atMs > goneAt)) faults.push('spoke to the dead');
  if (force && heard.some(({ word }) => word === 'agent' || word === 'button')) faults.push('asked, though forced');
  const presses = heard.filter(({ word }) => word === 'button').length;
  if (presses > 2) faults.push('pressed the button more than twice');
  const polite = [...new Set(heard.map(({ word }) => word))].reduce((sum, word) => sum + limitOf(word, acpiMs), 0);
  const end = Math.max(goneAt, Math.min(lockFreeAt, goneAt + lockMs));
  if (endedAt > end + 150) faults.push(`came back ${endedAt - end} ms late`);
  if (goneAt > polite + 100) faults.push(`let it live for ${goneAt} ms, ${polite} were given`);
  if (lockFreeAt > goneAt + lockMs + 150) {
    if (told !== 'failed: conflict') faults.push(`the disk is held, yet: ${told}`);
    return faults;
  }
  if (endedAt < goneAt) faults.push('came back before it was gone');
  if (endedAt < lockFreeAt) faults.push('came back before the disk was free');
  const last = heard.findLast(({ atMs }) => atMs <= goneAt)?.word;
  // One that ends by itself while a rung that could not be stood on is passed by ended by itself.
  const real = last === undefined ? 'ended' : rungOfWord[last];
  if (lockFreeAt <= goneAt + lockMs - 150 && told !== real && !(byItself && told === 'ended'))
    faults.push(`told ${told}, was ${real}`);
  return faults;
}

async function judge(ladder: Ladder, count: number, dice: SeededRandom) {
  const faults: string[] = [];
  const rungs = new Map<string, number>();
  for (let schedule = 0; schedule < count; schedule += 1) {
    const outcome = await oneSchedule(ladder, dice);
    rungs.set(outcome.told, (rungs.get(outcome.told) ?? 0) + 1);
    faults.push(...faultsOf(outcome).map((fault) => `schedule ${schedule}: ${fault} ${JSON.stringify(outcome)}`));
  }
  return { faults, rungs };
}

it(`the ladder decides right in ${schedules} random schedules (B8, seed ${random.seed})`, async () => {
  const { faults, rungs } = await judge(climbStopLadder, schedules, random);
  console.log(`B8: R=0 M=${schedules} seed=${random.seed}; ${[...rungs].map((pair) => pair.join(' ')).join(', ')}`);
  expect(faults).toEqual([]);
  for (const rung of ['ended', 'agent', 'acpi', 'quit', 'term', 'kill']) expect(rungs.has(rung)).toBe(true);
});

it('the control: a ladder that does not wait for the end, and one that jumps to SIGKILL, are caught', async () => {
  const hasty: Ladder = (target, options) => climbStopLadder({ ...target, isGone: () => true }, options);
  const rough: Ladder = async (target, options) => {
    await target.signal('SIGKILL');
    await target.signal('SIGTERM');
    return climbStopLadder(target, options);
  };
  expect((await judge(hasty, 20, seededRandom(1))).faults.length).toBeGreaterThan(0);
  expect((await judge(rough, 20, seededRandom(1))).faults.length).toBeGreaterThan(0);
});
