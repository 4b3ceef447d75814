import { AlertRule, thresholdOf } from '../../contract/alert-rule.ts';
import { alertVariable } from '../../contract/alert-variables.ts';
import type { PreviewKind } from '../../contract/channel-preview.ts';
import type { EpisodeRecord } from '../ports/alert-records.ts';
import { firingSentence } from './alert-words.ts';

/** What stands in for a rule where there is none yet. */
export const exampleRule = AlertRule.parse({
  name: 'high_cpu',
  metric: 'cpu_percent',
  threshold: 80,
  severity: 'warning',
});

/** Not a uuid of anything. */
const nowhere = '00000000-0000-4000-8000-000000000000';
const lastedMs = 12 * 60_000;

/** An alert that never was, to show how one reads. */
export function exampleEpisode(
  rule: AlertRule,
  machine: { readonly id: string; readonly name: string } | undefined,
  tells: PreviewKind,
  now: number,
): EpisodeRecord {
  const { id, name } = machine ?? { id: nowhere, name: 'example' };
  const firedAt = tells === 'resolved' ? now - lastedMs : now;
  const value = exampleValue(rule);
  return {
    id: nowhere,
    number: 1,
    rule: rule.name,
    machineId: id,
    machine: name,
    metric: rule.metric,
    severity: rule.severity,
    state: tells,
    actualValue: value,
    threshold: thresholdOf(rule),
    message: firingSentence(rule, name, value),
    since: firedAt,
    firedAt,
    resolvedAt: tells === 'resolved' ? now : null,
    resolvedBecause: tells === 'resolved' ? '' : null,
    acknowledgedBy: null,
    count: 1,
    affected: [],
    told: 'nothing',
    toldFiringAt: null,
    remindedAt: null,
    escalatedAt: null,
    turns: [],
    flappingSince: null,
  };
}

/** A value that would make the rule fire. */
export function exampleValue(rule: AlertRule): number {
  const { low, high, unit } = alertVariable(rule.metric);
  const step = unit === 'percent' ? 5 : 1;
  const way = rule.comparison.startsWith('>') ? 1 : -1;
  return Math.min(high, Math.max(low, thresholdOf(rule) + way * step));
}
