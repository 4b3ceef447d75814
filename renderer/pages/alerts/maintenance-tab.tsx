import { CalendarClock } from 'lucide-react';
import type { AlertMute } from '../../../main/contract/alert.ts';
import { useMutes } from '../../client/use-alerts.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Moment } from '../../components/relative-time.tsx';
import { useTimely } from '../../format/now.ts';
import { visibleText } from '../../format/visible-text.ts';
import { type AlertVerbs, useAlertVerbs } from './alert-verbs.ts';
import { MaintenanceForm } from './maintenance-form.tsx';

/** Work that was announced, and what somebody wants no word of. */
export function MaintenanceTab() {
  const { value: mutes, error, retry } = useMutes();
  const verbs = useAlertVerbs();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className="scroll alert-scroll" tabIndex={0} aria-label="Maintenance">
      <MaintenanceForm />
      {mutes === null ? (
        error === null ? (
          <SkeletonRows count={3} what="the maintenance" />
        ) : (
          <p className="crit alert-more" role="alert">
            {visibleText(error.message)} <Button onClick={retry}>Try again</Button>
          </p>
        )
      ) : mutes.length === 0 ? (
        <EmptyState
          icon={<CalendarClock className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
          title="Nothing is held back"
        >
          During maintenance nothing is told, and afterwards only what you do not know yet. Windows of single machines
          that stand in lifecycle-config.toml are shown here, too.
        </EmptyState>
      ) : (
        <table className="alert-table">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Of</th>
              <th scope="col">When</th>
              <th scope="col">By</th>
              <th scope="col">
                <span className="visually-hidden">Verbs</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {mutes.map((mute) => (
              <Row key={mute.id} mute={mute} verbs={verbs} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ mute, verbs }: { readonly mute: AlertMute; readonly verbs: AlertVerbs }) {
  const { id, kind, rule, machine, from, until, window, by, file } = mute;
  const begins = from === null ? 0 : Date.parse(from);
  const isAhead = useTimely((now) => (window === null && begins > now ? 'yes' : '')) !== '';
  return (
    <tr className="alert-row">
      <td>
        <span className="alert-severity">
          <Mark kind={window !== null ? 'sleep' : isAhead ? 'off' : 'pause'} />
          {kind === 'snooze' ? 'Snoozed' : isAhead ? 'Planned' : 'Maintenance'}
          {rule === null ? null : <ForeignText className="strong">{rule}</ForeignText>}
        </span>
      </td>
      <td>{machine === null ? <span className="quiet">every machine</span> : <ForeignText>{machine}</ForeignText>}</td>
      <td>
        {window ?? (
          <>
            {isAhead && from !== null ? (
              <>
                from <Moment at={from} />{' '}
              </>
            ) : null}
            {until === null ? null : (
              <>
                until <Moment at={until} />
              </>
            )}
          </>
        )}
        {window === null || window.startsWith('daily') ? null : <span className="faint"> every week</span>}
      </td>
      <td className="quiet">{file === null ? <ForeignText>{by ?? ''}</ForeignText> : <code>{file}</code>}</td>
      <td>
        {file === null ? (
          <Button size="small" onClick={() => verbs.end(id)} aria-label={`End this ${kind}`}>
            End
          </Button>
        ) : (
          <span className="small faint">changed in that file</span>
        )}
      </td>
    </tr>
  );
}
