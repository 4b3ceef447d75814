import { describe, expect, test } from 'vitest';
import type { RestartBudget } from '../../../../main/contract/healing.ts';
import {
  askBudget,
  type BudgetLimits,
  budgetAfterFailure,
  budgetAfterRestart,
  budgetAfterSuccess,
  freshBudget,
  machineLimits,
  restartWaitsMs,
  stableMs,
  unitLimits,
  waitOf,
} from '../../../../main/engine/healing/restart-budget.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const hourMs = 3_600_000;
const generous: BudgetLimits = { inWindow: 100, windowMs: hourMs, inAll: null };

describe('the waits', () => {
  test('a failure waits 10 s before anything is restarted', () => {
    const failed = budgetAfterFailure(freshBudget, 1000);
    expect(askBudget(failed, machineLimits, 1000)).toEqual({ kind: 'wait', until: 11_000 });
    expect(askBudget(failed, machineLimits, 10_999).kind).toBe('wait');
    expect(askBudget(failed, machineLimits, 11_000)).toEqual({ kind: 'now' });
  });

  test('grow 10, 20, 40, 80, 160 and stay at 300 s, failed restarts included', () => {
    let budget = budgetAfterFailure(freshBudget, 0);
    const waits: number[] = [];
    for (let restart = 0; restart < 8; restart += 1) {
      waits.push(waitOf(budget) / 1000);
      budget = budgetAfterFailure(budgetAfterRestart(budget, generous, restart * hourMs), restart * hourMs + 1);
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test('count from the first word of a failure, not from the last', () => {
    const failed = budgetAfterFailure(budgetAfterFailure(freshBudget, 0), 9000);
    expect(askBudget(failed, machineLimits, 10_000)).toEqual({ kind: 'now' });
  });

  test('are short again after ten minutes of health, not after one good check', () => {
    const used = budgetAfterRestart(budgetAfterFailure(freshBudget, 0), machineLimits, 10_000);
    const once = budgetAfterSuccess(used, 20_000);
    expect(waitOf(once)).toBe(20_000);
    expect(waitOf(budgetAfterSuccess(once, 20_000 + stableMs - 1))).toBe(20_000);
    expect(waitOf(budgetAfterSuccess(once, 20_000 + stableMs))).toBe(10_000);
    const flapped = budgetAfterSuccess(budgetAfterFailure(once, 30_000), 40_000);
    expect(waitOf(budgetAfterSuccess(flapped, 20_000 + stableMs))).toBe(20_000);
  });
});

describe('the numbers', () => {
  const restarted = (times: readonly number[], limits: BudgetLimits): RestartBudget =>
    times.reduce((budget, at) => budgetAfterRestart(budget, limits, at), freshBudget);

  test('a machine is restarted three times in any hour', () => {
    const budget = restarted([0, 600_000, 1_200_000], machineLimits);
    expect(askBudget(budget, machineLimits, 1_800_000)).toEqual({ kind: 'spent', until: hourMs });
    expect(askBudget(budget, machineLimits, hourMs).kind).toBe('now');
  });

  test('and six times in all, until a person says go on', () => {
    const budget = restarted(
      [0, 1, 2, 3, 4, 5].map((hour) => hour * hourMs),
      machineLimits,
    );
    const well = budgetAfterSuccess(budgetAfterSuccess(budget, 6 * hourMs), 100 * hourMs);
    expect(askBudget(well, machineLimits, 100 * hourMs)).toEqual({ kind: 'tripped' });
  });

  test('a unit is restarted five times in 300 s and then has its turn again', () => {
    const budget = restarted([0, 10_000, 30_000, 70_000, 150_000], unitLimits);
    expect(askBudget(budget, unitLimits, 200_000)).toEqual({ kind: 'spent', until: 300_000 });
  });

  test('being well in between gives nothing back', () => {
    const used = restarted([0, 1000, 2000], machineLimits);
    expect(askBudget(budgetAfterSuccess(used, 3000), machineLimits, 400_000).kind).toBe('spent');
  });

  test('a clock that is set back makes no restart vanish', () => {
    const budget = restarted([10 * hourMs, 10 * hourMs + 1, 10 * hourMs + 2], machineLimits);
    expect(askBudget(budget, machineLimits, 5 * hourMs).kind).toBe('spent');
  });
});

test('in 2,000 random lives no hour has more than three restarts and none has more than six in all', () => {
  const random = seededRandom(20_261_121).next;
  for (let life = 0; life < 2000; life += 1) {
    let budget: RestartBudget = freshBudget;
    let now = 0;
    const restarts: number[] = [];
    for (let step = 0; step < 400; step += 1) {
      now += Math.floor(random() * 600_000);
      // Killed and read back: what is stored is all there is.
      if (random() < 0.2) budget = JSON.parse(JSON.stringify(budget));
      if (random() < 0.3) budget = budgetAfterSuccess(budget, now);
      else {
        budget = budgetAfterFailure(budget, now);
        if (askBudget(budget, machineLimits, now).kind === 'now') {
          const wait = waitOf(budget);
          expect(restartWaitsMs).toContain(wait);
          budget = budgetAfterRestart(budget, machineLimits, now);
          restarts.push(now);
        }
      }
    }
    expect(restarts.length).toBeLessThanOrEqual(6);
    for (const at of restarts) {
      expect(restarts.filter((other) => other >= at && other < at + hourMs).length).toBeLessThanOrEqual(3);
    }
  }
});
