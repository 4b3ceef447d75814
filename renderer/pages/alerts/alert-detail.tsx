import { useCallback } from 'react';
import type { Episode } from '../../../main/contract/alert.ts';
import type { Connection } from '../../../main/contract/connection.ts';
import { useDeliveries } from '../../client/use-alerts.ts';
import { useFresh } from '../../client/use-fresh.ts';
import { Button } from '../../components/button.tsx';
import { EngineSentence } from '../../components/engine-sentence.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { Since } from '../../components/relative-time.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { alertHref, machineHref } from '../../route.ts';
import { type AlertVerbs, whyNotAcknowledged } from './alert-verbs.ts';
import {
  channelNames,
  deliveryMarks,
  kindWords,
  lasted,
  limitText,
  severityMarks,
  topicOf,
  valueText,
} from './alert-words.ts';
import { SnoozeMenu } from './snooze-menu.tsx';

interface AlertDetailProps {
  readonly id: string;
  /** Undefined for one that does not fire any longer. */
  readonly active: Episode | undefined;
  readonly verbs: AlertVerbs;
}

const events = ['alerts.changed'] as const;
const searched = 1000;

/** One alert whole: the sentence, how it came about, whom Vigil told of it, and what can be done. */
export function AlertDetail({ id, active, verbs }: AlertDetailProps) {
  const { value: past, error } = useFresh(
    useCallback(
      async (connection: Connection) =>
        (await connection.call('alert.history', { limit: searched })).find((each) => each.id === id) ?? null,
      [id],
    ),
    events,
  );
  const episode = active ?? past;
  if (episode === null) {
    return (
      <aside className="alert-detail" aria-label="The alert">
        <p className="quiet">
          {error === null ? 'This alert is not among those of the last 90 days.' : visibleText(error.message)}
        </p>
      </aside>
    );
  }
  return <Whole episode={episode} verbs={verbs} />;
}

function Whole({ episode, verbs }: { readonly episode: Episode; readonly verbs: AlertVerbs }) {
  const { machine, machineId, severity, state, heldBy } = episode;
  const isOver = state === 'resolved';
  return (
    <aside className="alert-detail" aria-label={`Alert ${topicOf(episode)}`}>
      <header className="alert-detail-head">
        <Mark kind={isOver ? 'ok' : severityMarks[severity]} />
        <div className="grow">
          <h2>
            <ForeignText>{episode.message}</ForeignText>
          </h2>
          <p className="small quiet">
            <EngineSentence>
              {isOver
                ? `Over after ${lasted(episode) ?? ''}. ${episode.resolvedBecause ?? ''}`
                : heldBy === null
                  ? `${episode.state === 'pending' ? 'It must hold before it fires.' : 'It fires now.'}`
                  : `Nothing is said of it: ${heldBy}.`}
            </EngineSentence>
          </p>
        </div>
        {machineId === null ? null : (
          <>
            <a className="button button-normal button-small" href={machineHref(machineId, 'timeline')}>
              Why
            </a>
            <a className="button button-normal button-small" href={machineHref(machineId)}>
              Open <ForeignText>{machine ?? 'the machine'}</ForeignText>
            </a>
          </>
        )}
        {isOver ? null : (
          <>
            <SnoozeMenu episode={episode} verbs={verbs} />
            <Button
              look="primary"
              size="small"
              off={whyNotAcknowledged(episode)}
              onClick={() => verbs.acknowledge(episode)}
            >
              Acknowledge
            </Button>
          </>
        )}
      </header>
      <div className="alert-detail-parts">
        <Facts title="How it came about">
          <Fact name="Rule">
            {episode.metric === null ? (
              <ForeignText>{episode.rule}</ForeignText>
            ) : (
              <a href={alertHref('rules', episode.rule)}>{episode.rule}</a>
            )}
          </Fact>
          <Fact name="Beyond since">
            <Since at={episode.since} />
          </Fact>
          {episode.firedAt === null ? null : (
            <Fact name="Fired">
              <Since at={episode.firedAt} />
              {episode.count > 1 ? `, ${episode.count} times` : ''}
            </Fact>
          )}
          <Fact name="Value">
            {valueText(episode.metric, episode.actualValue)}{' '}
            <span className="faint">limit {limitText(episode.metric, episode.threshold)}</span>
          </Fact>
          {episode.acknowledgedBy === null ? null : (
            <Fact name="Acknowledged">
              by <ForeignText>{episode.acknowledgedBy}</ForeignText>
            </Fact>
          )}
          {episode.affected.length === 0 ? null : (
            <Fact name="Affected">
              <ForeignText>{episode.affected.join(', ')}</ForeignText>
            </Fact>
          )}
        </Facts>
        <Told episode={episode.id} />
      </div>
    </aside>
  );
}

/** Whom Vigil told of it, and how that went. */
function Told({ episode }: { readonly episode: string }) {
  const { value: deliveries } = useDeliveries(searched);
  const own = deliveries?.filter((each) => each.episode === episode) ?? [];
  return (
    <section className="facts" aria-label="Told">
      <h3 className="section-title">Told</h3>
      {own.length === 0 ? (
        <p className="small faint">{deliveries === null ? '' : 'Nobody was told of it yet.'}</p>
      ) : (
        <ul className="alert-told">
          {own.map(({ id, channel, kind, state, reason, at, attempts }) => (
            <li key={id}>
              <Mark kind={deliveryMarks[state]} />
              <span className="cut">
                <b>{channelNames[channel]}</b> {kindWords[kind]}{' '}
                <span className="faint">
                  {state}
                  {attempts > 1 ? ` after ${attempts} tries` : ''}
                  {state === 'delivered' || reason === null ? '' : `: ${visibleText(reason)}`}
                </span>
              </span>
              <span className="faint">
                <Since at={at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
