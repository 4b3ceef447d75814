// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop

import type { CurrentReading } from '../../../main/contract/current-reading.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Nothing } from '../../components/nothing.tsx';
import { Lasting } from '../../components/relative-time.tsx';
import { useCurrentReading } from '../../components/use-current-reading.ts';
import { noReading } from '../../format/readings.ts';
import { visibleText } from '../../format/visible-text.ts';
import { Percent, Rates, Spark } from './reading-parts.tsx';
import { useShownSamples } from './shown-readings.tsx';

/** What a machine does, in the places of its columns: values, `----` with the reason, or nothing for one that rests. */
export function ReadingCells({ machine }: { readonly machine: Machine }) {
  const { samples, intervalMs } = useShownSamples(machine.id);
  const reading = useCurrentReading(machine, samples, intervalMs);
  switch (reading.kind) {
    case 'nothing':
      return <EmptyCells title={undefined} />;
    case 'waiting':
      return <EmptyCells title="No reading yet" />;
    case 'failed':
      return <FailedCells reading={reading} />;
    case 'read':
      return <ValueCells machine={machine} reading={reading} />;
  }
}

const places = ['cpu', 'memory', 'disk', 'disk-rate', 'network', 'age'] as const;

function EmptyCells({ title }: { readonly title: string | undefined }) {
  return places.map((place) => (
    <div role="gridcell" className={`number col-${place}`} key={place} title={title}>
      <Nothing />
    </div>
  ));
}

function FailedCells({ reading: { reason, at } }: { readonly reading: Extract<CurrentReading, { kind: 'failed' }> }) {
  const words = visibleText(reason);
  return (
    <>
      <div role="gridcell" className="number col-cpu" title={words}>
        {noReading}
      </div>
      <div role="gridcell" className="fleet-fault cut" aria-colspan={4} title={words}>
        <span className="fleet-fault-word">ERROR:</span> <ForeignText>{reason}</ForeignText>
      </div>
      <AgeCell at={at} />
    </>
  );
}

interface ValueCellsProps {
  readonly machine: Machine;
  readonly reading: Extract<CurrentReading, { kind: 'read' }>;
}

function ValueCells({ machine, reading: { values, at } }: ValueCellsProps) {
  return (
    <>
      <div role="gridcell" className="number col-cpu">
        <Spark machine={machine.id} name="CPU" metric="cpuPercent" value={values.cpuPercent} />
        <Percent value={values.cpuPercent} />
      </div>
      <div role="gridcell" className="number col-memory">
        <Spark machine={machine.id} name="Memory" metric="memoryPercent" value={values.memoryPercent} />
        <Percent value={values.memoryPercent} />
      </div>
      <div role="gridcell" className="number col-disk">
        <Percent value={values.diskPercent} />
      </div>
      <div role="gridcell" className="number col-disk-rate">
        <Rates one={values.diskReadBytesPerSecond} other={values.diskWriteBytesPerSecond} />
      </div>
      <div role="gridcell" className="number col-network">
        <Rates one={values.networkInBytesPerSecond} other={values.networkOutBytesPerSecond} />
      </div>
      <AgeCell at={at} />
    </>
  );
}

function AgeCell({ at }: { readonly at: string | null }) {
  return (
    <div role="gridcell" className="number col-age quiet">
      {at === null ? <Nothing /> : <Lasting at={at} />}
    </div>
  );
}
