import type { AlertMessage } from '../../contract/alert.ts';
import { type AlertRule, thresholdOf } from '../../contract/alert-rule.ts';
import { type AlertVariableName, alertValueText, alertVariable } from '../../contract/alert-variables.ts';
import { type ForecastMetric, riskThreshold } from '../../contract/forecast.ts';
import type { EpisodeRecord } from '../ports/alert-records.ts';
import type { TellingKind } from './episode-life.ts';

/** What people read about alerts: one sentence each, from the same facts for every channel. */

const foretoldWords: Readonly<Record<ForecastMetric, string>> = {
  cpuPercent: 'CPU',
  memoryPercent: 'Memory',
  diskPercent: 'Disk',
};

type ConditionWords = (machine: string, value: number, foretold: ForecastMetric | undefined) => string;

const conditionWords: Partial<Record<AlertVariableName, ConditionWords>> = {
  machine_down: (machine) => `'${machine}' is down.`,
  crash_loop: (machine, value) => `'${machine}' ended ${times(value)} within an hour without being asked to.`,
  service_dead: (machine, value) =>
    `${value === 1 ? 'A service' : `${value} services`} of '${machine}' should run and do not.`,
  heartbeat_stale: (machine) => `The heartbeat of '${machine}' has stopped.`,
  snapshot_failed: (machine) => `The last snapshot of '${machine}' could not be taken.`,
  days_until_threshold: (machine, value, foretold) => {
    const subject = `${foretold === undefined ? 'CPU, memory or disk' : foretoldWords[foretold]} of '${machine}'`;
    if (value === 0) return `${subject} is over ${riskThreshold} % now.`;
    return `${subject} is foretold to pass ${riskThreshold} % in ${alertValueText('days_until_threshold', value)}.`;
  },
};

/** Why an alert fires. `value` null: because nothing is known of it any longer. `foretold`: what runs out first, where known. */
export function firingSentence(
  rule: AlertRule,
  machine: string,
  value: number | null,
  foretold?: ForecastMetric,
): string {
  const { words, worry } = alertVariable(rule.metric);
  if (value === null) return `Nothing is known of ${words} of '${machine}' any longer.`;
  const own = conditionWords[rule.metric];
  // Only a rule that fires on the bad side of its threshold says that the condition holds.
  if (own !== undefined && rule.comparison.startsWith(worry === 'low' ? '<' : '>'))
    return own(machine, value, foretold);
  const threshold = alertValueText(rule.metric, thresholdOf(rule));
  const held = rule.for_seconds === 0 ? '' : ` for ${durationText(rule.for_seconds * 1000)}`;
  return `${words} of '${machine}' is ${alertValueText(rule.metric, value)}: ${sideWords[rule.comparison]} ${threshold}${held}.`;
}

const sideWords = { '>': 'above', '<': 'below', '>=': 'at or above', '<=': 'at or below' } as const;

/** What is said about an episode, in a few words without its machine. */
export function alertTopic(kind: TellingKind, { rule }: Pick<EpisodeRecord, 'rule'>): string {
  return `${rule}${topicEnds[kind]}`;
}

const topicEnds: Record<TellingKind, string> = {
  firing: '',
  reminder: ', still',
  escalation: ', not acknowledged',
  flapping: ' comes and goes',
  resolved: ' is over',
};

/** What a person is told when something about an episode is said. */
export function alertMessage(kind: TellingKind, episode: EpisodeRecord, now: number): AlertMessage {
  const title = `${episode.machine ?? 'This computer'}: ${alertTopic(kind, episode)}`;
  const affected = affectedText(episode.affected);
  const lasting = `It has been firing for ${durationText(now - episode.firedAt)}.`;
  switch (kind) {
    case 'firing':
      return {
        title,
        body: joined(episode.message, affected, episode.count > 1 ? `It has fired ${times(episode.count)}.` : ''),
        severity: episode.severity,
      };
    case 'reminder':
      return {
        title,
        body: joined(episode.message, affected, lasting),
        severity: episode.severity,
      };
    case 'escalation':
      return {
        title,
        body: joined(episode.message, affected, lasting),
        severity: episode.severity,
      };
    case 'flapping':
      return {
        title,
        body: joined(episode.message, 'Nothing more is said until it has been stable for 15 minutes.'),
        severity: episode.severity,
      };
    case 'resolved':
      return { title, body: overSentence(episode), severity: 'info' };
  }
}

/** That it is over, why, and how long it took. */
export function overSentence(episode: EpisodeRecord): string {
  const end = episode.resolvedAt ?? episode.firedAt;
  return joined(
    `It fired for ${durationText(end - episode.firedAt)}.`,
    episode.resolvedBecause ?? '',
    affectedText(episode.affected),
  );
}

function affectedText(names: readonly string[]): string {
  return names.length === 0 ? '' : `Affected: ${names.join(', ')}.`;
}

function joined(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

/** `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
