import type { Episode } from '../../main/contract/alert.ts';
import type { Attended } from '../../main/contract/attend-to.ts';
import { worstAlertsFirst } from '../../main/contract/attention.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { MarkKind } from '../components/mark.tsx';
import { severityMarks, topicOf } from '../pages/alerts/alert-words.ts';
import { alertHref, machineHref } from '../route.ts';

/** Something that asks for a person, as a notification of the desktop would tell it. */
export interface InboxEntry extends Attended {
  readonly key: string;
  readonly mark: MarkKind;
  readonly text: string;
  readonly href: string;
}

/** What asks for a person now: alerts that nobody took on and that are not kept quiet, then machines that ended. */
export function inboxEntries(
  alerts: readonly Episode[],
  machines: Iterable<Pick<Machine, 'id' | 'name' | 'notice'>>,
): readonly InboxEntry[] {
  const asking = worstAlertsFirst(alerts).filter(
    ({ acknowledgedBy, heldBy }) => acknowledgedBy === null && heldBy === null,
  );
  const ended = [...machines].flatMap(({ id, name, notice }): InboxEntry[] =>
    notice === null || notice.severity === 'info' || (notice.kind !== 'ended' && notice.kind !== 'held')
      ? []
      : [
          {
            key: `machine ${id}`,
            mark: notice.severity === 'critical' ? 'crit' : 'warn',
            title: notice.kind === 'held' ? 'guest failed' : 'ended by itself',
            text: notice.text,
            machineId: id,
            machine: name,
            at: notice.since,
            subject: { kind: 'machine' },
            href: `${machineHref(id)}?at=${encodeURIComponent(notice.since)}`,
          },
        ],
  );
  return [...asking.map(alertEntry), ...ended];
}

function alertEntry(alert: Episode): InboxEntry {
  const { id, rule, metric, machine, machineId, severity, message, firedAt, since } = alert;
  return {
    key: `alert ${id}`,
    mark: severityMarks[severity],
    title: topicOf(alert),
    text: message,
    machineId: machineId ?? '',
    machine: machine ?? '',
    at: firedAt ?? since,
    // A common cause has no rule, and no machine of its own.
    subject: metric === null || machineId === null ? null : { kind: 'alert', episode: id, rule },
    href: alertHref('active', id),
  };
}
