import { judgeHealing } from '../../../main/engine/healing/judge-healing.ts';
import type { CheckResult } from '../../../main/engine/health/health-state.ts';

const minute = 60_000;
const now = 1_000 * minute;

/**
 * Whether a machine that failed this check often enough would be restarted if nothing else spoke against it: the policy asks
 * for it, the network is sound, budgets are full.
 */
export function wouldHeal(result: CheckResult): boolean {
  if (result.cause === null) return false;
  const verdict = judgeHealing({
    now,
    name: 'web',
    policy: 'always',
    dryRun: false,
    failure: {
      kind: result.cause,
      since: now - 3 * minute,
      reason: result.reason,
      count: { failures: 3, threshold: 3 },
    },
    wanted: 'running',
    state: 'running',
    operation: null,
    pausedUntil: null,
    maintenanceUntil: null,
    lastActionAt: null,
    quietMs: 15 * minute,
    startAllowanceUntil: null,
    isRemote: true,
    observer: { faults: [], witnesses: 2, disturbance: null, graceMs: 2 * minute },
    fleet: { remote: 10, turnedBad: 1, neighbours: { remote: 1, turnedBad: 1 }, size: 10 },
    contradictions: [],
    sickParents: [],
    ladder: ['restart', 'hard-restart'],
    unitBudget: { kind: 'now' },
    machineBudget: { kind: 'now' },
    healingNow: 0,
    healedLately: 0,
  });
  return verdict.kind === 'act';
}
