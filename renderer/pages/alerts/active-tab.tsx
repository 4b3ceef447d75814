import { BellOff, CircleCheck } from 'lucide-react';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import type { Episode } from '../../../main/contract/alert.ts';
import { useClient } from '../../client/client-context.tsx';
import { useActiveAlerts } from '../../client/use-alerts.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { alertHref, go, machineHref } from '../../route.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { ActiveRow } from './active-row.tsx';
import { AlertDetail } from './alert-detail.tsx';
import { useAlertVerbs, whyNotAcknowledged, whyNotSnoozed } from './alert-verbs.ts';
import { byCause } from './alert-words.ts';

/** More than a person goes through; the rest on demand. */
const shownAtFirst = 200;
const hourSeconds = 3600;

/** What fires now, by its root cause, and the one that is looked at. */
export function ActiveTab({ chosen }: { readonly chosen: string | null }) {
  const client = useClient();
  const { value: episodes, error } = useActiveAlerts();
  const verbs = useAlertVerbs();
  const [showsAll, setShowsAll] = useState(false);
  const list = useRef<HTMLTableElement>(null);
  const groups = useMemo(() => byCause(episodes ?? []), [episodes]);
  const rows = useMemo(
    () =>
      groups.flatMap(({ episode, explained }) => [
        { episode, isExplained: false },
        ...explained.map((each) => ({ episode: each, isExplained: true })),
      ]),
    [groups],
  );
  // One that was about to fire is the same one once it does.
  const current = rows.find(
    ({ episode }) => episode.id === chosen || `pending-${episode.rule}-${episode.machineId}` === chosen,
  )?.episode;
  const choose = (episode: Episode | undefined): void => {
    if (episode !== undefined) go(alertHref('active', episode.id));
  };
  useShortcut(
    'a',
    () => current !== undefined && whyNotAcknowledged(current) === undefined && verbs.acknowledge(current),
  );
  useShortcut(
    's',
    () => current !== undefined && whyNotSnoozed(current) === undefined && verbs.snooze(current, hourSeconds, '1 h'),
  );
  useShortcut('w', () => current?.machineId != null && go(machineHref(current.machineId, 'timeline')));
  useShortcut('r', () => void client.alerts.refresh());
  useShortcut('Escape', () => chosen !== null && go(alertHref('active')));

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rows.findIndex(({ episode }) => episode === current);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const next = to === undefined ? undefined : rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (next === undefined) return;
    event.preventDefault();
    choose(next.episode);
    list.current?.querySelector<HTMLElement>(`[data-alert="${next.episode.id}"]`)?.focus();
  }

  if (episodes === null) {
    if (error === null) return <SkeletonRows count={6} what="the alerts" />;
    return (
      <EmptyState
        icon={<BellOff className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
        title="The alerts could not be read"
        verb={<Button onClick={() => void client.alerts.refresh()}>Try again</Button>}
      >
        {visibleText(error.message)}
      </EmptyState>
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<CircleCheck className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
        title="Nothing fires"
        verb={
          <a className="button button-normal" href={alertHref('history')}>
            What fired before
          </a>
        }
      >
        When a rule finds something wrong, it stands here with what you can do about it.
      </EmptyState>
    );
  }
  const shown = showsAll ? rows : rows.slice(0, shownAtFirst);
  return (
    <div className="active-alerts">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label="Active alerts">
        <table className="alert-table" ref={list} onKeyDown={onKeyDown}>
          <thead>
            <tr>
              <th scope="col">Severity</th>
              <th scope="col">Machine</th>
              <th scope="col">What</th>
              <th scope="col" className="number">
                Value
              </th>
              <th scope="col" className="number col-limit">
                Limit
              </th>
              <th scope="col">Since</th>
              <th scope="col">
                <span className="visually-hidden">Verbs</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ episode, isExplained }) => (
              <ActiveRow
                key={episode.id}
                episode={episode}
                isExplained={isExplained}
                isCurrent={episode === current}
                verbs={verbs}
              />
            ))}
          </tbody>
        </table>
        {shown.length < rows.length ? (
          <p className="alert-more">
            <Button onClick={() => setShowsAll(true)}>Show all {rows.length}</Button>
          </p>
        ) : null}
      </section>
      {chosen === null ? null : <AlertDetail key={chosen} id={chosen} active={current} verbs={verbs} />}
      <footer className="foot">
        <span className="grow" />
        <span className="foot-keys">
          <kbd>↑</kbd> <kbd>↓</kbd> look at <kbd>A</kbd> acknowledge <kbd>S</kbd> snooze 1 h <kbd>W</kbd> why
        </span>
      </footer>
    </div>
  );
}
