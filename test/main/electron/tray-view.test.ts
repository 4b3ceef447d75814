import { describe, expect, test } from 'vitest';
import type { EngineNotice } from '../../../main/contract/engine-status.ts';
import { healingNotice } from '../../../main/contract/healing.ts';
import { type TrayFacts, trayView } from '../../../main/electron/tray-view.ts';
import { machine, operationOn, runningMachine } from './machines.ts';

const now = Date.parse('2026-01-01T12:00:00.000Z');
const fourMinutesAgo = '2026-01-01T11:55:30.000Z';
const healthOf = (status: 'degraded' | 'unhealthy', reason: string) => ({
  ...machine('any').health,
  status,
  reason,
  since: fourMinutesAgo,
  method: 'ssh',
});

function view(facts: Partial<TrayFacts>) {
  return trayView({ machines: [], operations: [], notices: [], alerts: [], noEngine: null, now, ...facts });
}

function notice(severity: EngineNotice['severity'], text: string): EngineNotice {
  return { id: text, severity, text, hint: null, since: fourMinutesAgo };
}

const failed = (name: string) => machine(name, { state: 'failed' });
const unknown = (name: string) => machine(name, { state: 'unknown' });

describe('the icon', () => {
  test.each([
    ['calm with no machines', {}, 'calm'],
    ['calm when all is well', { machines: [machine('a'), runningMachine('b')] }, 'calm'],
    ['working while an operation runs', { machines: [runningMachine('a')], operations: [operationOn('a')] }, 'working'],
    ['working between two states', { machines: [machine('a', { state: 'starting' })] }, 'working'],
    ['attention for a state nobody knows', { machines: [unknown('a')] }, 'attention'],
    [
      'attention for a degraded machine',
      { machines: [runningMachine('a', { health: healthOf('degraded', 'slow') })] },
      'attention',
    ],
    ['attention for a warning of the engine', { notices: [notice('warning', 'w')] }, 'attention'],
    ['calm for a word of the engine', { notices: [notice('info', 'i')] }, 'calm'],
    ['alarm for a failed machine', { machines: [failed('a')] }, 'alarm'],
    [
      'alarm for an unhealthy machine',
      { machines: [runningMachine('a', { health: healthOf('unhealthy', 'SSH down') })] },
      'alarm',
    ],
    ['alarm for a full disk', { notices: [notice('critical', 'The disk is full.')] }, 'alarm'],
    ['asleep without an engine', { noEngine: 'It is starting.', notices: [notice('critical', 'c')] }, 'asleep'],
    [
      'the worst of all',
      { machines: [machine('a'), unknown('b'), failed('c')], operations: [operationOn('a')] },
      'alarm',
    ],
  ] as const)('is %s', (_what, facts, icon) => {
    expect(view(facts).icon).toBe(icon);
  });
});

describe('the tooltip', () => {
  test('names the worst machine, why and since when', () => {
    const machines = [
      ...['a', 'b', 'c', 'd'].map((name) => runningMachine(name)),
      runningMachine('build-vm', { health: healthOf('unhealthy', 'SSH down') }),
    ];
    expect(view({ machines }).tooltip).toBe('5 machines, 1 unhealthy: build-vm (SSH down 4 min)');
    expect(view({ machines }).tellsAge).toBe(true);
  });

  test('does not repeat the name that a notice begins with', () => {
    const notice = {
      severity: 'critical' as const,
      text: "'db' ended by itself: killed by signal 9.",
      since: fourMinutesAgo,
    };
    const machines = [machine('db', { state: 'failed', notice: { code: 'ended', ...notice } as never })];
    expect(view({ machines }).tooltip).toBe('1 machine, 1 unhealthy: db (ended by itself: killed by signal 9, 4 min)');
  });

  test.each([
    ['says that there are none', {}, 'No machines yet'],
    ['counts what runs', { machines: [machine('a'), runningMachine('b')] }, '2 machines, 1 running'],
    ['says that none runs', { machines: [machine('a')] }, '1 machine, none running'],
    [
      'tells what is being done',
      { machines: [runningMachine('a')], operations: [operationOn('a')] },
      '1 machine, 1 running, stopping a',
    ],
    [
      'counts further unhealthy ones',
      { machines: [failed('a'), failed('b'), unknown('c')] },
      '3 machines, 2 unhealthy: a (Failed) and 1 more, 1 degraded',
    ],
    ['says why there is no engine', { noEngine: 'The disk is full.' }, 'Vigil: no engine. The disk is full.'],
    [
      'leads with what is critical',
      { notices: [notice('critical', 'The disk is full.')] },
      'The disk is full. No machines yet',
    ],
  ] as const)('%s', (_what, facts, tooltip) => {
    expect(view(facts).tooltip).toBe(tooltip);
  });

  test('is one short line, whatever a guest calls itself', () => {
    const health = healthOf('unhealthy', `\u202eevil\n\u0007${'x'.repeat(5000)}`);
    const { tooltip } = view({ machines: [runningMachine('a', { health })] });
    expect(tooltip).toMatch(/^1 machine, 1 unhealthy: a \(evil x+… 4 min\)$/);
    expect(tooltip.length).toBeLessThanOrEqual(127);
  });

  test.each([
    [59_000, ''],
    [60_000, ' 1 min'],
    [119 * 60_000, ' 119 min'],
    [120 * 60_000, ' 2 h'],
    [47 * 3_600_000, ' 47 h'],
    [49 * 3_600_000, ' 2 days'],
    [-60_000, ''],
  ])('tells an age of %i ms', (ageMs, age) => {
    const health = { ...healthOf('unhealthy', 'down'), since: new Date(now - ageMs).toISOString() };
    expect(view({ machines: [runningMachine('a', { health })] }).tooltip).toBe(
      `1 machine, 1 unhealthy: a (down${age})`,
    );
  });
});

describe('the menu', () => {
  const labels = (facts: Partial<TrayFacts>) =>
    view(facts).menu.map((item) => (item.kind === 'separator' ? '-' : item.label));

  test('offers a new machine, the window and the way out when there is nothing yet', () => {
    expect(view({}).menu).toEqual([
      { kind: 'action', label: 'New machine…', action: { kind: 'new-machine' } },
      { kind: 'action', label: 'Open Vigil', action: { kind: 'open' } },
      { kind: 'separator' },
      { kind: 'action', label: 'Quit', action: { kind: 'quit' } },
    ]);
  });

  test('lists machines worst first, then the busy, the running and the rest by name', () => {
    const machines = [machine('z'), machine('b'), runningMachine('r'), machine('s'), unknown('u'), failed('f')];
    expect(labels({ machines, operations: [operationOn('s', { kind: 'start' })] })).toEqual([
      '✖ f',
      '▲ u',
      '◐ s',
      '● r',
      '○ b',
      '○ z',
      '-',
      'New machine…',
      'Open Vigil',
      'Pause healing',
      '-',
      'Quit (machines keep running)',
    ]);
  });

  test('shows what the engine has to say above the machines', () => {
    const facts = {
      notices: [notice('warning', 'settings.toml: line 3'), notice('info', 'hello')],
      machines: [machine('a')],
    };
    expect(labels(facts).slice(0, 3)).toEqual(['▲ settings.toml: line 3', '-', '○ a']);
  });

  test('says why there is no engine and offers no machine', () => {
    expect(labels({ noEngine: 'It is starting.', machines: [machine('a')] }).slice(0, 2)).toEqual([
      'No engine: It is starting.',
      '-',
    ]);
  });

  test('of a thousand machines names the worst and counts the rest', () => {
    const machines = Array.from({ length: 1000 }, (_, index) => machine(`m${index}`));
    expect(labels({ machines: [...machines, failed('f')] })).toEqual(expect.arrayContaining(['✖ f', '976 more…']));
    expect(view({ machines }).menu.length).toBe(25 + 1 + 1 + 5);
  });

  describe('while healing is paused', () => {
    const paused = { ...notice('warning', 'Healing is paused until someone lets it go on.'), id: healingNotice };

    test('says so, in the tooltip too, and offers to let it go on', () => {
      const facts = { notices: [paused], machines: [runningMachine('a')] };
      expect(labels(facts)).toEqual([
        '▲ Healing is paused until someone lets it go on.',
        '-',
        '● a',
        '-',
        'New machine…',
        'Open Vigil',
        'Resume healing',
        '-',
        'Quit (machines keep running)',
      ]);
      expect(view(facts).tooltip).toBe('1 machine, healing paused, 1 running');
      expect(view(facts).icon).toBe('attention');
    });

    test('offers it also when there is no machine', () => {
      expect(labels({ notices: [paused] })).toContain('Resume healing');
    });

    test('says nothing of it without an engine', () => {
      const facts = { notices: [paused], machines: [machine('a')], noEngine: 'It is starting.' };
      expect(labels(facts).join()).not.toContain('ealing');
    });
  });

  test('offers to pause healing for an hour or until it is resumed', () => {
    expect(view({ machines: [machine('a')] }).menu).toContainEqual({
      kind: 'submenu',
      label: 'Pause healing',
      items: [
        { kind: 'action', label: 'For 1 hour', action: { kind: 'pause-healing', seconds: 3600 } },
        { kind: 'action', label: 'Until I resume it', action: { kind: 'pause-healing', seconds: null } },
      ],
    });
  });

  test('is equal for equal facts', () => {
    const facts = { machines: [failed('a'), runningMachine('b')], operations: [operationOn('b')] };
    expect(view(facts)).toEqual(view(structuredClone(facts)));
  });
});
