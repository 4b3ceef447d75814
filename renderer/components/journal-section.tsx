import { History } from 'lucide-react';
import type { JournalEntry } from '../../main/contract/journal.ts';
import type { useJournal } from '../client/use-engine.ts';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';
import { ForeignText } from './foreign-text.tsx';
import { SkeletonRows } from './patience.tsx';
import { Timeline } from './timeline.tsx';

interface JournalSectionProps {
  readonly journal: ReturnType<typeof useJournal>;
  /** Those of the journal's entries that are to be shown. */
  readonly entries: readonly JournalEntry[];
  readonly namesMachines: boolean;
  readonly shown?: number | null;
  readonly empty: string;
}

/** A journal with its states: first reading, fault, nothing there, more below. */
export function JournalSection({ journal, entries, namesMachines, shown = null, empty }: JournalSectionProps) {
  if (!journal.isRead && journal.error === null) return <SkeletonRows count={8} what="the journal" />;
  return (
    <>
      {journal.error === null ? null : (
        <p className="journal-fault crit">
          <ForeignText>{journal.error.message}</ForeignText>{' '}
          <Button size="small" onClick={() => void journal.refresh()}>
            Try now
          </Button>
        </p>
      )}
      {entries.length === 0 && journal.isRead ? (
        <EmptyState
          icon={<History className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
          title="Nothing here"
        >
          {empty}
        </EmptyState>
      ) : (
        <Timeline entries={entries} namesMachines={namesMachines} shown={shown} />
      )}
      {journal.hasOlder ? (
        <div className="journal-more">
          <Button size="small" off={journal.isReading ? 'Reading' : undefined} onClick={() => void journal.loadOlder()}>
            Load older
          </Button>
        </div>
      ) : null}
    </>
  );
}
