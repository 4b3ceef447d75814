import { useEffect } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import { useJournal } from '../../client/use-engine.ts';
import { JournalSection } from '../../components/journal-section.tsx';
import { entryAt, liesFurtherDown } from './entry-at.ts';

interface TimelineTabProps {
  readonly machine: Machine;
  /** The entry to show. */
  readonly entry: number | null;
  /** The moment to show, ISO 8601. */
  readonly at: string | null;
}

/** The journal of the machine: the answer to "why". */
export function TimelineTab({ machine, entry, at }: TimelineTabProps) {
  const journal = useJournal(machine.id);
  const { entries, hasOlder, isReading, loadOlder } = journal;
  const shown = entry ?? (at === null ? null : entryAt(entries, at));
  const isMissing =
    entry === null ? at !== null && liesFurtherDown(entries, at) : !entries.some(({ id }) => id === entry);

  // What is asked for may lie further down than what is read so far.
  useEffect(() => {
    if (isMissing && hasOlder && !isReading) void loadOlder();
  }, [isMissing, hasOlder, isReading, loadOlder]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className="scroll timeline-page" tabIndex={0} aria-label="Timeline">
      <JournalSection
        journal={journal}
        entries={entries}
        namesMachines={false}
        shown={shown}
        empty="What happens to this machine will stand here."
      />
    </section>
  );
}
