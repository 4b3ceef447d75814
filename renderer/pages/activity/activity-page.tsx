import { useMemo, useRef, useState } from 'react';
import { useJournal, useOperations } from '../../client/use-engine.ts';
import { FilterField } from '../../components/filter-field.tsx';
import { JournalSection } from '../../components/journal-section.tsx';
import { counted } from '../../format/sizes.ts';
import { fleetHref, go } from '../../route.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { filterJournal } from './filter-journal.ts';
import { RunningOperations } from './running-operations.tsx';

/** What is under way, and what happened to the whole fleet. */
export function ActivityPage() {
  const operations = useOperations();
  const journal = useJournal();
  const [filter, setFilter] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const running = useMemo(
    () =>
      [...operations.values()]
        .filter(({ state }) => state === 'running')
        .sort((a, b) => a.startedAt.localeCompare(b.startedAt)),
    [operations],
  );
  const entries = useMemo(() => filterJournal(journal.entries, filter), [journal.entries, filter]);
  useShortcut('/', () => field.current?.focus());
  useShortcut('r', () => void journal.refresh());
  useShortcut('Escape', () => (filter === '' ? go(fleetHref) : setFilter('')));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className="scroll" tabIndex={0} aria-label="Activity">
      <div className="list-head">
        <FilterField
          label="Filter the journal"
          placeholder="Filter: machine, word, person"
          filter={filter}
          onFilter={setFilter}
          field={field}
        />
        <span className="quiet small" role="status">
          {filter === ''
            ? ''
            : `${entries.length} of ${counted(journal.entries.length, 'entry', 'entries')} read so far`}
        </span>
      </div>
      <div className="page-column">
        {running.length === 0 ? null : <RunningOperations operations={running} />}
        <section aria-label="Journal">
          <header className="section-head">
            <h2>Journal</h2>
            <span className="faint">newest first</span>
          </header>
          <JournalSection
            journal={journal}
            entries={entries}
            namesMachines
            empty={
              filter === '' ? 'What happens in the fleet will stand here.' : 'No entry that was read fits the filter.'
            }
          />
        </section>
      </div>
    </section>
  );
}
