// biome-ignore-all lint/a11y/useSemanticElements: a virtual table cannot be a <table>: its rows are placed one by one
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual table cannot be a <table>: the link of each row is its tab stop
import { useVirtualizer } from '@tanstack/react-virtual';
import { History as HistoryIcon } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Episode } from '../../../main/contract/alert.ts';
import { useAlertHistory } from '../../client/use-alert-history.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FilterField } from '../../components/filter-field.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Moment } from '../../components/relative-time.tsx';
import { counted } from '../../format/sizes.ts';
import { visibleText } from '../../format/visible-text.ts';
import { alertHref, machineHref } from '../../route.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { lasted, severityMarks, topicOf, valueText } from './alert-words.ts';
import { filterEpisodes } from './filter-episodes.ts';

const rowHeight = 30;
const overscan = 12;

/** Every alert of the last 90 days. */
export function HistoryTab() {
  const history = useAlertHistory();
  const [filter, setFilter] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { episodes, error, hasOlder, isReading, loadOlder } = history;
  const shown = useMemo(() => filterEpisodes(episodes ?? [], filter), [episodes, filter]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => shown[index]?.id ?? index,
    overscan,
  });
  useShortcut('/', () => field.current?.focus());
  useShortcut('r', history.retry);
  const items = virtual.getVirtualItems();
  const isAtEnd = (items.at(-1)?.index ?? 0) >= shown.length - overscan;
  // What is filtered for may lie further back: it is looked for as long as there is room for it.
  useEffect(() => {
    if (isAtEnd && hasOlder && !isReading && error === null) loadOlder();
  });
  const icon = <HistoryIcon className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />;
  if (episodes === null) {
    if (error === null) return <SkeletonRows count={10} what="the history" />;
    return (
      <EmptyState
        icon={icon}
        title="The history could not be read"
        verb={<Button onClick={history.retry}>Try again</Button>}
      >
        {visibleText(error.message)}
      </EmptyState>
    );
  }
  if (episodes.length === 0) {
    return (
      <EmptyState icon={icon} title="Nothing has fired yet">
        Every alert stands here for 90 days, with how long it lasted.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="list-head">
        <FilterField
          label="Filter the history"
          placeholder="Filter: machine, rule, severity"
          filter={filter}
          onFilter={setFilter}
          field={field}
        />
        <span className="quiet small" role="status">
          {filter === '' ? '' : `${shown.length} of `}
          {counted(episodes.length, 'alert')}
          {hasOlder ? ', more further back' : ' of the last 90 days'}
        </span>
        {error === null ? null : (
          <span className="crit small" role="alert">
            {visibleText(error.message)}
          </span>
        )}
      </div>
      <div className="history-table" role="table" aria-label="History" aria-rowcount={shown.length + 1} ref={scroller}>
        <div role="rowgroup">
          <div role="row" className="history-row history-head" aria-rowindex={1}>
            <span role="columnheader">Severity</span>
            <span role="columnheader">Fired</span>
            <span role="columnheader">Machine</span>
            <span role="columnheader">What</span>
            <span role="columnheader" className="number">
              Value
            </span>
            <span role="columnheader" className="number">
              Lasted
            </span>
            <span role="columnheader">How it ended</span>
          </div>
        </div>
        <div role="rowgroup" className="history-body" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map(({ index, start, key }) => {
            const episode = shown[index];
            return episode === undefined ? null : <Row key={key} episode={episode} index={index} top={start} />;
          })}
        </div>
      </div>
      {shown.length === 0 ? (
        <p className="alert-more quiet" role="status">
          {isReading || hasOlder ? 'Looking further back…' : 'No alert fits the filter.'}
        </p>
      ) : null}
    </>
  );
}

interface RowProps {
  readonly episode: Episode;
  readonly index: number;
  readonly top: number;
}

function Row({ episode, index, top }: RowProps) {
  const { severity, machine, machineId, firedAt, since, state, resolvedBecause, acknowledgedBy, count } = episode;
  // Part of an enumeration, which no sentence ends in.
  const ended = state === 'resolved' ? (resolvedBecause ?? '').replace(/\.$/, '') : 'still fires';
  return (
    <div role="row" className="history-row" aria-rowindex={index + 2} style={{ transform: `translateY(${top}px)` }}>
      <span role="cell" className="alert-severity">
        <Mark kind={severityMarks[severity]} />
        {severity}
      </span>
      <span role="cell" className="quiet">
        <Moment at={firedAt ?? since} />
      </span>
      <span role="cell" className="cut">
        {machine === null || machineId === null ? (
          <span className="quiet">this computer</span>
        ) : (
          <a href={machineHref(machineId)} className="alert-machine">
            <ForeignText>{machine}</ForeignText>
          </a>
        )}
      </span>
      <span role="cell" className="cut">
        <a className="alert-topic" href={alertHref('active', episode.id)} title={visibleText(episode.message)}>
          <ForeignText>{topicOf(episode)}</ForeignText>
        </a>
        {count > 1 ? <span className="faint"> {count} times</span> : null}
      </span>
      <span role="cell" className="number">
        {valueText(episode.metric, episode.actualValue)}
      </span>
      <span role="cell" className="number">
        {lasted(episode) ?? '–'}
      </span>
      <span role="cell" className="cut quiet">
        <ForeignText>
          {[ended === '' ? 'by itself' : ended, acknowledgedBy === null ? '' : `acknowledged by ${acknowledgedBy}`]
            .filter((part) => part !== '')
            .join(', ')}
        </ForeignText>
      </span>
    </div>
  );
}
