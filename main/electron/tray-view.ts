import type { Episode } from '../contract/alert.ts';
import type { EngineNotice } from '../contract/engine-status.ts';
import { healingNotice } from '../contract/healing.ts';
import type { Machine } from '../contract/machine.ts';
import { type Severity, severities } from '../contract/machine-condition.ts';
import type { Operation } from '../contract/operation.ts';
import { type Condition, conditionOf, worstFirst } from './machine-condition.ts';
import { inOneLine } from './one-line.ts';
import { alertItems, alertSeverities, alertWords } from './tray-alerts.ts';
import { healingItem, machineMenu, type TrayItem } from './tray-menu.ts';

/** Each is distinct in shape as well as colour. */
export const trayIcons = ['calm', 'working', 'attention', 'alarm', 'asleep'] as const;
export type TrayIcon = (typeof trayIcons)[number];

/** All that the tray shows is made of these. */
export interface TrayFacts {
  readonly machines: readonly Machine[];
  readonly operations: readonly Operation[];
  readonly notices: readonly EngineNotice[];
  /** Those that fire, the worst first. */
  readonly alerts: readonly Episode[];
  /** Null while an engine answers; otherwise why there is none. */
  readonly noEngine: string | null;
  /** Milliseconds since 1970, for ages. */
  readonly now: number;
}

export interface TrayView {
  readonly icon: TrayIcon;
  /** One line of at most 127 characters: Windows shows no more. */
  readonly tooltip: string;
  readonly menu: readonly TrayItem[];
  /** It tells since when something is wrong: true for a minute, whatever happens. */
  readonly tellsAge: boolean;
}

const tooltipLength = 127;
/** A menu taller than the screen helps nobody; the window has the rest. */
const machinesShown = 25;
const noticesShown = 3;

const troubles: ReadonlySet<Severity> = new Set(['critical', 'warning', 'unknown']);

/** What the tray shows for these facts: pure, and equal for equal facts. */
export function trayView(facts: TrayFacts): TrayView {
  const conditions = facts.machines.map((machine) => conditionOf(machine, facts.operations)).sort(worstFirst);
  return {
    icon: iconOf(facts, conditions),
    tooltip: inOneLine(tooltipOf(facts, conditions), tooltipLength),
    menu: menuOf(facts, conditions),
    tellsAge: facts.noEngine === null && conditions.some(({ severity }) => troubles.has(severity)),
  };
}

const iconForSeverity: Readonly<Record<Severity, TrayIcon>> = {
  critical: 'alarm',
  unknown: 'attention',
  warning: 'attention',
  working: 'working',
  well: 'calm',
  resting: 'calm',
};
const severityOfNotice = { critical: 'critical', warning: 'warning', info: 'well' } as const;

function iconOf({ noEngine, notices, alerts }: TrayFacts, conditions: readonly Condition[]): TrayIcon {
  if (noEngine !== null) return 'asleep';
  const present: readonly Severity[] = [
    ...conditions.map(({ severity }) => severity),
    ...notices.map((each) => severityOfNotice[each.severity]),
    ...alertSeverities(alerts),
  ];
  return iconForSeverity[severities.find((severity) => present.includes(severity)) ?? 'well'];
}

function tooltipOf({ noEngine, notices, alerts, now }: TrayFacts, conditions: readonly Condition[]): string {
  if (noEngine !== null) return `Vigil: no engine. ${noEngine}`;
  const urgent = notices.find(({ severity }) => severity === 'critical');
  const paused = isHealingPaused(notices) ? ['healing paused'] : [];
  const words = alertWords(alerts);
  const told = words === null ? [] : [words];
  const parts = [countOf(conditions), ...paused, ...troubleOf(conditions, now), ...told];
  return urgent === undefined ? parts.join(', ') : `${urgent.text} ${parts.join(', ')}`;
}

const isHealingPaused = (notices: readonly EngineNotice[]): boolean => notices.some(({ id }) => id === healingNotice);

function countOf(conditions: readonly Condition[]): string {
  if (conditions.length === 0) return 'No machines yet';
  return conditions.length === 1 ? '1 machine' : `${conditions.length} machines`;
}

/** `1 unhealthy: build-vm (SSH down 4 min)`; the worst are named, the rest counted. */
function troubleOf(conditions: readonly Condition[], now: number): readonly string[] {
  const critical = conditions.filter(({ severity }) => severity === 'critical');
  const warning = conditions.filter(({ severity }) => severity === 'warning' || severity === 'unknown');
  const busy = conditions.filter(({ severity }) => severity === 'working');
  const said: string[] = [];
  if (critical.length > 0) said.push(`${critical.length} unhealthy: ${named(critical, now)}`);
  if (warning.length > 0) {
    // Once something is unhealthy, the tooltip's few characters belong to that.
    said.push(`${warning.length} degraded${critical.length > 0 ? '' : `: ${named(warning, now)}`}`);
  }
  if (said.length > 0) return said;
  const running = conditions.filter(({ machine }) => machine.state === 'running').length;
  if (conditions.length > 0) said.push(running === 0 ? 'none running' : `${running} running`);
  const [first] = busy;
  if (first !== undefined) {
    said.push(busy.length === 1 ? `${first.doing ?? first.word} ${first.machine.name}` : `${busy.length} busy`);
  }
  return said;
}

function named(conditions: readonly Condition[], now: number): string {
  const [first] = conditions;
  if (first === undefined) return '';
  const others = conditions.length === 1 ? '' : ` and ${conditions.length - 1} more`;
  const age = ageOf(first.since, now);
  // `SSH down 4 min`, but `killed by signal 9, 4 min`.
  const reason =
    inOneLine(first.reason ?? first.word, 60) + (age && (/\d$/.test(first.reason ?? '') ? `, ${age}` : ` ${age}`));
  return `${first.machine.name} (${reason})${others}`;
}

function ageOf(since: string | null, now: number): string {
  const minutes = since === null ? Number.NaN : Math.floor((now - Date.parse(since)) / 60_000);
  if (!(minutes >= 1)) return '';
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

const separator: TrayItem = { kind: 'separator' };

function menuOf(facts: TrayFacts, conditions: readonly Condition[]): readonly TrayItem[] {
  const top: TrayItem[] = [];
  if (facts.noEngine !== null) {
    top.push({ kind: 'text', label: inOneLine(`No engine: ${facts.noEngine}`, 80) });
  } else {
    const worthSaying = facts.notices.filter(({ severity }) => severity !== 'info').slice(0, noticesShown);
    top.push(
      ...worthSaying.map(
        ({ text }): TrayItem => ({ kind: 'action', label: `▲ ${inOneLine(text, 80)}`, action: { kind: 'open' } }),
      ),
    );
    top.push(...alertItems(facts.alerts));
    if (top.length > 0 && conditions.length > 0) top.push(separator);
    top.push(...conditions.slice(0, machinesShown).map(machineMenu));
    const left = conditions.length - machinesShown;
    if (left > 0) top.push({ kind: 'action', label: `${left} more…`, action: { kind: 'open' } });
  }
  const isPaused = facts.noEngine === null && isHealingPaused(facts.notices);
  const running = facts.noEngine === null && conditions.some(({ machine }) => machine.startedAt !== null);
  return [
    ...top,
    ...(top.length === 0 ? [] : [separator]),
    { kind: 'action', label: 'New machine…', action: { kind: 'new-machine' } },
    { kind: 'action', label: 'Open Vigil', action: { kind: 'open' } },
    ...(isPaused || (facts.noEngine === null && conditions.length > 0) ? [healingItem(isPaused)] : []),
    separator,
    { kind: 'action', label: running ? 'Quit (machines keep running)' : 'Quit', action: { kind: 'quit' } },
  ];
}
