import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AlertMute, Episode } from '../../../main/contract/alert.ts';
import { AlertRule } from '../../../main/contract/alert-rule.ts';
import type { Handlers } from '../../../main/contract/calls.ts';
import { type AnsweringEngine, answeringEngine } from '../../support/answering-engine.ts';
import { runCliHere } from '../../support/cli-here.ts';

/** `monitor alert`, in front of an engine whose answers are ours. */

let rig: AnsweringEngine | undefined;
let home: string;

async function engine(answers: Partial<Handlers>): Promise<void> {
  await rig?.end();
  rig = await answeringEngine(answers);
  home = rig.home;
}

const vigil = async (...args: string[]) => {
  const end = await runCliHere(home, ['monitor', 'alert', ...args]);
  return { ...end, stdout: end.stdout.trimEnd() };
};
const asked = (name: keyof Handlers) =>
  rig === undefined ? [] : vi.mocked(rig.handlers[name]).mock.calls.map(([input]) => input);

const busy = AlertRule.parse({
  name: 'busy',
  metric: 'cpu_percent',
  threshold: 80,
  severity: 'warning',
  for_seconds: 300,
});
const episode: Episode = {
  id: '3f2a9c10-0000-4000-8000-000000000001',
  rule: 'busy',
  machine: 'demo\u001b[2J',
  machineId: 'm',
  metric: 'cpu_percent',
  severity: 'warning',
  state: 'firing',
  actualValue: 91.25,
  threshold: 80,
  message: 'CPU.',
  since: '2026-03-17T20:25:15.000Z',
  firedAt: '2026-03-17T20:30:15.000Z',
  resolvedAt: null,
  resolvedBecause: null,
  acknowledgedBy: 'dev',
  count: 2,
  isFlapping: true,
  heldBy: 'a common cause',
  affected: [],
};
const mute: AlertMute = {
  id: '4f2a9c10-0000-4000-8000-000000000001',
  kind: 'maintenance',
  rule: null,
  machine: 'demo',
  from: null,
  until: null,
  window: 'sun 02:00-04:00',
  by: 'dev',
  file: null,
};

beforeEach(() => engine({}));
afterEach(() => rig?.end());

test('list shows every rule, as a table and as JSON', async () => {
  await engine({ 'alert.rules': () => [busy] });
  expect((await vigil('list')).stdout.split('\n')).toEqual([
    'RULE  ON  SEVERITY  WHEN              FOR    MACHINES  CHANNELS',
    'busy  on  warning   cpu_percent > 80  5 min  all       -',
  ]);
  expect(JSON.parse((await vigil('list', '--json')).stdout)).toMatchObject([{ name: 'busy', for_seconds: 300 }]);
});

describe('add', () => {
  test('hands every flag on', async () => {
    await engine({ 'alert.add': () => busy });
    const flags = ['--metric', 'cpu_percent', '--threshold', '80', '--comparison', '>=', '--severity', 'critical'];
    const more = [
      '--for',
      '5m',
      '--clear',
      '70.5',
      '--channel',
      'email',
      '--channel',
      'slack',
      '--vm',
      'demo',
      '--tag',
      'web',
    ];
    const last = ['--provider', 'qemu', '--window', 'mon 08:00-18:00', '--remind', '2h', '--missing-after', '10m'];
    expect(await vigil('add', 'busy', ...flags, ...more, ...last)).toMatchObject({
      exitCode: 0,
      stdout: 'Rule busy is in force.',
    });
    expect(asked('alert.add')).toEqual([
      {
        name: 'busy',
        metric: 'cpu_percent',
        threshold: 80,
        comparison: '>=',
        severity: 'critical',
        enabled: true,
        for_seconds: 300,
        clear: 70.5,
        notification_channels: ['email', 'slack'],
        machines: ['demo'],
        tags: ['web'],
        providers: ['qemu'],
        windows: ['mon 08:00-18:00'],
        remind_seconds: 7200,
        no_data: { alert_after_seconds: 600 },
      },
    ]);
  });

  test.each([
    [['--metric', 'cpu', '--severity', 'warning'], 'metric'],
    [['--metric', 'cpu_percent', '--comparison', '=='], 'comparison'],
    [['--metric', 'cpu_percent', '--severity', 'bad'], 'severity'],
    [['--metric', 'cpu_percent', '--severity', 'info', '--threshold', 'x'], "'x' is no number"],
    [['--metric', 'cpu_percent', '--severity', 'info', '--threshold', '1', '--for', '1y'], "'1y' is no duration"],
    [['--metric', 'cpu_percent', '--severity', 'info'], 'needs a threshold'],
    [['--metric', 'machine_down', '--severity', 'info', '--channel', 'emial'], 'A channel is one of'],
  ])('refuses %j', async (flags, words) => {
    const { exitCode, stderr } = await vigil('add', 'busy', ...flags);
    expect([exitCode === 0, stderr]).toEqual([false, expect.stringContaining(words)]);
    expect(asked('alert.add')).toEqual([]);
  });
});

test('enable, disable, remove and test name the rule', async () => {
  const message = { title: 'demo: busy (test)', body: 'Only a test.', severity: 'warning' } as const;
  await engine({
    'alert.enable': ({ enabled }) => ({ ...busy, enabled }),
    'alert.remove': () => null,
    'alert.test': () => message,
  });
  expect((await vigil('enable', 'busy')).stdout).toBe('Rule busy is on.');
  expect((await vigil('disable', 'busy')).stdout).toBe('Rule busy is off.');
  expect(asked('alert.enable')).toEqual([
    { rule: 'busy', enabled: true },
    { rule: 'busy', enabled: false },
  ]);
  expect((await vigil('remove', 'busy')).stdout).toBe('Rule busy was removed.');
  expect((await vigil('test', 'busy')).stdout).toBe('demo: busy (test)\nOnly a test.');
});

test('active and history show what fires and what did, fit for a terminal', async () => {
  const over = {
    ...episode,
    state: 'resolved',
    resolvedAt: '2026-03-17T20:42:15.000Z',
    isFlapping: false,
    heldBy: null,
  } as const;
  await engine({ 'alert.active': () => [episode], 'alert.history': () => [over] });
  expect((await vigil('active')).stdout.split('\n')[1]).toBe(
    '3f2a9c10  2026-03-17T20:30:15.000Z  busy  demo     warning   firing  91.3 %  2 times; comes and goes; acknowledged by dev; held back: a common cause',
  );
  expect((await vigil('history', '--vm', 'demo', '--rule', 'busy', '--limit', '5')).stdout).toContain(
    'over after 12 min',
  );
  expect(asked('alert.history')).toEqual([{ machine: 'demo', rule: 'busy', limit: 5 }]);
  expect(JSON.parse((await vigil('active', '--json')).stdout)).toHaveLength(1);
});

test('ack, snooze and maintenance say what they did', async () => {
  const snooze = { ...mute, kind: 'snooze', rule: 'busy', until: '2026-03-17T21:30:15.000Z', window: null } as const;
  await engine({
    'alert.acknowledge': () => ({ ...episode, machine: 'demo' }),
    'alert.snooze': () => snooze,
    'alert.plan-maintenance': () => mute,
    'alert.mutes': () => [mute],
    'alert.remove-mute': () => null,
  });
  expect((await vigil('ack', '3f2a9c10')).stdout).toBe("busy of 'demo' is acknowledged.");
  expect((await vigil('snooze', 'busy', '1h', '--vm', 'demo')).stdout).toBe(
    'busy is snoozed until 2026-03-17T21:30:15.000Z (4f2a9c10).',
  );
  expect(asked('alert.snooze')).toEqual([{ rule: 'busy', seconds: 3600, machine: 'demo' }]);
  await vigil('maintenance', 'add', '--vm', 'demo', '--from', '2026-03-17T20:00:00Z', '--for', '2h');
  await vigil('maintenance', 'add', '--window', 'sun 02:00-04:00');
  expect(asked('alert.plan-maintenance')).toEqual([
    { machine: 'demo', from: '2026-03-17T20:00:00Z', until: '2026-03-17T22:00:00.000Z' },
    { window: 'sun 02:00-04:00' },
  ]);
  expect((await vigil('maintenance', 'list')).stdout).toContain(
    '4f2a9c10  maintenance  every rule  demo     sun 02:00-04:00  dev',
  );
  expect((await vigil('maintenance', 'remove', '4f2a9c10')).stdout).toBe('It has ended.');
});

test('rehearse shows each time the rule would have fired', async () => {
  const fired = { machine: 'demo', firedAt: '2026-03-17T20:30:15.000Z', resolvedAt: null, value: 91.26, count: 1 };
  await engine({
    'alert.rehearse': () => ({
      rule: 'busy',
      from: '2026-02-17T00:00:00.000Z',
      to: '2026-03-18T00:00:00.000Z',
      machines: 1,
      alerts: [fired],
      remark: null,
    }),
  });
  expect((await vigil('rehearse', 'busy', '--days', '7')).stdout.split('\n')).toEqual([
    'busy would have fired once on 1 machine of which something is recorded since 2026-02-17T00:00:00.000Z.',
    'FIRED                     OVER   VM NAME  VALUE  TIMES',
    '2026-03-17T20:30:15.000Z  still  demo     91.3   1',
  ]);
  expect(asked('alert.rehearse')).toEqual([{ rule: 'busy', days: 7 }]);
});
