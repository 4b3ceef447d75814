import type { RestartBudget } from '../../contract/healing.ts';

/**
 * How often something may be restarted: a wait before each restart that grows, a number in a window, and a number in all.
 * Pure; moments are wall-clock milliseconds, because a budget outlives the engine.
 */

/** Before the first, second, ... restart; the last goes for all that follow (S3-03). */
export const restartWaitsMs = [10_000, 20_000, 40_000, 80_000, 160_000, 300_000] as const;
/** So long well, and the waits begin anew. The restarts that were used stay used. */
export const stableMs = 600_000;

export interface BudgetLimits {
  readonly inWindow: number;
  readonly windowMs: number;
  /** Until a person clears it; null for no such number. */
  readonly inAll: number | null;
}

/** A unit on a machine; when it is spent the next rung has its turn. */
export const unitLimits: BudgetLimits = { inWindow: 5, windowMs: 300_000, inAll: null };
/** The machine itself; when it is spent only a person goes on. */
export const machineLimits: BudgetLimits = { inWindow: 3, windowMs: 3_600_000, inAll: 6 };

export const freshBudget: RestartBudget = { step: 0, restarts: [], total: 0, waitFrom: null, wellSince: null };

/** What a budget says to a restart at `now`. */
export type BudgetAnswer =
  | { readonly kind: 'now' }
  /** The wait before it is not over. */
  | { readonly kind: 'wait'; readonly until: number }
  /** Too many in the window. */
  | { readonly kind: 'spent'; readonly until: number }
  /** Too many in all. */
  | { readonly kind: 'tripped' };

export function askBudget(budget: RestartBudget, limits: BudgetLimits, now: number): BudgetAnswer {
  if (limits.inAll !== null && budget.total >= limits.inAll) return { kind: 'tripped' };
  const inWindow = restartsWithin(budget, limits.windowMs, now);
  if (inWindow.length >= limits.inWindow) {
    const oldest = inWindow[inWindow.length - limits.inWindow] ?? now;
    return { kind: 'spent', until: oldest + limits.windowMs };
  }
  const until = Math.min(budget.waitFrom ?? now, now) + waitOf(budget);
  return until > now ? { kind: 'wait', until } : { kind: 'now' };
}

/** Milliseconds. */
export function waitOf(budget: RestartBudget): number {
  return restartWaitsMs[Math.min(budget.step, restartWaitsMs.length - 1)] ?? 0;
}

/** Something went wrong: the wait counts from the first word of it. */
export function budgetAfterFailure(budget: RestartBudget, now: number): RestartBudget {
  return { ...budget, wellSince: null, waitFrom: budget.waitFrom ?? now };
}

/** A restart begins. It is used from here on, however it ends and even if nobody learns how. */
export function budgetAfterRestart(budget: RestartBudget, limits: BudgetLimits, now: number): RestartBudget {
  return {
    step: Math.min(budget.step + 1, restartWaitsMs.length - 1),
    restarts: [...restartsWithin(budget, limits.windowMs, now), now],
    total: budget.total + 1,
    waitFrom: now,
    wellSince: null,
  };
}

/** A good check. One of them forgives nothing; only having been well for long makes the waits short again. */
export function budgetAfterSuccess(budget: RestartBudget, now: number): RestartBudget {
  const wellSince = Math.min(budget.wellSince ?? now, now);
  const stable = now - wellSince >= stableMs;
  return { ...budget, wellSince, waitFrom: null, step: stable ? 0 : budget.step };
}

/** A person says: go on. */
export function releasedBudget(): RestartBudget {
  return freshBudget;
}

/** A clock that was set back must not make old restarts vanish: one from the future counts as of now. */
function restartsWithin(budget: RestartBudget, windowMs: number, now: number): readonly number[] {
  return budget.restarts.map((at) => Math.min(at, now)).filter((at) => now - at < windowMs);
}
