import { type HealingGuard, type HealingRehearsal, healingGuards } from '../../contract/healing.ts';
import { securityDoubt } from '../../contract/health-words.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import type { WantedState } from '../../contract/machine.ts';
import { maintenanceEnd } from '../../contract/maintenance-window.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { chooseLadder } from './choose-ladder.ts';
import { caseAfterFailure, caseAfterIntent, caseAfterOutcome, caseAfterSuccess, newCase } from './healing-cases.ts';
import { type Failure, judgeHealing, type Situation } from './judge-healing.ts';
import { isManualAction } from './manual-actions.ts';
import type { Patient } from './patient.ts';
import { askBudget, machineLimits, unitLimits } from './restart-budget.ts';

/**
 * What a policy would have done over the recorded past: the same chain of guards and the same budgets, led through the
 * journal of one machine. A restart is taken to have helped, so that the failure it answers ends with it; what the watcher's
 * own network was like is known only where a refusal of that time says so, and a way inside is taken to have been there.
 * Pure; `entries` are oldest first.
 */
export function rehearsePolicy(
  machine: Pick<Patient, 'id' | 'name' | 'kind' | 'watch'>,
  quietMs: number,
  entries: readonly JournalEntry[],
  range: { readonly from: number; readonly to: number },
): HealingRehearsal {
  const { watch } = machine;
  const policy = watch.restart_policy;
  const steps: HealingRehearsal['steps'][number][] = [];
  let record = newCase(machine.id);
  let failure: Failure | null = null;
  let wanted: WantedState = 'running';
  let lastActionAt: number | null = null;
  let failures = 0;
  let restarts = 0;

  const step = (
    at: number,
    kind: (typeof steps)[number]['kind'],
    reason: string,
    guard: HealingGuard | null = null,
  ) => {
    if (at >= range.from) steps.push({ at: isoTime(at), kind, guard, reason });
  };

  const situationAt = (now: number, what: Failure): Situation => ({
    now,
    name: machine.name,
    policy,
    dryRun: true,
    failure: what,
    wanted,
    state: what.kind === 'ended' ? 'failed' : 'running',
    operation: null,
    pausedUntil: null,
    maintenanceUntil: maintenanceEnd(watch.maintenance, now),
    lastActionAt,
    quietMs,
    startAllowanceUntil: null,
    isRemote: false,
    observer: { faults: [], witnesses: 2, disturbance: null, graceMs: 0 },
    fleet: { remote: 0, turnedBad: 0, neighbours: { remote: 0, turnedBad: 0 }, size: 1 },
    contradictions: [],
    sickParents: [],
    ladder: chooseLadder(
      machine,
      what,
      { reachesInside: true, unit: what.kind === 'unit-failed' ? 'the unit' : null },
      record.tried,
      record.unit,
    ),
    unitBudget: askBudget(record.unit, unitLimits, now),
    machineBudget: askBudget(record.machine, machineLimits, now),
    healingNow: 0,
    healedLately: 0,
  });

  /** Leads an open failure on until something else happened. */
  const leadOn = (from: number, until: number): void => {
    let now = from;
    while (failure !== null && now < until) {
      const verdict = judgeHealing(situationAt(now, failure));
      if (verdict.kind === 'would-act' || verdict.kind === 'act') {
        if (now >= range.from) restarts += 1;
        step(now, 'would-act', verdict.reason);
        record = caseAfterOutcome(caseAfterIntent(record, verdict.rung, now));
        failure = null;
        return;
      }
      // The wait before a restart is part of every one of them.
      if (verdict.kind !== 'refuse' || verdict.guard !== 'budget')
        step(now, verdict.kind, verdict.reason, verdict.guard);
      if (verdict.kind === 'give-up' || verdict.until === null) return;
      now = Math.max(verdict.until, now + 1000);
    }
  };

  const begin = (what: Failure): void => {
    if (failure !== null) return;
    failure = what;
    record = caseAfterFailure(record, what.since);
    if (what.since >= range.from) failures += 1;
    step(what.since, 'failed', what.reason);
  };

  for (const [index, entry] of entries.entries()) {
    const at = Date.parse(entry.at);
    if (at > range.to) break;
    const next = entries[index + 1];
    const until = Math.min(next === undefined ? range.to : Date.parse(next.at), range.to);
    if (isManualAction(entry)) {
      lastActionAt = at;
      wanted = wantedAfter(entry, wanted);
      if (wanted !== 'running') failure = null;
    }
    const refusal = observedRefusal(entry);
    const found = failureIn(entry, at);
    if (refusal !== null && failure !== null) {
      step(at, 'refuse', entry.summary, refusal);
      failure = null;
    } else if (isWellIn(entry)) {
      record = caseAfterSuccess(record, at);
      if (failure !== null) step(at, 'well-again', entry.summary);
      failure = null;
    } else if (found !== null) {
      begin(found);
    }
    leadOn(at, until);
  }
  const first = entries[0];
  return {
    machine: machine.name,
    policy,
    from: isoTime(first === undefined ? range.from : Math.max(range.from, Date.parse(first.at))),
    to: isoTime(range.to),
    failures,
    restarts,
    steps,
  };
}

function failureIn({ action, details, summary }: JournalEntry, at: number): Failure | null {
  const text = (key: string): string => String(details[key] ?? '');
  if (action === 'machine.ended' && details.unexpected === true) {
    return { kind: 'ended', since: at, reason: summary, count: null };
  }
  if (action === 'machine.panicked') return { kind: 'held', since: at, reason: summary, count: null };
  if (action !== 'health.changed') return null;
  if (text('status') === 'unhealthy') {
    const kind = text('method') === 'unit' ? 'unit-failed' : 'unreachable';
    return { kind, since: at, reason: summary, count: null };
  }
  const cause = summary.slice(summary.indexOf(': ') + 2);
  return text('status') === 'degraded' && securityDoubt({ status: 'degraded', reason: cause }) !== null
    ? { kind: 'host-key', since: at, reason: summary, count: null }
    : null;
}

function isWellIn({ action, details }: JournalEntry): boolean {
  return (
    (action === 'health.changed' && details.status === 'healthy') ||
    action === 'machine.started' ||
    action === 'machine.restarted'
  );
}

function wantedAfter({ action }: JournalEntry, before: WantedState): WantedState {
  if (action === 'machine.started' || action === 'machine.restarted' || action === 'machine.resumed') return 'running';
  if (action === 'machine.stopped') return 'stopped';
  if (action === 'machine.paused') return 'paused';
  return action === 'machine.suspended' ? 'suspended' : before;
}

/** At that time the fault was seen to be on our side. */
function observedRefusal({ action, details }: JournalEntry): HealingGuard | null {
  if (action !== 'healing.refused') return null;
  const guard = healingGuards.find((name) => name === details.guard);
  return guard === 'own-health' || guard === 'fleet-wide' || guard === 'contradiction' ? guard : null;
}
