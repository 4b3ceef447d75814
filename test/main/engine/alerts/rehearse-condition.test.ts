import { describe, expect, it } from 'vitest';
import { AlertRule, type AlertRuleInput } from '../../../../main/contract/alert-rule.ts';
import type { JournalAction, JournalDetails, JournalEntry } from '../../../../main/contract/journal.ts';
import { conditionHistory } from '../../../../main/engine/alerts/condition-history.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import type { MemoryStore } from '../../../support/fake-ports.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const days = 30;

interface Told {
  readonly at: number;
  readonly action: JournalAction;
  readonly details?: JournalDetails;
  readonly actor?: JournalEntry['actor'];
}

const entriesOf = (machineId: string, told: readonly Told[], firstId = 1): readonly JournalEntry[] =>
  told
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, action, details = {}, actor = 'engine' }, index) => ({
      id: firstId + index,
      at: new Date(at).toISOString(),
      machineId,
      machine: 'demo',
      actor,
      action,
      summary: 'Something happened.',
      details,
    }));

/** A machine whose journal tells all that; and the moment at which the engine looks back. */
async function told(
  story: (to: number) => readonly Told[],
): Promise<{ readonly test: EngineUnderTest; readonly to: number }> {
  const before = await engineUnderTest();
  await before.create({ name: 'demo' });
  await before.engine.stop();
  const to = before.clock.wallNow() + (days + 20) * day;
  const store: MemoryStore = before.store.copy();
  const [{ id } = { id: '' }] = [...store.machines.values()];
  store.journal.push(...entriesOf(id, story(to), store.journal.length + 1));
  return { test: await engineUnderTest({ ...before, store, startAt: to }), to };
}

async function rehearsed(test: EngineUnderTest, rule: AlertRuleInput, over = days) {
  return test.engine.handlers['alert.rehearse']({ rule: AlertRule.parse(rule), days: over }, someone);
}

const down: AlertRuleInput = { name: 'down', metric: 'machine_down', severity: 'critical' };
const unexpected = { unexpected: true };

describe('a rule about forecasts, rehearsed', () => {
  it('says that nobody knows what was foretold then, and not that it would never have fired', async () => {
    const { test } = await told((now) => [{ at: now - 20 * day, action: 'machine.started' }]);
    const rule = { name: 'soon', metric: 'days_until_threshold', comparison: '<', threshold: 14, severity: 'warning' };
    expect(await rehearsed(test, AlertRule.parse(rule))).toMatchObject({
      machines: 0,
      alerts: [],
      remark: 'What was foretold earlier is not recorded: when it would have fired cannot be told.',
    });
  });
});

describe('a rule about a condition, rehearsed over the journal', () => {
  it('lists exactly the seven times of thirty days at which the machine was down for long enough, with their ends', async () => {
    const breaches = [1, 4, 5, 11, 17, 23, 29].map((after) => after * day + 13 * minute);
    const { test, to } = await told((now) => {
      const from = now - days * day;
      return [
        { at: from - 10 * day, action: 'machine.started' },
        // Before the time that is looked at.
        { at: from - 5 * day, action: 'machine.ended', details: unexpected },
        { at: from - 5 * day + 60 * minute, action: 'machine.started' },
        ...breaches.flatMap((after): readonly Told[] => [
          { at: from + after, action: 'machine.ended', details: unexpected },
          { at: from + after + 40 * minute, action: 'machine.started' },
          // Too short to count.
          { at: from + after + 120 * minute, action: 'machine.ended', details: unexpected },
          { at: from + after + 124 * minute, action: 'machine.started' },
          // A person wanted that.
          { at: from + after + 240 * minute, action: 'machine.stopped', actor: 'user' },
          { at: from + after + 300 * minute, action: 'machine.started', actor: 'user' },
        ]),
      ];
    });
    const found = await rehearsed(test, { ...down, for_seconds: 300 });
    const from = to - days * day;
    const time = (moment: string | null) => (moment === null ? null : Date.parse(moment) - from);
    expect(found).toMatchObject({ machines: 1, remark: null });
    expect(found.alerts.map(({ firedAt }) => time(firedAt))).toEqual(breaches.map((after) => after + 5 * minute));
    expect(found.alerts.map(({ resolvedAt }) => time(resolvedAt))).toEqual(
      breaches.map((after) => after + 45 * minute),
    );
    expect(found.alerts.map(({ value, count }) => [value, count])).toEqual(breaches.map(() => [1, 1]));
  });

  it('counts unexpected ends as they are counted in earnest, and goes on with one alert in the silence', async () => {
    const { test, to } = await told((now) =>
      [0, 10, 20, 200, 220].map((after) => ({
        at: now - day + after * minute,
        action: 'machine.ended' as const,
        details: unexpected,
      })),
    );
    const found = await rehearsed(test, { name: 'loop', metric: 'crash_loop', severity: 'warning' }, 7);
    expect(found.alerts).toMatchObject([
      {
        firedAt: new Date(to - day + 20 * minute).toISOString(),
        resolvedAt: new Date(to - day + 60 * minute).toISOString(),
        value: 3,
      },
    ]);
  });

  it('what still holds at the end is not over, and what held before the begin fires at the begin', async () => {
    const { test, to } = await told((now) => [
      { at: now - 10 * day, action: 'snapshot.failed' },
      { at: now - 5 * day, action: 'snapshot.taken' },
      { at: now - day, action: 'snapshot.failed' },
    ]);
    const rule = { name: 'snap', metric: 'snapshot_failed', severity: 'warning' } as const;
    expect((await rehearsed(test, rule, 7)).alerts).toMatchObject([
      { firedAt: new Date(to - 7 * day).toISOString(), resolvedAt: new Date(to - 5 * day).toISOString() },
      { firedAt: new Date(to - day).toISOString(), resolvedAt: null },
    ]);
  });

  it('fires for what nobody could tell only where the rule says so, after the time it says', async () => {
    const { test, to } = await told((now) => [
      { at: now - 3 * day, action: 'machine.started' },
      { at: now - day, action: 'health.changed', details: { status: 'unknown' } },
      { at: now - day + 60 * minute, action: 'health.changed', details: { status: 'healthy' } },
    ]);
    expect((await rehearsed(test, down, 7)).alerts).toEqual([]);
    const silent = await rehearsed(test, { ...down, no_data: { alert_after_seconds: 600 } }, 7);
    expect(silent.alerts).toMatchObject([
      {
        firedAt: new Date(to - day + 10 * minute).toISOString(),
        resolvedAt: new Date(to - day + 60 * minute).toISOString(),
        value: null,
      },
    ]);
  });

  it('says of checks inside a machine what the journal does not hold', async () => {
    const { test } = await told((now) => [
      { at: now - 40 * day, action: 'machine.started' },
      { at: now - day, action: 'health.changed', details: { status: 'degraded', method: 'unit', deadServices: 2 } },
    ]);
    const dead = { name: 'dead', metric: 'service_dead', severity: 'critical' } as const;
    const found = await rehearsed(test, dead);
    expect(found).toMatchObject({ alerts: [{ value: 2, resolvedAt: null }] });
    expect(found.remark).toMatch(/^Known from the journal/);
  });
});

describe('the history of a condition', () => {
  const at = 1_000_000;
  const values = (name: Parameters<typeof conditionHistory>[0], all: readonly Told[]) =>
    conditionHistory(name, entriesOf('id', all)).map(({ value }) => value);
  const health = (minutes: number, details: JournalDetails): Told => ({
    at: at + minutes * minute,
    action: 'health.changed',
    details,
  });

  it('takes a machine for down where it does not answer, and not where something inside it fails', () => {
    const unhealthy = { status: 'unhealthy', method: 'ssh' };
    expect(values('machine_down', [health(1, { ...unhealthy, cause: 'unreachable' })])).toEqual([1]);
    expect(values('machine_down', [health(1, { ...unhealthy, cause: 'auth' })])).toEqual([0]);
    // As earlier versions wrote it.
    expect(values('machine_down', [health(1, unhealthy)])).toEqual([1]);
    expect(values('machine_down', [health(1, { ...unhealthy, method: 'unit' })])).toEqual([0]);
  });

  it('knows nothing better where an entry says nothing, and forgets what was wrong inside with a new run', () => {
    const stale = health(1, { status: 'degraded', method: 'heartbeat' });
    const deaf = health(2, { status: 'unhealthy', method: 'ssh' });
    expect(values('heartbeat_stale', [health(0, { status: 'healthy' }), stale, deaf])).toEqual([0, 1]);
    const started: Told = { at: at + 3 * minute, action: 'machine.started' };
    expect(values('heartbeat_stale', [health(0, { status: 'healthy' }), stale, deaf, started])).toEqual([0, 1, 0]);
  });

  it('of a machine that nothing is written of is none', () => {
    expect(conditionHistory('machine_down', [])).toEqual([]);
  });
});
