// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop

import type { Machine } from '../../../main/contract/machine.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Nothing } from '../../components/nothing.tsx';
import { noReading } from '../../format/readings.ts';
import { visibleText } from '../../format/visible-text.ts';
import type { LiveReading, ReadValues } from './live-reading.ts';
import { Age, Percent, Rates, Spark } from './reading-parts.tsx';
import { useLiveReading } from './use-live-reading.ts';

/** What a machine does, in the places of its columns: values, `----` with the reason, or nothing for one that rests. */
export function ReadingCells({ machine }: { readonly machine: Machine }) {
  const live = useLiveReading(machine);
  const reading = live.latest;
  switch (reading.kind) {
    case 'nothing':
      return <EmptyCells title={undefined} />;
    case 'waiting':
      return <EmptyCells title="No reading yet" />;
    case 'failed':
      return <FailedCells live={live} reason={reading.reason} />;
    case 'read':
      return <ValueCells machine={machine.id} live={live} values={reading.values} />;
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

interface FailedCellsProps {
  readonly live: LiveReading;
  readonly reason: string;
}

function FailedCells({ live, reason }: FailedCellsProps) {
  const words = visibleText(reason);
  return (
    <>
      <div role="gridcell" className="number col-cpu" title={words}>
        {noReading}
      </div>
      <div role="gridcell" className="fleet-fault cut" aria-colspan={4} title={words}>
        <span className="fleet-fault-word">ERROR:</span> <ForeignText>{reason}</ForeignText>
      </div>
      <AgeCell live={live} />
    </>
  );
}

interface ValueCellsProps {
  /** Its id. */
  readonly machine: string;
  readonly live: LiveReading;
  readonly values: ReadValues;
}

function ValueCells({ machine, ...of }: ValueCellsProps) {
  return (
    <>
      <div role="gridcell" className="number col-cpu">
        <Spark machine={machine} live={of.live} name="CPU" metric="cpuPercent" />
        <Percent {...of} metric="cpuPercent" />
      </div>
      <div role="gridcell" className="number col-memory">
        <Spark machine={machine} live={of.live} name="Memory" metric="memoryPercent" />
        <Percent {...of} metric="memoryPercent" />
      </div>
      <div role="gridcell" className="number col-disk">
        <Percent {...of} metric="diskPercent" />
      </div>
      <div role="gridcell" className="number col-disk-rate">
        <Rates {...of} one="diskReadBytesPerSecond" other="diskWriteBytesPerSecond" />
      </div>
      <div role="gridcell" className="number col-network">
        <Rates {...of} one="networkInBytesPerSecond" other="networkOutBytesPerSecond" />
      </div>
      <AgeCell live={of.live} />
    </>
  );
}

function AgeCell({ live }: Pick<ValueCellsProps, 'live'>) {
  return (
    <div role="gridcell" className="number col-age quiet">
      <Age live={live} />
    </div>
  );
}
