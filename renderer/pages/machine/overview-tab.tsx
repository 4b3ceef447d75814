import type { Machine } from '../../../main/contract/machine.ts';
import { ChartBoard } from '../../charts/chart-board.tsx';
import { useJournal } from '../../client/use-engine.ts';
import { JournalSection } from '../../components/journal-section.tsx';
import { machineHref } from '../../route.ts';

/** What it does, beside the newest part of its story. */
export function OverviewTab({ machine }: { readonly machine: Machine }) {
  const journal = useJournal(machine.id);
  return (
    <div className="overview">
      <ChartBoard machine={machine} journal={journal} />
      <aside className="overview-why" aria-label="Why">
        <header className="section-head">
          <h3 className="section-title">Why</h3>
          <span className="faint tiny">newest first, read down</span>
          <span className="grow" />
          <a href={machineHref(machine.id, 'timeline')}>All</a>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
        <section className="scroll" tabIndex={0} aria-label="Latest entries of the timeline">
          <JournalSection
            journal={journal}
            entries={journal.entries.slice(0, 12)}
            namesMachines={false}
            empty="What happens to this machine will stand here."
          />
        </section>
      </aside>
    </div>
  );
}
