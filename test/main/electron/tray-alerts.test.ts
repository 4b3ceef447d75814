import { expect, test } from 'vitest';
import { worstAlertsFirst } from '../../../main/contract/attention.ts';
import type { TrayItem } from '../../../main/electron/tray-menu.ts';
import { type TrayFacts, trayView } from '../../../main/electron/tray-view.ts';
import { sampleEpisode } from '../../support/sample-episode.ts';
import { runningMachine } from './machines.ts';

const view = (alerts: TrayFacts['alerts'], facts: Partial<TrayFacts> = {}) =>
  trayView({
    machines: [runningMachine('demo')],
    operations: [],
    notices: [],
    noEngine: null,
    now: 0,
    ...facts,
    alerts,
  });
const alertMenu = (alerts: TrayFacts['alerts'], facts: Partial<TrayFacts> = {}): readonly TrayItem[] => {
  const found = view(alerts, facts).menu.find((item) => item.kind === 'submenu' && /alert/.test(item.label));
  return found?.kind === 'submenu' ? found.items : [];
};
const labels = (items: readonly TrayItem[]): readonly string[] =>
  items.map((item) => (item.kind === 'separator' ? '-' : item.label));

test.each([
  ['a warning', [sampleEpisode()], 'attention'],
  ['a critical one', [sampleEpisode(), sampleEpisode({ severity: 'critical' })], 'alarm'],
  ['a word', [sampleEpisode({ severity: 'info' })], 'calm'],
  ['one that somebody took on', [sampleEpisode({ severity: 'critical', acknowledgedBy: 'me' })], 'calm'],
  ['one that is snoozed', [sampleEpisode({ severity: 'critical', heldBy: 'snooze' })], 'calm'],
] as const)('%s makes the icon what it should be', (_what, alerts, icon) => {
  expect(view(alerts).icon).toBe(icon);
});

test('the tooltip counts those that ask for a person and names the worst', () => {
  const alerts = worstAlertsFirst([
    sampleEpisode(),
    sampleEpisode({ severity: 'critical', rule: 'critical_cpu', machine: 'web' }),
    sampleEpisode({ acknowledgedBy: 'me' }),
  ]);
  expect(view(alerts).tooltip).toBe('1 machine, 1 running, 2 alerts: critical_cpu of web and 1 more');
  expect(view([]).tooltip).toBe('1 machine, 1 running');
});

test('the menu has what can be done about each, the worst first', () => {
  const critical = sampleEpisode({ severity: 'critical', rule: 'critical_cpu', machine: 'web', machineId: 'w' });
  const items = alertMenu(worstAlertsFirst([sampleEpisode(), critical]));
  expect(labels(items)).toEqual(['✖ critical_cpu of web', '▲ high_cpu of demo']);
  const first = items[0];
  if (first?.kind !== 'submenu') throw new Error('no submenu');
  expect(labels(first.items)).toEqual([critical.message, '-', 'Open', 'Acknowledge', 'Snooze 1 h']);
  expect(first.items.flatMap((item) => (item.kind === 'action' ? [item.action] : []))).toEqual([
    { kind: 'open-machine', machine: 'w', at: critical.firedAt },
    { kind: 'acknowledge', episode: critical.id },
    { kind: 'snooze', rule: 'critical_cpu', machine: 'w' },
  ]);
});

test.each([
  ['acknowledged', { acknowledgedBy: 'eve' }, ['Open', 'Acknowledged by eve', 'Snooze 1 h']],
  ['held', { heldBy: 'snooze, until later' }, ['Open', 'Acknowledge']],
  ['a common cause', { metric: null, machine: null, machineId: null }, ['Open', 'Acknowledge']],
] as const)('one that is %s offers no more than makes sense', (_what, changes, offered) => {
  const [item] = alertMenu([sampleEpisode(changes)]);
  if (item?.kind !== 'submenu') throw new Error('no submenu');
  const separator = item.items.findIndex(({ kind }) => kind === 'separator');
  expect(labels(item.items.slice(separator + 1))).toEqual(offered);
});

test('ten are shown, the rest is counted and leads to the alerts', () => {
  const items = alertMenu(Array.from({ length: 14 }, (_each, index) => sampleEpisode({ machine: `m${index}` })));
  expect(items).toHaveLength(11);
  expect(items.at(-1)).toEqual({ kind: 'action', label: '4 more…', action: { kind: 'open-alerts' } });
});

test('without an alert, or without an engine, there is no such menu', () => {
  expect(alertMenu([])).toEqual([]);
  expect(alertMenu([sampleEpisode()], { noEngine: 'It is starting.' })).toEqual([]);
});

test('only what fires counts, the newest of equals first', () => {
  const [older, newer] = [sampleEpisode(), sampleEpisode({ id: 'b', firedAt: '2026-01-01T11:59:00.000Z' })];
  const rest = [sampleEpisode({ state: 'pending' }), sampleEpisode({ state: 'resolved' })];
  expect(worstAlertsFirst([older, ...rest, newer])).toEqual([newer, older]);
});
