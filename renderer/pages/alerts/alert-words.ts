import type { Episode } from '../../../main/contract/alert.ts';
import {
  type AlertChannel,
  type AlertRule,
  type AlertSeverity,
  alertSeverities,
  thresholdOf,
} from '../../../main/contract/alert-rule.ts';
import {
  type AlertComparison,
  type AlertVariableName,
  alertValueText,
  alertVariable,
} from '../../../main/contract/alert-variables.ts';
import type { DeliveryKind, DeliveryState } from '../../../main/contract/delivery.ts';
import type { MarkKind } from '../../components/mark.tsx';
import { duration } from '../../format/times.ts';

/** How alerts look, and what is said beside the mark. */

export const severityMarks: Readonly<Record<AlertSeverity, MarkKind>> = {
  info: 'off',
  warning: 'warn',
  critical: 'crit',
};

export const channelNames: Readonly<Record<AlertChannel, string>> = {
  desktop: 'Desktop',
  email: 'Mail',
  slack: 'Slack',
  discord: 'Discord',
  teams: 'Teams',
  webhook: 'Webhook',
  appinsights: 'Application Insights',
};

const causeNames: Readonly<Record<string, string>> = {
  'own-network': 'No network here',
  'host-disk-full': 'Disk of this computer is full',
  'hypervisor-missing': 'No hypervisor',
};

/** What an alert is called: its rule, or the common cause that it is. */
export function topicOf({ rule, machineId }: Pick<Episode, 'rule' | 'machineId'>): string {
  return machineId === null ? (causeNames[rule] ?? rule) : rule;
}

/** `cpu_percent > 80`; `CPU above 80 %` belongs to messages. */
export function conditionText(rule: AlertRule): string {
  const { unit } = alertVariable(rule.metric);
  const words = alertVariable(rule.metric).words;
  if (unit === 'yes or no') return words;
  return `${words} ${rule.comparison} ${alertValueText(rule.metric, thresholdOf(rule))}`;
}

export function valueText(metric: AlertVariableName | null, value: number | null): string {
  return metric === null || value === null ? '–' : alertValueText(metric, value);
}

/** What a condition is held against says nothing to a person. */
export function limitText(metric: AlertVariableName | null, threshold: number | null): string {
  return metric === null || alertVariable(metric).unit === 'yes or no' ? '–' : valueText(metric, threshold);
}

export const comparisonWords: Readonly<Record<AlertComparison, string>> = {
  '>': 'is above',
  '<': 'is below',
  '>=': 'is at or above',
  '<=': 'is at or below',
};

export const deliveryMarks: Readonly<Record<DeliveryState, MarkKind>> = {
  waiting: 'work',
  sending: 'work',
  delivered: 'ok',
  parked: 'crit',
};

export const kindWords: Readonly<Record<DeliveryKind, string>> = {
  firing: 'fires',
  resolved: 'is over',
  flapping: 'comes and goes',
  reminder: 'reminder',
  escalation: 'not acknowledged',
};

/** How long it fired; null while it does. */
export function lasted({ firedAt, resolvedAt }: Episode): string | null {
  return firedAt === null || resolvedAt === null ? null : duration(Date.parse(resolvedAt) - Date.parse(firedAt));
}

/** `web and db`, `web, db and 3 more`. */
export function namesText(names: readonly string[], most = 3): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, most);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length === 1 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Worst first, then the newest; one that is about to fire last. */
export function inOrder(episodes: readonly Episode[]): readonly Episode[] {
  const rank = ({ severity, state }: Episode): number =>
    (state === 'pending' ? 10 : 0) - alertSeverities.indexOf(severity);
  return episodes.toSorted((a, b) => rank(a) - rank(b) || (b.firedAt ?? b.since).localeCompare(a.firedAt ?? a.since));
}

/** An alert that stands by itself, with those that it explains. */
export interface AlertGroup {
  readonly episode: Episode;
  readonly explained: readonly Episode[];
}

/** By their root cause: what a common cause explains stands beneath it. */
export function byCause(episodes: readonly Episode[]): readonly AlertGroup[] {
  const causes = episodes.filter(({ affected, state }) => affected.length > 0 && state === 'firing');
  const causeOf = (episode: Episode): Episode | undefined =>
    episode.heldBy !== 'a common cause'
      ? undefined
      : causes.find((cause) => cause !== episode && cause.affected.includes(episode.machine ?? ''));
  const own = inOrder(episodes.filter((episode) => causeOf(episode) === undefined));
  const groups = own.map((episode) => ({
    episode,
    explained: inOrder(episodes.filter((other) => causeOf(other) === episode)),
  }));
  // One fault behind many alerts is where to look first.
  return [
    ...groups.filter(({ episode }) => episode.affected.length > 0),
    ...groups.filter(({ episode }) => episode.affected.length === 0),
  ];
}
