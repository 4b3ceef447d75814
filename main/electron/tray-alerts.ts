import type { Episode } from '../contract/alert.ts';
import { attentionCaptions } from '../contract/attention.ts';
import type { Severity } from '../contract/machine-condition.ts';
import { inOneLine } from './one-line.ts';
import type { TrayItem } from './tray-menu.ts';

/** What the tray says of alerts that fire: pure. They come the worst first. */

/** A menu taller than the screen helps nobody; the window has the rest. */
const alertsShown = 10;
const severityOf = { critical: 'critical', warning: 'warning', info: 'well' } as const;
const marks = { critical: '✖', warning: '▲', info: '●' } as const;

/** One that somebody took on, or that is kept quiet, no longer asks for a person. */
function asksForSomebody({ acknowledgedBy, heldBy }: Episode): boolean {
  return acknowledgedBy === null && heldBy === null;
}

export function alertSeverities(alerts: readonly Episode[]): readonly Severity[] {
  return alerts.filter(asksForSomebody).map(({ severity }) => severityOf[severity]);
}

/** `2 alerts: high_cpu of web and 1 more`; null when none asks for a person. */
export function alertWords(alerts: readonly Episode[]): string | null {
  const asking = alerts.filter(asksForSomebody);
  const [first] = asking;
  if (first === undefined) return null;
  const others = asking.length === 1 ? '' : ` and ${asking.length - 1} more`;
  return `${asking.length === 1 ? '1 alert' : `${asking.length} alerts`}: ${nameOf(first)}${others}`;
}

/** Nothing when no alert fires. */
export function alertItems(alerts: readonly Episode[]): readonly TrayItem[] {
  if (alerts.length === 0) return [];
  const left = alerts.length - alertsShown;
  return [
    {
      kind: 'submenu',
      label: alerts.length === 1 ? '1 alert' : `${alerts.length} alerts`,
      items: [
        ...alerts.slice(0, alertsShown).map(alertItem),
        ...(left > 0 ? [{ kind: 'action', label: `${left} more…`, action: { kind: 'open-alerts' } } as const] : []),
      ],
    },
  ];
}

function alertItem(alert: Episode): TrayItem {
  const { id, rule, machineId, metric, firedAt, acknowledgedBy, heldBy, severity } = alert;
  const open: TrayItem =
    machineId === null
      ? { kind: 'action', label: 'Open', action: { kind: 'open-alerts' } }
      : {
          kind: 'action',
          label: 'Open',
          action: { kind: 'open-machine', machine: machineId, ...(firedAt === null ? {} : { at: firedAt }) },
        };
  return {
    kind: 'submenu',
    label: `${marks[severity]} ${inOneLine(nameOf(alert), 64)}`,
    items: [
      { kind: 'text', label: inOneLine(alert.message, 80) },
      ...(heldBy === null ? [] : [{ kind: 'text', label: inOneLine(`Quiet: ${heldBy}`, 80) } as const]),
      { kind: 'separator' },
      open,
      acknowledgedBy === null
        ? { kind: 'action', label: 'Acknowledge', action: { kind: 'acknowledge', episode: id } }
        : { kind: 'text', label: inOneLine(`Acknowledged by ${acknowledgedBy}`, 80) },
      // A common cause has no rule that could be snoozed.
      ...(metric === null || machineId === null || heldBy !== null
        ? []
        : [
            {
              kind: 'action',
              label: attentionCaptions.snooze,
              action: { kind: 'snooze', rule, machine: machineId },
            } as const,
          ]),
    ],
  };
}

function nameOf({ rule, machine }: Episode): string {
  return machine === null ? rule : `${rule} of ${machine}`;
}
