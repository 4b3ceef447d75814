import { ArrowDownToLine, ChevronDown, ChevronUp, Search, Terminal } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { VigilError } from '../../../main/contract/failure.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Strip } from '../../components/strip.tsx';
import { consoleText } from '../../format/console-text.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { findMatches, mostMatches } from './find-matches.ts';

/** So near to the end counts as at the end. */
const endPx = 24;

interface LogViewProps {
  /** As the machine printed it. */
  readonly raw: string;
  readonly isRead: boolean;
  /** Why it cannot be read now; null when it can. */
  readonly error: VigilError | null;
  /** Stands first among the tools. */
  readonly lead: ReactNode;
  /** Stands behind the search. */
  readonly note: ReactNode;
  /** Shown where nothing was printed. */
  readonly nothing: string;
  again(): void;
}

/** Lines of a console, to be searched and copied. It follows the end for as long as one looks at the end. */
export function LogView({ raw, isRead, error, lead, note, nothing, again }: LogViewProps) {
  const [wanted, setWanted] = useState('');
  const [current, setCurrent] = useState(0);
  const [follows, setFollows] = useState(true);
  const scroller = useRef<HTMLElement>(null);
  const searchField = useRef<HTMLInputElement>(null);

  const text = useMemo(() => consoleText(raw), [raw]);
  const searched = useDeferredValue(wanted);
  const segments = useMemo(() => findMatches(text, searched), [text, searched]);
  const count = segments.filter(({ match }) => match !== null).length;
  const shown = Math.min(current, Math.max(0, count - 1));

  // biome-ignore lint/correctness/useExhaustiveDependencies: new text is what moves the end
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && follows) element.scrollTop = element.scrollHeight;
  }, [text, follows]);

  useEffect(() => {
    if (searched !== '' && count > 0) {
      scroller.current?.querySelector(`[data-match="${shown}"]`)?.scrollIntoView({ block: 'center' });
    }
  }, [shown, searched, count]);

  useShortcut('/', () => searchField.current?.focus());
  useShortcut('mod+f', () => searchField.current?.focus());

  function step(by: 1 | -1): void {
    if (count > 0) setCurrent((shown + by + count) % count);
  }

  function onSearchKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') {
      event.stopPropagation();
      setWanted('');
      searchField.current?.blur();
    } else return;
    event.preventDefault();
  }

  return (
    <div className="console">
      <div className="console-tools">
        {lead}
        <label className="field-box console-search">
          <Search className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
          <input
            ref={searchField}
            type="text"
            aria-label="Search the console"
            placeholder="Search"
            value={wanted}
            maxLength={200}
            spellCheck={false}
            onChange={(event) => {
              setWanted(event.target.value);
              setCurrent(0);
            }}
            onKeyDown={onSearchKey}
          />
          <kbd>/</kbd>
        </label>
        <span className="console-count quiet small" role="status">
          {searched === ''
            ? ''
            : count === 0
              ? 'not found'
              : `${shown + 1} of ${count}${count === mostMatches ? '+' : ''}`}
        </span>
        <Button look="plain" size="small" icon={ChevronUp} aria-label="Previous match" onClick={() => step(-1)} />
        <Button look="plain" size="small" icon={ChevronDown} aria-label="Next match" onClick={() => step(1)} />
        <span className="grow" />
        <span className="faint tiny">{note}</span>
        <CopyButton what="the console" text={text} words />
        <Button
          look="plain"
          size="small"
          icon={ArrowDownToLine}
          aria-pressed={follows}
          onClick={() => setFollows(!follows)}
        >
          Follow
        </Button>
      </div>
      {error === null ? null : (
        <Strip
          tone="warn"
          icon={<Mark kind="warn" />}
          verbs={
            <Button size="small" onClick={again}>
              Try now
            </Button>
          }
        >
          <b>The console cannot be read.</b> <ForeignText>{error.message}</ForeignText>
        </Strip>
      )}
      {text === '' && isRead ? (
        <EmptyState
          icon={<Terminal className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
          title="Nothing printed yet"
        >
          {nothing}
        </EmptyState>
      ) : !isRead && error === null ? (
        <SkeletonRows count={10} what="the console" />
      ) : (
        <section
          className="console-log scroll"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
          tabIndex={0}
          aria-label="Console"
          ref={scroller}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
            setFollows(scrollHeight - scrollTop - clientHeight <= endPx)
          }
        >
          <pre>
            {segments.map(({ text: part, match }, index) =>
              match === null ? (
                part
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: a segment is its place
                <mark key={index} data-match={match} className={match === shown ? 'match-current' : undefined}>
                  {part}
                </mark>
              ),
            )}
          </pre>
        </section>
      )}
    </div>
  );
}
