import { describe, expect, it } from 'vitest';
import { type AlertRuleInput, AlertRules } from '../../../../main/contract/alert-rule.ts';
import type { MachineEnd } from '../../../../main/engine/ports/machine-provider.ts';
import { type EngineUnderTest, engineUnderTest, type Parts, someone } from '../../../support/engine-under-test.ts';
import { fakeRun, latch, MemoryAlertRules, MemoryLifecycle, MemoryMetrics } from '../../../support/fake-ports.ts';
import { HourlyStore } from '../../../support/hourly-store.ts';

const second = 1000;
const minute = 60 * second;
const killed: MachineEnd = { kind: 'killed', summary: 'killed by signal 9', consoleTail: '', events: '[]' };

const busy: AlertRuleInput = { name: 'busy', metric: 'cpu_percent', threshold: 40, severity: 'warning' };
const down: AlertRuleInput = { name: 'down', metric: 'machine_down', severity: 'critical' };

/** Its one machine has a process that is always at 50 % CPU. */
async function alerted(rules: readonly AlertRuleInput[], parts: Parts = {}): Promise<EngineUnderTest> {
  const alertRules = new MemoryAlertRules();
  alertRules.rules = AlertRules.parse({ rules });
  const test = await engineUnderTest({ alertRules, ...parts });
  await test.create({ name: 'demo', start: true });
  return test;
}

const alerts = (test: EngineUnderTest) =>
  test.store.journal
    .filter(({ action }) => action.startsWith('alert.'))
    .map(({ action, summary }) => `${action} ${summary}`);
const active = (test: EngineUnderTest) => test.engine.handlers['alert.active']({}, someone);
/** Its machine runs all the while. */
function again(test: EngineUnderTest, startAt = test.clock.wallNow()): Promise<EngineUnderTest> {
  for (const id of test.provider.processes.keys()) test.provider.findings.set(id, { kind: 'running', run: fakeRun(1) });
  return engineUnderTest({ ...test, store: test.store.copy(), startAt });
}

function kill(test: EngineUnderTest): void {
  const [{ id, generation } = { id: '', generation: 0 }] = [...test.store.machines.values()];
  test.provider.processes.delete(id);
  test.provider.report({ kind: 'ended', id, generation, end: killed });
}

describe('a rule about a reading', () => {
  it('fires with the reading that is beyond it, within two minutes of the breach, on the desktop and in the journal', async () => {
    const test = await alerted([busy]);
    await test.clock.advance(2 * minute);
    expect(alerts(test)).toEqual(["alert.fired Alert busy: CPU of 'demo' is 50 %: above 40 %."]);
    expect(test.notifier.shown).toMatchObject([{ title: 'demo: busy', severity: 'warning', machine: 'demo' }]);
    expect(await active(test)).toMatchObject([
      { rule: 'busy', machine: 'demo', state: 'firing', actualValue: 50, count: 1 },
    ]);
    expect([...test.store.episodes.values()]).toMatchObject([{ told: 'firing', state: 'firing' }]);
  });

  it('fires in the first round of a machine that began to run some time before it', async () => {
    const alertRules = new MemoryAlertRules();
    alertRules.rules = AlertRules.parse({ rules: [busy] });
    const test = await engineUnderTest({ alertRules });
    await test.clock.advance(10 * second);
    await test.create({ name: 'demo', start: true });
    await test.clock.advance(55 * second);
    expect(test.notifier.shown).toMatchObject([{ title: 'demo: busy' }]);
  });

  it('is pending until it has held, also across a restart of the engine, and no reading counts twice', async () => {
    const before = await alerted([{ ...busy, for_seconds: 300 }]);
    await before.clock.advance(4 * minute);
    expect(await active(before)).toMatchObject([{ rule: 'busy', state: 'pending', firedAt: null }]);
    await before.engine.stop();
    const test = await again(before);
    await test.clock.advance(90 * second);
    expect(await active(test)).toMatchObject([{ state: 'pending' }]);
    await test.clock.advance(3 * minute);
    expect(await active(test)).toMatchObject([{ state: 'firing' }]);
  });

  it('is over when the machine is stopped by a person, for then nothing is missing', async () => {
    const test = await alerted([busy]);
    await test.clock.advance(5 * minute);
    await test.ended(test.engine.handlers['machine.stop']({ machine: 'demo', force: true }, someone));
    await test.clock.advance(minute);
    expect(alerts(test).at(-1)).toMatch(
      /^alert\.resolved Alert busy is over: It fired for \d+ min\. 'demo' is at rest\.$/,
    );
  });

  it('goes on firing while readings fail, and a rule about missing readings tells of those', async () => {
    const test = await alerted([
      busy,
      { ...busy, name: 'silent', threshold: 99, no_data: { alert_after_seconds: 300 } },
    ]);
    await test.clock.advance(2 * minute);
    test.provider.readError = new Error('no answer');
    await test.clock.advance(10 * minute);
    expect(alerts(test)).toEqual([
      "alert.fired Alert busy: CPU of 'demo' is 50 %: above 40 %.",
      "alert.fired Alert silent: Nothing is known of CPU of 'demo' any longer.",
    ]);
    test.provider.readError = null;
    await test.clock.advance(3 * minute);
    expect(alerts(test).at(-1)).toMatch(/^alert\.resolved Alert silent is over/);
  });
});

describe('a rule about days that are left', () => {
  const soon: AlertRuleInput = {
    name: 'full-soon',
    metric: 'days_until_threshold',
    comparison: '<',
    threshold: 14,
    severity: 'warning',
  };
  /** Thirty days that climb by 0.9 points a day to this. */
  const climbing = (to: number) => Float64Array.from({ length: 720 }, (_, hour) => to - (0.9 / 24) * (720 - hour));

  it('fires once a disk is foretold to be full in fewer, and is over when that is not foretold any longer', async () => {
    const [metrics, hours] = [new MemoryMetrics(), new HourlyStore()];
    metrics.rollUps = (query) => hours.rollUps(query);
    const test = await alerted([soon], { metrics });
    const [id = ''] = test.store.machines.keys();
    hours.put(id, 'diskPercent', climbing(60), { endMs: test.clock.wallNow() });
    await test.clock.advance(6 * minute);
    // 33 days are left: known, and no reason to tell anybody.
    expect(alerts(test)).toEqual([]);
    // It is looked at anew once a day.
    await test.clock.advance(23 * 60 * minute);
    hours.put(id, 'diskPercent', climbing(80), { endMs: test.clock.wallNow() });
    await test.clock.advance(2 * 60 * minute);
    expect(alerts(test)).toEqual([
      expect.stringMatching(
        /^alert\.fired Alert full-soon: Disk of 'demo' is foretold to pass 90 % in (9|10|11)(\.\d)? days\.$/,
      ),
    ]);
    await test.clock.advance(22 * 60 * minute);
    hours.put(id, 'diskPercent', new Float64Array(720).fill(30), { endMs: test.clock.wallNow() });
    await test.clock.advance(3 * 60 * minute);
    expect(alerts(test).at(-1)).toMatch(/^alert\.resolved Alert full-soon is over/);
  });

  it('says nothing of a machine of which nothing is foretold', async () => {
    const test = await alerted([soon]);
    await test.clock.advance(60 * minute);
    expect(alerts(test)).toEqual([]);
  });

  it.each(['>', '>='] as const)('is refused with %s, which would tell of every machine that is well', (comparison) => {
    expect(() => AlertRules.parse({ rules: [{ ...soon, comparison }] })).toThrow(/it is < or <=/);
  });
});

describe('an alert that ends while Vigil is dead', () => {
  it.each([
    [
      'its machine was deleted',
      (test: EngineUnderTest) => {
        test.store.machines.clear();
        test.definitions.written.clear();
        test.provider.processes.clear();
      },
    ],
    [
      'its machine was stopped',
      (test: EngineUnderTest) => {
        for (const [id, record] of test.store.machines) {
          test.store.machines.set(id, { ...record, wanted: 'stopped', state: 'stopped', runtime: null });
          test.provider.processes.delete(id);
        }
      },
    ],
    [
      'its rule was taken out of the file',
      (test: EngineUnderTest) => {
        test.alertRules.rules = AlertRules.parse({});
      },
    ],
  ])('is told to be over, with how long it took, within one interval of the start: %s', async (_why, change) => {
    const before = await alerted([busy]);
    await before.clock.advance(10 * minute);
    await before.engine.stop();
    change(before);
    const later = await again(before, before.clock.wallNow() + 60 * minute);
    await later.clock.advance(minute);
    expect(alerts(later).at(-1)).toMatch(/^alert\.resolved Alert busy is over: It fired for 1 h \d+ min/);
    expect(later.notifier.shown).toMatchObject([{ title: 'demo: busy is over' }]);
  });

  it('control: one that goes on is not told again', async () => {
    const before = await alerted([busy]);
    await before.clock.advance(10 * minute);
    await before.engine.stop();
    const later = await again(before);
    await later.clock.advance(10 * minute);
    expect(later.notifier.shown).toEqual([]);
    expect(await active(later)).toMatchObject([{ state: 'firing', count: 1 }]);
  });
});

describe('a rule about a condition', () => {
  it('tells within seconds that a machine ended by itself, and that it is over once it runs again', async () => {
    const test = await alerted([down]);
    await test.clock.advance(minute);
    kill(test);
    await test.clock.advance(2 * second);
    expect(alerts(test)).toEqual(["alert.fired Alert down: 'demo' is down."]);
    await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    await test.clock.advance(20 * second);
    expect(alerts(test).at(-1)).toMatch(/^alert\.resolved Alert down is over/);
    // What the journal tells of it leads a rehearsal to the same.
    const [fired] = await test.engine.handlers['alert.history']({ limit: 10 }, someone);
    const { alerts: rehearsed } = await test.engine.handlers['alert.rehearse']({ rule: 'down', days: 1 }, someone);
    expect(rehearsed).toMatchObject([{ machine: 'demo', value: 1, count: 1 }]);
    const [again] = rehearsed;
    for (const key of ['firedAt', 'resolvedAt'] as const)
      expect(Math.abs(Date.parse(again?.[key] ?? '') - Date.parse(fired?.[key] ?? ''))).toBeLessThan(15 * second);
  });

  it('tells that a machine was down also when it was on its way back before anybody could look', async () => {
    const test = await alerted([down]);
    await test.clock.advance(minute);
    const gate = latch<void>();
    test.provider.startGate = gate.promise;
    kill(test);
    const starting = test.engine.handlers['machine.start']({ machine: 'demo' }, someone);
    await test.clock.advance(2 * second);
    const [machine] = await test.engine.handlers['machine.list']({}, someone);
    expect(machine?.state).toBe('starting');
    expect(alerts(test)).toEqual(["alert.fired Alert down: 'demo' is down."]);
    gate.open();
    await test.ended(starting);
    await test.clock.advance(20 * second);
    expect(alerts(test).at(-1)).toMatch(/^alert\.resolved Alert down is over/);
  });

  it('a machine that a person restarts was not down', async () => {
    const test = await alerted([down]);
    await test.clock.advance(minute);
    const gate = latch<void>();
    test.provider.startGate = gate.promise;
    const restarting = test.engine.handlers['machine.restart']({ machine: 'demo', force: true }, someone);
    await test.clock.advance(minute);
    gate.open();
    await test.ended(restarting);
    await test.clock.advance(minute);
    expect(alerts(test)).toEqual([]);
  });

  it('counts how often a machine ended by itself within an hour', async () => {
    const test = await alerted([{ name: 'loop', metric: 'crash_loop', severity: 'critical' }]);
    for (let ends = 0; ends < 3; ends += 1) {
      kill(test);
      await test.clock.advance(minute);
      await test.ended(test.engine.handlers['machine.start']({ machine: 'demo' }, someone));
    }
    expect(alerts(test)).toEqual([
      "alert.fired Alert loop: 'demo' ended 3 times within an hour without being asked to.",
    ]);
    await test.clock.advance(61 * minute);
    expect(alerts(test).at(-1)).toMatch(/^alert\.resolved Alert loop is over/);
  });
});

describe('what faces hear of alerts', () => {
  it('that something has changed with each turn of an alert, each message and each reading of the rules, and nothing in between', async () => {
    const test = await alerted([busy]);
    const heard = (): readonly number[] => [
      test.events.of('alerts.changed').length,
      test.events.of('deliveries.changed').length,
      test.events.of('alert-rules.changed').length,
    ];
    await test.clock.advance(2 * minute);
    // The message was written, and it was tried.
    expect(heard()).toEqual([1, 2, 0]);
    await test.clock.advance(10 * minute);
    expect(heard()).toEqual([1, 2, 0]);
    await test.engine.handlers['alert.snooze']({ rule: 'busy', seconds: 60 }, someone);
    expect(heard()).toEqual([2, 2, 0]);
    await test.engine.handlers['alert.enable']({ rule: 'busy', enabled: false }, someone);
    expect(heard()[2]).toBe(1);
    await test.clock.advance(second);
    expect(heard()[0]).toBeGreaterThan(2);
  });
});

describe('what a person does about an alert', () => {
  it('acknowledging it ends the reminders, and who did it is kept', async () => {
    const test = await alerted([{ ...busy, remind_seconds: 600 }]);
    await test.clock.advance(12 * minute);
    expect(test.notifier.shown).toHaveLength(2);
    const [episode] = await active(test);
    await test.engine.handlers['alert.acknowledge']({ episode: episode?.id.slice(0, 8) ?? '' }, someone);
    await test.clock.advance(60 * minute);
    expect(test.notifier.shown).toHaveLength(2);
    expect(await active(test)).toMatchObject([{ acknowledgedBy: 'dev' }]);
    expect(() => test.engine.handlers['alert.acknowledge']({ episode: 'ffffffff' }, someone)).toThrow(
      /No alert that fires/,
    );
  });

  it('a snooze is stored, holds what it is about and ends by itself', async () => {
    const before = await alerted([busy]);
    await before.engine.handlers['alert.snooze']({ rule: 'busy', machine: 'demo', seconds: 1800 }, someone);
    await before.clock.advance(10 * minute);
    await before.engine.stop();
    const test = await again(before);
    await test.clock.advance(10 * minute);
    expect(test.notifier.shown).toEqual([]);
    expect(await active(test)).toMatchObject([{ state: 'firing', heldBy: expect.stringMatching(/^snooze, until /) }]);
    await test.clock.advance(12 * minute);
    expect(test.notifier.shown).toMatchObject([{ title: 'demo: busy' }]);
    expect(await test.engine.handlers['alert.mutes']({}, someone)).toEqual([]);
  });

  it('planned maintenance holds everything back, and can be ended by its id', async () => {
    const test = await alerted([busy]);
    const until = new Date(test.clock.wallNow() + 60 * minute).toISOString();
    const mute = await test.engine.handlers['alert.plan-maintenance']({ until }, someone);
    await test.clock.advance(10 * minute);
    expect(test.notifier.shown).toEqual([]);
    await test.engine.handlers['alert.remove-mute']({ mute: mute.id.slice(0, 8) }, someone);
    await test.clock.advance(second);
    expect(test.notifier.shown).toHaveLength(1);
  });

  it('windows of single machines stand in the list with the file they are changed in, and are not ended by their id', async () => {
    const lifecycle = new MemoryLifecycle();
    await lifecycle.change('demo', { maintenance: ['sun 02:00-04:00', 'daily 12:00-12:30'] });
    const test = await alerted([busy], { lifecycle });
    const until = new Date(test.clock.wallNow() + 60 * minute).toISOString();
    const planned = await test.engine.handlers['alert.plan-maintenance']({ until }, someone);
    const mutes = await test.engine.handlers['alert.mutes']({}, someone);
    expect(mutes.map(({ machine, window, by, file }) => [machine, window, by, file])).toEqual([
      [null, null, 'dev', null],
      ['demo', 'sun 02:00-04:00', null, 'lifecycle-config.toml'],
      ['demo', 'daily 12:00-12:30', null, 'lifecycle-config.toml'],
    ]);
    expect(mutes[0]?.id).toBe(planned.id);
    expect(() => test.engine.handlers['alert.remove-mute']({ mute: mutes[1]?.id ?? '' }, someone)).toThrow(
      "That window of 'demo' stands in lifecycle-config.toml, and is taken out there.",
    );
    await test.engine.handlers['lifecycle.disable']({ machine: 'demo' }, someone);
    expect(test.events.of('alerts.changed').length).toBeGreaterThan(0);
  });

  it('the maintenance window of a machine holds back what is about it', async () => {
    const lifecycle = new MemoryLifecycle();
    await lifecycle.change('demo', { maintenance: ['daily 00:00-23:59'] });
    const test = await alerted([busy], { lifecycle });
    await test.clock.advance(5 * minute);
    expect(test.notifier.shown).toEqual([]);
    expect(await active(test)).toMatchObject([{ heldBy: 'its maintenance window' }]);
  });
});

describe('rules', () => {
  it('hold from the moment the file is saved; a broken one changes nothing and says where it is wrong', async () => {
    const test = await alerted([]);
    test.alertRules.edit({ rules: AlertRules.parse({ rules: [busy] }), fault: null });
    await test.clock.advance(2 * minute);
    expect(await active(test)).toHaveLength(1);
    test.alertRules.edit({
      rules: AlertRules.parse({ rules: [busy] }),
      fault: 'alert_rules.yaml line 3: rules.0.metric: A metric.',
    });
    await test.clock.advance(2 * minute);
    expect(await active(test)).toHaveLength(1);
    expect(await test.engine.handlers['engine.notices']({}, someone)).toMatchObject([
      { id: 'alert rules', text: 'alert_rules.yaml line 3: rules.0.metric: A metric.' },
    ]);
  });

  it.each([
    ['of another machine', { machines: ['other'] }],
    ['of another tag', { tags: ['db'] }],
    ['of another provider', { providers: ['ssh'] as const }],
    ['outside of its windows', { windows: ['daily 03:00-03:01'] }],
    ['that is switched off', { enabled: false }],
  ])('do not fire for a machine %s', async (_why, narrowed) => {
    const test = await alerted([{ ...busy, ...narrowed } as AlertRuleInput], {
      startAt: new Date(2026, 0, 1, 12).getTime(),
    });
    await test.clock.advance(5 * minute);
    expect(await active(test)).toEqual([]);
  });

  it('that are switched off end what they raised', async () => {
    const test = await alerted([busy]);
    await test.clock.advance(2 * minute);
    await test.engine.handlers['alert.enable']({ rule: 'busy', enabled: false }, someone);
    await test.clock.advance(second);
    expect(alerts(test).at(-1)).toMatch(/^alert\.resolved Alert busy is over: .* The rule is off or gone\.$/);
  });

  it('show their message on the desktop when tested, unless the desktop is switched off', async () => {
    const test = await alerted([busy]);
    await test.engine.handlers['alert.test']({ rule: 'busy' }, someone);
    expect(test.notifier.shown).toMatchObject([
      { title: 'demo: busy (test)', body: "Only a test. It would say: CPU of 'demo' is 45 %: above 40 %." },
    ]);
    test.alertRules.edit({
      rules: AlertRules.parse({ rules: [busy], notification_config: { desktop: { enabled: false } } }),
      fault: null,
    });
    expect(() => test.engine.handlers['alert.test']({ rule: 'busy' }, someone)).toThrow(/switched off/);
    await test.clock.advance(3 * minute);
    expect(test.notifier.shown).toHaveLength(1);
    expect(await active(test)).toHaveLength(1);
  });
});

it('history is kept after the end, the one that fired last first, with how long each took', async () => {
  const test = await alerted([busy, down]);
  await test.clock.advance(2 * minute);
  kill(test);
  await test.clock.advance(2 * minute);
  const history = await test.engine.handlers['alert.history']({ limit: 10 }, someone);
  expect(history.map(({ rule, state }) => [rule, state])).toEqual([
    ['down', 'firing'],
    ['busy', 'firing'],
  ]);
  expect(
    await test.engine.handlers['alert.history']({ rule: 'busy', machine: 'demo', limit: 10 }, someone),
  ).toHaveLength(1);
});

it('a rehearsal over 30 days with seven known breaches lists exactly those seven, honouring hold, clear level and silence', async () => {
  const metrics = new MemoryMetrics();
  const test = await alerted([{ ...busy, threshold: 80, for_seconds: 300, clear: 60, enabled: false }], { metrics });
  const [{ id } = { id: '' }] = [...test.store.machines.values()];
  const to = test.clock.wallNow();
  const day = 24 * 60 * minute;
  const breaches = [1, 4, 5, 11, 17, 23, 29].map((days) => to - 30 * day + days * day + 13 * minute);
  for (let at = to - 30 * day; at < to; at += minute) {
    const since = breaches.map((from) => at - from);
    const isHigh = since.some((ms) => ms >= 0 && ms < 40 * minute);
    // Not over yet at 70, and beyond again: still the same one.
    const isBetween = since.some((ms) => ms >= 15 * minute && ms < 20 * minute);
    // Too short to count.
    const isSpike = since.some((ms) => ms >= 120 * minute && ms < 124 * minute);
    const cpuPercent = isBetween ? 70 : isHigh || isSpike ? 95 : 20;
    const none = {
      memoryPercent: null,
      diskPercent: null,
      diskReadBytesPerSecond: null,
      diskWriteBytesPerSecond: null,
    };
    const sample = { ...none, networkInBytesPerSecond: null, networkOutBytesPerSecond: null, cpuPercent };
    metrics.samples.push({ machineId: id, atMs: at, source: 'guest', error: null, ...sample });
  }
  const later = await engineUnderTest({ ...test, store: test.store.copy(), metrics, startAt: to });
  const found = await later.engine.handlers['alert.rehearse']({ rule: 'busy', days: 30 }, someone);
  const step = minute;
  const firstAfter = (moment: number) => Math.ceil((moment - (to - 30 * day)) / step) * step + (to - 30 * day);
  expect(found.alerts.map(({ firedAt }) => Date.parse(firedAt))).toEqual(
    breaches.map((from) => firstAfter(from) + 5 * minute),
  );
  expect(found).toMatchObject({ machines: 1, remark: null });
});
