import type { Machine } from '../../../main/contract/machine.ts';
import { useActiveAlerts } from '../../client/use-alerts.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { Lasting } from '../../components/relative-time.tsx';
import { alertHref, alertsHref } from '../../route.ts';
import { inOrder, severityMarks, topicOf, valueText } from '../alerts/alert-words.ts';

/** What the head of a machine has room for. */
const shown = 4;

/** The alerts that fire about a machine, each leading to itself; nothing where none does. */
export function MachineAlerts({ machine: { id, name } }: { readonly machine: Machine }) {
  const { value } = useActiveAlerts();
  const own = inOrder(
    (value ?? []).filter(
      ({ machineId, state, affected }) =>
        state === 'firing' && (machineId === id || (machineId === null && affected.includes(name))),
    ),
  );
  if (own.length === 0) return null;
  return (
    <section className="machine-alerts" aria-label="Active alerts">
      {own.slice(0, shown).map((episode) => (
        <a key={episode.id} href={alertHref('active', episode.id)} className="machine-alert" title={episode.message}>
          <Mark kind={severityMarks[episode.severity]} label={episode.severity} />
          <ForeignText className="strong">{topicOf(episode)}</ForeignText>
          {episode.actualValue === null ? null : (
            <span className="quiet">{valueText(episode.metric, episode.actualValue)}</span>
          )}
          <span className="faint">
            <Lasting at={episode.firedAt ?? episode.since} />
          </span>
          {episode.acknowledgedBy === null ? null : <span className="faint">acknowledged</span>}
        </a>
      ))}
      {own.length > shown ? <a href={alertsHref}>{own.length - shown} more</a> : null}
    </section>
  );
}
