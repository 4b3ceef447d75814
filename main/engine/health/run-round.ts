import { failureOf } from '../../contract/failure.ts';
import { createStopSource, type StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../ports/clock.ts';
import { allChecks } from './checks/all-checks.ts';
import type { Check, CheckPorts, Finding, Round } from './checks/check.ts';
import type { CheckResult } from './health-state.ts';
import { type InsideReport, insideCommand, readInsideReport } from './inside-report.ts';
import { sshCheckResult } from './ssh-check.ts';
import { countsWith, type RestartCount, restartsWithin } from './unit-restarts.ts';
import type { Watched } from './watched-machine.ts';

/** What is remembered of a machine's inside from one round to the next, for as long as its run lasts. */
export interface InsideMemory {
  /** Unit -> what its restart counter said. */
  readonly restarts: Map<string, readonly RestartCount[]>;
  consoleFrom: number | 'run';
}

export interface RoundResult {
  readonly check: Check;
  readonly subject: string | null;
  readonly result: CheckResult;
}

export interface RoundOutcome {
  /** In the order of the checks. */
  readonly results: readonly RoundResult[];
  /** Which boot the machine is in; null when nobody asked or it did not say. */
  readonly bootId: string | null;
}

/** Checks bound themselves; this is for those that do not come back all the same. */
const graceMs = 2000;
const leastInsideMs = 1000;

/**
 * Takes every check that applies to a machine once, side by side. Each is bounded by the limit of the watch and a little
 * grace, what needs SSH by twice that, for it comes after SSH itself; one that fails to come back is "unknown". Never rejects.
 */
export async function runRound(
  watched: Watched,
  ports: CheckPorts,
  memory: InsideMemory,
  stopping: StopSignal,
): Promise<RoundOutcome> {
  const { timeoutMs } = watched;
  const { clock } = ports;
  const ending = createStopSource();
  const giveUp = (): void => ending.stop(stopping.reason);
  if (stopping.aborted) giveUp();
  stopping.addEventListener('abort', giveUp, { once: true });
  const { signal } = ending;
  let boot: string | null = null;

  const ssh = once(async (): Promise<CheckResult> => {
    if (watched.target === null) throw new Error('there is no SSH to check');
    return sshCheckResult(await ports.ssh.check(watched.target, timeoutMs, signal));
  });
  const inside = once(async (): Promise<InsideReport | string> => {
    const { target, watch } = watched;
    if (target === null) return 'Nothing leads to SSH of it.';
    const login = await ssh();
    if (login.kind !== 'ok') return `Nobody can look inside: ${login.reason}`;
    const limitMs = Math.max(leastInsideMs, timeoutMs - login.durationMs);
    const { stdout } = await ports.ssh.run(
      target,
      insideCommand(watch.services, watch.heartbeat_file),
      limitMs,
      signal,
    );
    const report = readInsideReport(stdout);
    if (report === null) return 'The machine did not say anything that could be read.';
    boot = report.bootId;
    noteRestarts(memory, watch.services, report, clock.monotonicNow());
    return report;
  });
  const round: Round = {
    watched,
    ports,
    timeoutMs,
    signal,
    consoleFrom: memory.consoleFrom,
    ssh,
    inside,
    restartsOf: (unit) => restartsWithin(memory.restarts.get(unit) ?? []),
  };
  const planned = allChecks.flatMap((check) => check.subjects(watched).map((subject) => ({ check, subject })));
  // One for all: a thousand machines have many checks.
  const soon = createDeadline(clock, timeoutMs + graceMs, signal);
  const later = planned.some(isInside) ? createDeadline(clock, 2 * timeoutMs + graceMs, signal) : soon;
  try {
    const results = await Promise.all(
      planned.map(async (plan): Promise<RoundResult> => {
        const { check, subject } = plan;
        const begun = clock.monotonicNow();
        const found = await within(isInside(plan) ? later : soon, settled(check, subject, round));
        const measuredMs = Math.max(0, Math.round(clock.monotonicNow() - begun));
        const { durationMs = measuredMs } = found;
        return { check, subject, result: { ...found, method: check.method, durationMs } };
      }),
    );
    return { results, bootId: boot };
  } finally {
    soon.cancel();
    later.cancel();
    stopping.removeEventListener('abort', giveUp);
    // Whatever was given up on above must not go on.
    ending.stop('the round is over');
  }
}

function isInside({ check }: Pick<RoundResult, 'check'>): boolean {
  return check.method === 'unit' || check.method === 'heartbeat';
}

/** What a check could not find out is not the machine's fault. */
async function settled(check: Check, subject: string | null, round: Round): Promise<Finding> {
  try {
    return await check.run(subject, round);
  } catch (error) {
    return { kind: 'unknown', reason: failureOf(error).message, advice: null, cause: null };
  }
}

interface Deadline {
  /** Hears why nothing is waited for any longer. */
  onOver(listener: (reason: string) => void): void;
  cancel(): void;
}

function createDeadline(clock: Clock, limitMs: number, signal: StopSignal): Deadline {
  const listeners: ((reason: string) => void)[] = [];
  let over: string | null = null;
  const end = (reason: string): void => {
    over ??= reason;
    for (const listener of listeners) listener(over);
  };
  const cancelled = (): void => end('It was cancelled.');
  const undo = clock.after(limitMs, () => end('The check did not come back in time.'));
  signal.addEventListener('abort', cancelled, { once: true });
  if (signal.aborted) cancelled();
  return {
    onOver: (listener) => {
      if (over === null) listeners.push(listener);
      else listener(over);
    },
    cancel: () => {
      undo();
      signal.removeEventListener('abort', cancelled);
    },
  };
}

/** What comes later is not listened to. `work` never rejects. */
function within(deadline: Deadline, work: Promise<Finding>): Promise<Finding> {
  return new Promise((resolve) => {
    deadline.onOver((reason) => resolve({ kind: 'unknown', reason, advice: null, cause: null }));
    void work.then(resolve);
  });
}

function noteRestarts(memory: InsideMemory, units: readonly string[], report: InsideReport, atMs: number): void {
  for (const unit of memory.restarts.keys()) if (!units.includes(unit)) memory.restarts.delete(unit);
  for (const unit of units) {
    const count = report.units.get(unit)?.restarts ?? null;
    if (count !== null) memory.restarts.set(unit, countsWith(memory.restarts.get(unit) ?? [], { atMs, count }));
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | null = null;
  return () => {
    begun ??= work();
    return begun;
  };
}
