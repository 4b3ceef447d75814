import { type EngineUnderTest, someone } from './engine-under-test.ts';
import { addressOf, intervalMs, restartsOf, type WatchedFleet } from './own-network-rounds.ts';
import type { SeededRandom } from './seeded-random.ts';

/** One machine of a watched fleet, or the watcher itself, brought into one situation, and what came of it. */

const second = 1000;
const minute = 60 * second;

const idOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const healthOf = async (test: EngineUnderTest, name: string) =>
  (await test.engine.handlers['machine.list']({}, someone)).find((machine) => machine.name === name);

export interface SleepRound {
  readonly sleptMs: number;
  readonly kind: 'asleep' | 'held up';
  readonly restarts: number;
  /** More checks of one machine than one within the first interval after waking. */
  readonly bursts: number;
  /** Machines that were not checked within one interval after waking. */
  readonly late: number;
}

/**
 * The computer sleeps, so that only the wall clock goes on, or the process is stopped, so that everything comes late; the
 * network takes its time to come back. Nobody tells Vigil.
 */
export async function sleepRound({ test, world }: WatchedFleet, random: SeededRandom): Promise<SleepRound> {
  const kind = random.pick(['asleep', 'held up'] as const);
  const sleptMs = Math.round(minute * (3 * 24 * 60) ** random.next());
  const before = restartsOf(test);
  test.events.seen.length = 0;
  await test.clock.advance(random.below(intervalMs));
  if (kind === 'asleep') test.clock.jumpWall(sleptMs);
  else test.clock.stall(sleptMs);
  world.fault = random.pick(['down', 'half-open', 'no-route']);
  const checks = test.ssh.checks.length;
  const awayMs = random.below(45 * second);
  await test.clock.advance(awayMs);
  world.fault = null;
  await test.clock.advance(intervalMs - awayMs);
  const counts = new Map<string, number>();
  for (const address of test.ssh.checks.slice(checks)) counts.set(address, (counts.get(address) ?? 0) + 1);
  const machines = test.store.machines.size;
  // The doubt must have had its time; what comes later than this is seen in the next round.
  await test.clock.advance(5 * intervalMs);
  return {
    sleptMs,
    kind,
    restarts: restartsOf(test) - before,
    // A check that was under way when it fell asleep may end and be followed by one more.
    bursts: [...counts.values()].filter((count) => count > 2).length,
    late: machines - counts.size,
  };
}

export const trueFailures = ['silent', 'refused', 'killed', 'panicked', 'hung'] as const;
export type TrueFailure = (typeof trueFailures)[number];

export interface CureRound {
  readonly failure: TrueFailure;
  readonly isHealed: boolean;
  /** From the failure until it runs and answers again. */
  readonly tookMs: number;
}

/** One machine really fails, all guards on. */
export async function cureRound(fleet: WatchedFleet, random: SeededRandom): Promise<CureRound> {
  const { test, world } = fleet;
  const index = random.below(test.store.machines.size);
  const [id, name, address] = [idOf(index), `m${index}`, addressOf(index)];
  const failure = random.pick(trueFailures);
  test.events.seen.length = 0;
  await test.clock.advance(random.below(intervalMs));
  const begun = test.clock.wallNow();
  fail(fleet, id, address, failure);
  let tookMs = 0;
  let isHealed = false;
  while (!isHealed && tookMs < 30 * minute) {
    await test.clock.advance(5 * second);
    tookMs = test.clock.wallNow() - begun;
    const machine = await healthOf(test, name);
    isHealed = machine?.state === 'running' && machine.health.status === 'healthy' && machine.health.sshFailures === 0;
    isHealed = isHealed && !world.dead.has(address);
  }
  // Long enough for the waits to be short again, and for the budget of one hour.
  await test.engine.handlers['lifecycle.release']({ machine: name }, someone);
  await test.clock.advance(15 * minute);
  return { failure, isHealed, tookMs };
}

function fail({ test, world }: WatchedFleet, id: string, address: string, failure: TrueFailure): void {
  const generation = test.store.machines.get(id)?.generation ?? 0;
  const end = { summary: 'it ended', consoleTail: '', events: '[]' };
  switch (failure) {
    case 'killed':
      test.provider.processes.delete(id);
      test.provider.report({ kind: 'ended', id, generation, end: { ...end, kind: 'killed' } });
      return;
    case 'panicked':
      test.provider.report({ kind: 'panicked', id, generation, end: { ...end, kind: 'panicked' } });
      return;
    case 'hung':
      test.provider.report({ kind: 'watchdog', id, generation, end: { ...end, kind: 'watchdog' } });
      return;
    case 'silent':
    case 'refused':
      world.dead.add(address);
  }
}
