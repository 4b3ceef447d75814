import { memo } from 'react';
import type { Episode } from '../../../main/contract/alert.ts';
import { Button } from '../../components/button.tsx';
import { EngineSentence } from '../../components/engine-sentence.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { Lasting, Moment } from '../../components/relative-time.tsx';
import { alertHref, machineHref } from '../../route.ts';
import { type AlertVerbs, whyNotAcknowledged } from './alert-verbs.ts';
import { limitText, namesText, severityMarks, topicOf, valueText } from './alert-words.ts';
import { SnoozeMenu } from './snooze-menu.tsx';

interface ActiveRowProps {
  readonly episode: Episode;
  /** By the one above it. */
  readonly isExplained: boolean;
  readonly isCurrent: boolean;
  readonly verbs: AlertVerbs;
}

/** One alert: how bad, where, what, since when, and what can be done. */
export const ActiveRow = memo(function ActiveRow({ episode, isExplained, isCurrent, verbs }: ActiveRowProps) {
  const { id, severity, machine, machineId, state, metric, actualValue, threshold } = episode;
  const since = episode.firedAt ?? episode.since;
  const acknowledgeWord = episode.acknowledgedBy === null ? 'Acknowledge' : 'Acknowledged';
  const classes = ['alert-row', `alert-${severity}`];
  if (isExplained) classes.push('alert-explained');
  return (
    <tr className={classes.join(' ')} aria-current={isCurrent || undefined}>
      <td>
        <span className="alert-severity">
          <Mark kind={state === 'pending' ? 'unk' : severityMarks[severity]} />
          <span className={severity === 'critical' ? 'crit strong' : 'strong'}>
            {state === 'pending' ? 'waiting' : severity}
          </span>
        </span>
      </td>
      <td className="cut">
        {machine === null || machineId === null ? (
          <span className="quiet">this computer</span>
        ) : (
          <a href={machineHref(machineId)} className="alert-machine">
            <ForeignText>{machine}</ForeignText>
          </a>
        )}
      </td>
      <td className="cut">
        <a className="alert-topic" href={alertHref('active', id)} data-alert={id}>
          <ForeignText>{topicOf(episode)}</ForeignText>
        </a>
        <WhyQuiet episode={episode} isExplained={isExplained} />
      </td>
      <td className="number strong">{valueText(metric, actualValue)}</td>
      <td className="number quiet col-limit">{limitText(metric, threshold)}</td>
      <td>
        <Moment at={since} />{' '}
        <span className="faint">
          <Lasting at={since} />
        </span>
      </td>
      <td>
        <span className="alert-verbs">
          <SnoozeMenu episode={episode} verbs={verbs} />
          <Button
            size="small"
            off={whyNotAcknowledged(episode)}
            onClick={() => verbs.acknowledge(episode)}
            aria-label={`${acknowledgeWord} ${topicOf(episode)}${machine === null ? '' : ` of ${machine}`}`}
          >
            {acknowledgeWord}
          </Button>
        </span>
      </td>
    </tr>
  );
});

/** What stands quietly behind its name: why nothing is said, whom it concerns, how often it came back. */
function WhyQuiet({ episode, isExplained }: { readonly episode: Episode; readonly isExplained: boolean }) {
  const { heldBy, affected, count, isFlapping, state } = episode;
  const words = [
    affected.length === 0 ? null : `affects ${namesText(affected)}`,
    isExplained ? 'explained by the alert above' : heldBy === null ? null : `quiet: ${heldBy}`,
    isFlapping ? 'comes and goes' : null,
    count > 1 ? `fired ${count} times` : null,
    state === 'pending' ? 'must hold before it fires' : null,
  ].filter((word) => word !== null);
  return words.length === 0 ? null : (
    <span className="faint alert-aside">
      <EngineSentence>{words.join(', ')}</EngineSentence>
    </span>
  );
}
