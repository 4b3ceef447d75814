import type { AlertMute, AlertRehearsal, Episode } from '../contract/alert.ts';
import { type AlertRule, type AlertSeverity, thresholdOf } from '../contract/alert-rule.ts';
import { alertValueText } from '../contract/alert-variables.ts';
import { plainText } from './plain-text.ts';
import { printDuration } from './print-duration.ts';
import { type Cell, type Colour, textTable } from './text-table.ts';

const colours: Readonly<Record<AlertSeverity, Colour | undefined>> = {
  info: undefined,
  warning: 'yellow',
  critical: 'red',
};

/** `vigil monitor alert list`. */
export function printAlertRules(rules: readonly AlertRule[], hasColour: boolean): string {
  const rows = rules.map((rule): readonly Cell[] => [
    { text: rule.name },
    { text: rule.enabled ? 'on' : 'off', colour: rule.enabled ? undefined : 'grey' },
    { text: rule.severity, colour: colours[rule.severity] },
    { text: `${rule.metric} ${rule.comparison} ${thresholdOf(rule)}` },
    { text: rule.for_seconds === 0 ? '-' : printDuration(rule.for_seconds) },
    { text: machinesOf(rule) },
    { text: rule.notification_channels.length === 0 ? '-' : rule.notification_channels.join(', ') },
  ]);
  return textTable(['RULE', 'ON', 'SEVERITY', 'WHEN', 'FOR', 'MACHINES', 'CHANNELS'], rows, hasColour);
}

function machinesOf({ machines, tags, providers }: AlertRule): string {
  const parts = [...(machines ?? []), ...(tags ?? []).map((tag) => `tag ${tag}`), ...(providers ?? [])];
  return parts.length === 0 ? 'all' : parts.join(', ');
}

/** `vigil monitor alert active` and `history`. */
export function printEpisodes(episodes: readonly Episode[], hasColour: boolean): string {
  const rows = episodes.map((episode): readonly Cell[] => [
    { text: episode.state === 'pending' ? '-' : episode.id.slice(0, 8) },
    { text: episode.firedAt ?? episode.since },
    { text: episode.rule },
    { text: episode.machine ?? '-' },
    { text: episode.severity, colour: colours[episode.severity] },
    { text: stateOf(episode), colour: episode.state === 'resolved' ? 'green' : undefined },
    { text: valueText(episode) },
    { text: remarkOf(episode) },
  ]);
  return textTable(['ID', 'FIRED', 'RULE', 'VM NAME', 'SEVERITY', 'STATE', 'VALUE', ''], rows, hasColour);
}

function stateOf({ state, firedAt, resolvedAt }: Episode): string {
  if (firedAt === null || resolvedAt === null) return state;
  return `over after ${printDuration((Date.parse(resolvedAt) - Date.parse(firedAt)) / 1000)}`;
}

function valueText({ metric, actualValue }: Episode): string {
  return metric === null || actualValue === null ? '-' : alertValueText(metric, actualValue);
}

function remarkOf(episode: Episode): string {
  return [
    episode.count > 1 ? `${episode.count} times` : '',
    episode.isFlapping ? 'comes and goes' : '',
    episode.acknowledgedBy === null ? '' : `acknowledged by ${episode.acknowledgedBy}`,
    episode.heldBy === null ? '' : `held back: ${episode.heldBy}`,
    episode.affected.length === 0 ? '' : `affected: ${episode.affected.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** `vigil monitor alert maintenance list`. */
export function printMutes(mutes: readonly AlertMute[], hasColour: boolean): string {
  const rows = mutes.map((mute): readonly Cell[] => [
    { text: mute.file === null ? mute.id.slice(0, 8) : '' },
    { text: mute.kind },
    { text: mute.rule ?? 'every rule' },
    { text: mute.machine ?? 'every machine' },
    { text: mute.window ?? `${mute.from ?? ''} to ${mute.until ?? ''}` },
    { text: mute.by ?? mute.file ?? '' },
  ]);
  return textTable(['ID', 'KIND', 'RULE', 'VM NAME', 'WHEN', 'BY'], rows, hasColour);
}

/** `vigil monitor alert rehearse`. */
export function printRehearsal(found: AlertRehearsal, hasColour: boolean): string {
  const count = found.alerts.length;
  const head = `${plainText(found.rule)} would have fired ${count === 1 ? 'once' : `${count} times`} on ${found.machines} ${found.machines === 1 ? 'machine' : 'machines'} of which something is recorded since ${found.from}.`;
  const rows = found.alerts.map((alert): readonly Cell[] => [
    { text: alert.firedAt },
    { text: alert.resolvedAt ?? 'still' },
    { text: alert.machine },
    { text: alert.value === null ? 'nothing known' : String(Math.round(alert.value * 10) / 10) },
    { text: String(alert.count) },
  ]);
  const table = count === 0 ? [] : [textTable(['FIRED', 'OVER', 'VM NAME', 'VALUE', 'TIMES'], rows, hasColour)];
  return [head, ...(found.remark === null ? [] : [plainText(found.remark)]), ...table].join('\n');
}
