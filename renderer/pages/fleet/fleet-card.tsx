// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: its lines are placed one by one, and one card is the tab stop
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual grid cannot be a <table>: its lines are placed one by one, and one card is the tab stop
import { memo } from 'react';
import { severityOf } from '../../../main/contract/machine-condition.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { markOf } from '../../components/machine-mark.ts';
import { verbsOf } from '../../components/machine-verbs.ts';
import { Mark } from '../../components/mark.tsx';
import { OperationCell } from '../../components/operation-cell.tsx';
import { ProviderBadge } from '../../components/provider-badge.tsx';
import { VerbContextMenu, VerbMenuButton } from '../../components/verb-menu.tsx';
import { noReading } from '../../format/readings.ts';
import { visibleText } from '../../format/visible-text.ts';
import { placeInAzure } from '../../format/words.ts';
import { machineHref } from '../../route.ts';
import type { FleetRowProps } from './fleet-row.tsx';
import { HealthWord, StateWord } from './machine-words.tsx';
import { Age, Percent, Rates, Spark } from './reading-parts.tsx';
import { useLiveReading } from './use-live-reading.ts';

export interface FleetCardProps
  extends Pick<FleetRowProps, 'machine' | 'operation' | 'isSelected' | 'isCurrent' | 'onSelect'> {
  onCurrent(id: string): void;
}

/** A machine on a small piece of the page: who, how, and what it does now. */
export const FleetCard = memo(function FleetCard(props: FleetCardProps) {
  const { machine, operation, isSelected, isCurrent, onSelect, onCurrent } = props;
  const mark = markOf(machine, operation);
  const verbs = verbsOf(machine, operation);
  const place = placeInAzure(machine);
  const needs = severityOf(machine, operation) === 'critical';
  return (
    <VerbContextMenu machine={machine} verbs={verbs}>
      <div
        role="gridcell"
        className={needs ? 'fleet-card fleet-card-needs' : 'fleet-card'}
        aria-selected={isSelected}
        tabIndex={isCurrent ? 0 : -1}
        data-card={machine.id}
        onFocus={() => onCurrent(machine.id)}
      >
        <div className="fleet-card-head">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={isSelected}
            onChange={(event) =>
              onSelect(machine.id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)
            }
            aria-label={`Select ${machine.name}`}
          />
          <Mark kind={mark.kind} label={mark.word} />
          <a href={machineHref(machine.id)} tabIndex={-1} className="cut grow">
            <ForeignText>{machine.name}</ForeignText>
          </a>
          <ProviderBadge provider={machine.provider} place={place} />
          <VerbMenuButton machine={machine} verbs={verbs} tabIndex={-1} />
        </div>
        <div className="fleet-card-state cut">
          {operation === undefined ? (
            <>
              <StateWord machine={machine} /> <span className="faint">·</span> <HealthWord machine={machine} />
              {place === null ? null : (
                <span className="faint" title={visibleText(place)}>
                  {' · '}
                  <ForeignText>{place}</ForeignText>
                </span>
              )}
            </>
          ) : (
            <OperationCell operation={operation} />
          )}
        </div>
        <CardReading machine={machine} />
      </div>
    </VerbContextMenu>
  );
});

function CardReading({ machine }: Pick<FleetCardProps, 'machine'>) {
  const live = useLiveReading(machine);
  const reading = live.latest;
  if (reading.kind === 'nothing' || reading.kind === 'waiting') {
    return <p className="fleet-card-none faint">{reading.kind === 'nothing' ? 'Nothing to read' : 'No reading yet'}</p>;
  }
  if (reading.kind === 'failed') {
    return (
      <p className="fleet-card-fault" title={visibleText(reading.reason)}>
        {noReading} <span className="fleet-fault-word">ERROR:</span> <ForeignText>{reading.reason}</ForeignText>
      </p>
    );
  }
  const of = { live, values: reading.values };
  return (
    <dl className="fleet-card-values">
      <dt>CPU</dt>
      <dd>
        <Spark machine={machine.id} live={live} name="CPU" metric="cpuPercent" />
        <Percent {...of} metric="cpuPercent" />
      </dd>
      <dt>Memory</dt>
      <dd>
        <Spark machine={machine.id} live={live} name="Memory" metric="memoryPercent" />
        <Percent {...of} metric="memoryPercent" />
      </dd>
      <dt>Disk</dt>
      <dd>
        <span className="fleet-card-rate quiet">
          <Rates {...of} one="diskReadBytesPerSecond" other="diskWriteBytesPerSecond" />
        </span>
        <Percent {...of} metric="diskPercent" />
      </dd>
      <dt>Net</dt>
      <dd>
        <span className="fleet-card-rate quiet">
          <Rates {...of} one="networkInBytesPerSecond" other="networkOutBytesPerSecond" />
        </span>
        <span className="quiet fleet-card-age">
          <Age live={live} />
        </span>
      </dd>
    </dl>
  );
}
