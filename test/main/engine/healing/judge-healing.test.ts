import { describe, expect, test } from 'vitest';
import { failureKinds, type HealingGuard } from '../../../../main/contract/healing.ts';
import { judgeHealing, type Situation, stillAllowed } from '../../../../main/engine/healing/judge-healing.ts';

const minute = 60_000;
const now = 1_000 * minute;

/** A remote machine that really is down, with nothing that speaks against helping it. */
const down: Situation = {
  now,
  name: 'web',
  policy: 'on-failure',
  dryRun: false,
  failure: {
    kind: 'unreachable',
    since: now - 3 * minute,
    reason: 'SSH down.',
    count: { failures: 3, threshold: 3 },
  },
  wanted: 'running',
  state: 'running',
  operation: null,
  pausedUntil: null,
  maintenanceUntil: null,
  lastActionAt: null,
  quietMs: 900_000,
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
};

test('a machine that really is down is helped by the gentlest rung', () => {
  expect(judgeHealing(down)).toEqual({ kind: 'act', rung: 'restart', reason: 'SSH down. (policy on-failure)' });
});

test('a dry run says what it would have done', () => {
  expect(judgeHealing({ ...down, dryRun: true })).toMatchObject({ kind: 'would-act', rung: 'restart' });
});

const refusals: readonly (readonly [string, Partial<Situation>, HealingGuard, number | null])[] = [
  ['the policy never', { policy: 'never' }, 'policy', null],
  [
    'two failed checks of three',
    { failure: { ...down.failure, count: { failures: 2, threshold: 3 } } },
    'policy',
    null,
  ],
  ['a stop that was wanted', { wanted: 'stopped' }, 'wanted', null],
  ['a pause that was wanted', { wanted: 'paused' }, 'wanted', null],
  ['a suspension', { wanted: 'suspended' }, 'wanted', null],
  ['a deallocation', { state: 'deallocated' }, 'wanted', null],
  ['an operation under way', { operation: 'Taking a snapshot' }, 'operation', null],
  ['healing paused for an hour', { pausedUntil: now + 60 * minute }, 'paused', now + 60 * minute],
  ['healing paused until further notice', { pausedUntil: Number.POSITIVE_INFINITY }, 'paused', null],
  ['a maintenance window', { maintenanceUntil: now + minute }, 'maintenance', now + minute],
  ['someone at work ten minutes ago', { lastActionAt: now - 10 * minute }, 'recent-action', now + 5 * minute],
  [
    'someone at work in the future of a clock set back',
    { lastActionAt: now + minute },
    'recent-action',
    now + 15 * minute,
  ],
  ['a start just now', { startAllowanceUntil: now + 30_000 }, 'start-allowance', now + 30_000],
  ['no link', { observer: { ...down.observer, faults: ['This computer has no network.'] } }, 'own-health', null],
  ['one witness only', { observer: { ...down.observer, witnesses: 1 } }, 'own-health', null],
  [
    'a computer that woke up just now',
    { observer: { ...down.observer, disturbance: { at: now - minute, what: 'This computer slept.' } } },
    'own-health',
    now + minute,
  ],
  [
    'most of the fleet gone together',
    { fleet: { ...down.fleet, remote: 5, turnedBad: 3, size: 5 } },
    'fleet-wide',
    null,
  ],
  [
    'most of its own network gone together',
    { fleet: { ...down.fleet, remote: 20, turnedBad: 4, neighbours: { remote: 4, turnedBad: 4 } } },
    'fleet-wide',
    null,
  ],
  ['an agent that answers', { contradictions: ['The guest agent answers.'] }, 'contradiction', null],
  ['a parent that is not well', { sickParents: ['db'] }, 'dependencies', null],
  ['a wait that is not over', { machineBudget: { kind: 'wait', until: now + 10_000 } }, 'budget', now + 10_000],
  ['three restarts within the hour', { machineBudget: { kind: 'spent', until: now + 1 } }, 'budget', now + 1],
  ['two machines being restarted', { healingNow: 2 }, 'fleet-budget', null],
  ['a tenth of the fleet restarted within ten minutes', { healedLately: 1 }, 'fleet-budget', null],
];

describe('each guard alone refuses', () => {
  test.each(refusals)('%s', (_, over, guard, until) => {
    const verdict = judgeHealing({ ...down, ...over });
    expect(verdict).toMatchObject({ kind: 'refuse', guard, until });
    expect(verdict.reason).toMatch(/^\S.*[.?]$/);
  });
});

test.each(failureKinds.filter((kind) => !['ended', 'held', 'unreachable', 'unit-failed'].includes(kind)))(
  'a failure of kind %s is none of the machine, so nothing is restarted',
  (kind) => {
    expect(judgeHealing({ ...down, failure: { ...down.failure, kind } })).toMatchObject({
      kind: 'refuse',
      guard: 'failure-kind',
    });
  },
);

describe('what a process that is gone needs', () => {
  const ended: Situation = {
    ...down,
    isRemote: false,
    failure: { kind: 'ended', since: now - 1000, reason: 'Killed by signal 9.', count: null },
  };

  test('no network and no witnesses', () => {
    const observer = {
      faults: ['This computer has no network.'],
      witnesses: 0,
      disturbance: { at: now - 1, what: 'This computer slept.' },
      graceMs: minute,
    };
    expect(judgeHealing({ ...ended, observer })).toMatchObject({ kind: 'act' });
  });

  test('no start allowance, for it has ended already', () => {
    expect(judgeHealing({ ...ended, startAllowanceUntil: now + minute })).toMatchObject({ kind: 'act' });
  });

  test('but not while the person who was at it may be the cause', () => {
    expect(judgeHealing({ ...ended, lastActionAt: now - 500 })).toMatchObject({ guard: 'recent-action' });
    expect(judgeHealing({ ...ended, lastActionAt: now - 2000 })).toMatchObject({ kind: 'act' });
  });
});

describe('a loopback machine', () => {
  test('needs no witnesses of the network, and no other machine speaks for it', () => {
    const observer = { ...down.observer, witnesses: 0 };
    expect(
      judgeHealing({ ...down, isRemote: false, observer, fleet: { ...down.fleet, remote: 3, turnedBad: 3, size: 9 } }),
    ).toMatchObject({ kind: 'act' });
  });

  test('is left alone while this computer itself is unwell', () => {
    const observer = { ...down.observer, faults: ['The engine was starved for 40 s.'] };
    expect(judgeHealing({ ...down, isRemote: false, observer })).toMatchObject({ guard: 'own-health' });
  });
});

describe('the ladder', () => {
  const withUnit: Situation = { ...down, ladder: ['restart-unit', 'restart', 'hard-restart'] };

  test('begins with the unit, also when the guest is alive', () => {
    expect(judgeHealing(withUnit)).toMatchObject({ kind: 'act', rung: 'restart-unit' });
    expect(judgeHealing({ ...withUnit, contradictions: ['The guest agent answers.'] })).toMatchObject({
      kind: 'act',
      rung: 'restart-unit',
    });
  });

  test('goes on to the machine when the unit is spent', () => {
    expect(judgeHealing({ ...withUnit, unitBudget: { kind: 'spent', until: now + 1 } })).toMatchObject({
      kind: 'act',
      rung: 'restart',
    });
  });

  test('stays with the unit while its wait runs', () => {
    expect(judgeHealing({ ...withUnit, unitBudget: { kind: 'wait', until: now + 5 } })).toMatchObject({
      kind: 'refuse',
      guard: 'budget',
      until: now + 5,
    });
  });

  test('never ends a guest that shows it is alive', () => {
    const alive = {
      ...withUnit,
      contradictions: ['The guest agent answers.'],
      unitBudget: { kind: 'spent', until: now + 9 },
    } as const;
    expect(judgeHealing(alive)).toMatchObject({ kind: 'refuse', guard: 'budget', until: now + 9 });
  });

  test('ends with a person when the machine was restarted as often as it may be', () => {
    expect(judgeHealing({ ...down, machineBudget: { kind: 'tripped' } })).toMatchObject({
      kind: 'give-up',
      guard: 'tripped',
    });
  });

  test('gives up when nothing is left to try', () => {
    expect(judgeHealing({ ...down, ladder: [] })).toMatchObject({ kind: 'give-up', guard: 'ladder' });
  });
});

describe('immediately before the act', () => {
  test('what changed since still stops it', () => {
    expect(stillAllowed(down)).toBeNull();
    expect(stillAllowed({ ...down, wanted: 'stopped' })).toMatchObject({ guard: 'wanted' });
    expect(stillAllowed({ ...down, observer: { ...down.observer, witnesses: 0 } })).toMatchObject({
      guard: 'own-health',
    });
  });
});

test('always restarts at the first failed check, on-failure waits for the threshold', () => {
  const first = { ...down, failure: { ...down.failure, count: { failures: 1, threshold: 3 } } };
  expect(judgeHealing({ ...first, policy: 'always' })).toMatchObject({ kind: 'act' });
  expect(judgeHealing({ ...first, policy: 'on-failure' })).toMatchObject({ kind: 'refuse', guard: 'policy' });
});
