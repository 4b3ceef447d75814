import type { HealingRung, RestartBudget } from '../../contract/healing.ts';
import type { HealingRecord } from '../ports/state-store.ts';
import {
  budgetAfterFailure,
  budgetAfterRestart,
  budgetAfterSuccess,
  freshBudget,
  machineLimits,
  unitLimits,
} from './restart-budget.ts';

/** How a machine's record of healing goes on: pure, one function per thing that can happen to it. */

export function newCase(machineId: string): HealingRecord {
  return { machineId, unit: freshBudget, machine: freshBudget, tried: [], acting: null };
}

export function caseAfterFailure(record: HealingRecord, now: number): HealingRecord {
  return unlessSame(record, {
    ...record,
    unit: budgetAfterFailure(record.unit, now),
    machine: budgetAfterFailure(record.machine, now),
  });
}

/** A good check. What was tried is forgotten only once it has been well for long, as the waits are. */
export function caseAfterSuccess(record: HealingRecord, now: number): HealingRecord {
  const unit = budgetAfterSuccess(record.unit, now);
  const machine = budgetAfterSuccess(record.machine, now);
  const isStable = machine.step === 0 && unit.step === 0;
  return unlessSame(record, { ...record, unit, machine, tried: isStable ? [] : record.tried });
}

/** Something is about to be done: it counts from here on, however it ends. */
export function caseAfterIntent(record: HealingRecord, rung: HealingRung, now: number): HealingRecord {
  const used = (budget: RestartBudget, own: boolean) =>
    own ? budgetAfterRestart(budget, rung === 'restart-unit' ? unitLimits : machineLimits, now) : budget;
  return {
    ...record,
    unit: used(record.unit, rung === 'restart-unit'),
    machine: used(record.machine, rung !== 'restart-unit'),
    tried: record.tried.includes(rung) ? record.tried : [...record.tried, rung],
    acting: rung,
  };
}

/** Nothing was done after all: what it would have used is given back. */
export function caseCalledOff(before: HealingRecord): HealingRecord {
  return { ...before, acting: null };
}

export function caseAfterOutcome(record: HealingRecord): HealingRecord {
  return { ...record, acting: null };
}

/** A person looked at it. */
export function caseReleased(record: HealingRecord): HealingRecord {
  return { ...newCase(record.machineId), acting: record.acting };
}

/** The moment of a good check changes nothing that anybody would want written. */
function unlessSame(before: HealingRecord, after: HealingRecord): HealingRecord {
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
