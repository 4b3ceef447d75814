import { CornerDownRight } from 'lucide-react';
import { Fragment, useEffect, useMemo, useRef } from 'react';
import type { JournalEntry } from '../../main/contract/journal.ts';
import { guardWord } from '../format/guard-words.ts';
import { sentence } from '../format/sentence.ts';
import { calendarDay, clockTime, exactTime } from '../format/times.ts';
import { visibleText } from '../format/visible-text.ts';
import { machineHref } from '../route.ts';
import { ForeignText } from './foreign-text.tsx';
import { Mark } from './mark.tsx';
import { isBad, lookOf } from './timeline-look.ts';

interface TimelineProps {
  /** Newest first, so that reading down asks "why?" again and again. */
  readonly entries: readonly JournalEntry[];
  /** Every entry says which machine it is about. */
  readonly namesMachines: boolean;
  /** The entry to show, or the newest one up to a moment. */
  readonly shown?: number | null;
}

export function Timeline({ entries, namesMachines, shown = null }: TimelineProps) {
  const list = useRef<HTMLOListElement>(null);
  const known = useMemo(() => new Map(entries.map((entry) => [entry.id, entry])), [entries]);
  const causes = useMemo(() => new Set(entries.map(({ cause }) => cause)), [entries]);
  const isThere = shown !== null && known.has(shown);
  useEffect(() => {
    if (isThere) list.current?.querySelector(`[data-entry="${shown}"]`)?.scrollIntoView({ block: 'center' });
  }, [isThere, shown]);
  let day = '';
  return (
    <ol className="timeline" ref={list}>
      {entries.map((entry) => {
        const own = calendarDay(Date.parse(entry.at));
        const isNewDay = own !== day;
        day = own;
        return (
          <Fragment key={entry.id}>
            {isNewDay ? <li className="timeline-day">{own}</li> : null}
            <Entry
              entry={entry}
              cause={entry.cause === undefined ? undefined : known.get(entry.cause)}
              namesMachines={namesMachines}
              isShown={entry.id === shown}
              isAside={entry.cause === undefined && !causes.has(entry.id)}
            />
          </Fragment>
        );
      })}
    </ol>
  );
}

interface EntryProps {
  readonly entry: JournalEntry;
  readonly cause: JournalEntry | undefined;
  readonly namesMachines: boolean;
  readonly isShown: boolean;
  /** Neither caused by anything nor the cause of anything shown: the thread breaks here. */
  readonly isAside: boolean;
}

function Entry({ entry, cause, namesMachines, isShown, isAside }: EntryProps) {
  const { lead, rest } = sentence(entry.summary, entry.machine ?? null);
  const at = Date.parse(entry.at);
  const classes = ['timeline-entry'];
  if (isAside) classes.push('timeline-aside');
  if (isShown) classes.push('timeline-shown');
  return (
    <li className={classes.join(' ')} data-entry={entry.id}>
      <time dateTime={entry.at} title={exactTime(at)}>
        {clockTime(at)}
      </time>
      <span className="timeline-mark">
        <EntryMark entry={entry} />
      </span>
      <div className="timeline-text">
        {namesMachines && entry.machine !== undefined ? <MachineName entry={entry} name={entry.machine} /> : null}
        <b className={isBad(entry) ? 'crit' : undefined}>
          <ForeignText>{lead}</ForeignText>
        </b>
        <GuardTag entry={entry} />
        <span className="timeline-actor">{actorWords(entry)}</span>
        {rest === '' ? null : (
          <div className="quiet">
            <ForeignText>{rest}</ForeignText>
          </div>
        )}
        {entry.cause === undefined ? null : (
          <div className="timeline-cause">
            <CauseLink entry={entry} causeId={entry.cause} cause={cause} />
          </div>
        )}
      </div>
    </li>
  );
}

/** Who spoke against healing. */
function GuardTag({ entry: { action, details } }: { readonly entry: JournalEntry }) {
  if (!action.startsWith('healing.') || typeof details.guard !== 'string') return null;
  return <span className="tag timeline-guard">{visibleText(guardWord(details.guard))}</span>;
}

function MachineName({ entry, name }: { readonly entry: JournalEntry; readonly name: string }) {
  if (entry.machineId === undefined) return null;
  return (
    <a className="timeline-machine" href={machineHref(entry.machineId, 'timeline', entry.id)}>
      <ForeignText>{name}</ForeignText>
    </a>
  );
}

function EntryMark({ entry }: { readonly entry: JournalEntry }) {
  const look = lookOf(entry);
  if (look.kind === 'mark') return <Mark kind={look.mark} />;
  const Icon = look.icon;
  return <Icon className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />;
}

function CauseLink({
  entry,
  causeId,
  cause,
}: {
  entry: JournalEntry;
  causeId: number;
  cause: JournalEntry | undefined;
}) {
  const machineId = cause?.machineId ?? entry.machineId;
  const words =
    cause === undefined
      ? 'what came before'
      : `“${visibleText(sentence(cause.summary, cause.machine ?? null).lead)}”, ${clockTime(Date.parse(cause.at))}`;
  const text = (
    <>
      <CornerDownRight className="icon icon-tiny" strokeWidth={1.8} aria-hidden="true" /> because of{' '}
      <ForeignText>{words}</ForeignText>
    </>
  );
  if (machineId === undefined) return <span className="faint">{text}</span>;
  return <a href={machineHref(machineId, 'timeline', causeId)}>{text}</a>;
}

function actorWords({ actor, details }: JournalEntry): string {
  if (actor === 'user') return typeof details.user === 'string' ? `by ${visibleText(details.user)}` : 'by a person';
  return actor === 'engine' ? '' : `by ${actor === 'azure' ? 'Azure' : 'a hook'}`;
}
