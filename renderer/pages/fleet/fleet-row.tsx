// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
import { memo, useSyncExternalStore } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import { severityOf } from '../../../main/contract/machine-condition.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { markOf } from '../../components/machine-mark.ts';
import { verbsOf } from '../../components/machine-verbs.ts';
import { Mark } from '../../components/mark.tsx';
import { Nothing } from '../../components/nothing.tsx';
import { OperationCell } from '../../components/operation-cell.tsx';
import { ProviderBadge } from '../../components/provider-badge.tsx';
import { Lasting } from '../../components/relative-time.tsx';
import { VerbContextMenu, VerbMenuButton } from '../../components/verb-menu.tsx';
import { useTimely } from '../../format/now.ts';
import { twoDecimals } from '../../format/readings.ts';
import { visibleText } from '../../format/visible-text.ts';
import { placeInAzure } from '../../format/words.ts';
import { machineHref } from '../../route.ts';
import { hostCost } from './host-cost.ts';
import { HealthWord, StateWord } from './machine-words.tsx';
import { ReadingCells } from './reading-cells.tsx';
import { useShownSamples } from './shown-readings.tsx';

export interface FleetRowProps {
  readonly machine: Machine;
  readonly operation: Operation | undefined;
  /** From 0, in the order shown. */
  readonly index: number;
  readonly top: number;
  readonly isSelected: boolean;
  /** The one row that Tab leads to. */
  readonly isCurrent: boolean;
  onSelect(id: string, extend: boolean): void;
  onCurrent(index: number): void;
}

export const FleetRow = memo(function FleetRow(props: FleetRowProps) {
  const { machine, operation, index, top, isSelected, isCurrent, onSelect, onCurrent } = props;
  const mark = markOf(machine, operation);
  const severity = severityOf(machine, operation);
  const verbs = verbsOf(machine, operation);
  const classes = ['fleet-grid', 'fleet-row'];
  if (severity === 'critical') classes.push('fleet-row-needs');
  return (
    <VerbContextMenu machine={machine} verbs={verbs}>
      <div
        role="row"
        className={classes.join(' ')}
        style={{ transform: `translateY(${top}px)` }}
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        tabIndex={isCurrent ? 0 : -1}
        data-row={index}
        onFocus={() => onCurrent(index)}
      >
        <div role="gridcell">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={isSelected}
            onClick={(event) => event.stopPropagation()}
            onChange={(event) =>
              onSelect(machine.id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)
            }
            aria-label={`Select ${machine.name}`}
          />
        </div>
        <div role="gridcell" className="fleet-name">
          <Mark kind={mark.kind} label={mark.word} />
          <a href={machineHref(machine.id)} tabIndex={-1} className="cut">
            <ForeignText>{machine.name}</ForeignText>
          </a>
        </div>
        <div role="gridcell" className="cut col-state">
          {operation === undefined ? <StateWord machine={machine} /> : <OperationCell operation={operation} />}
        </div>
        <div role="gridcell" className="cut col-health">
          <HealthWord machine={machine} />
        </div>
        <ReadingCells machine={machine} />
        <div role="gridcell" className="number col-uptime">
          {machine.startedAt === null ? <Nothing /> : <Lasting at={machine.startedAt} />}
        </div>
        <div role="gridcell" className="number col-host">
          <HostCost machine={machine} />
        </div>
        <div role="gridcell" className="cut col-address">
          <Reach machine={machine} />
        </div>
        <div role="gridcell" className="col-provider">
          <ProviderBadge provider={machine.provider} place={placeInAzure(machine)} />
        </div>
        <div role="gridcell" className="tags cut col-tags">
          {machine.tags.map((tag) => (
            <ForeignText className="tag" key={tag}>
              {tag}
            </ForeignText>
          ))}
        </div>
        <div role="gridcell" className="fleet-more">
          <VerbMenuButton machine={machine} verbs={verbs} tabIndex={-1} />
        </div>
      </div>
    </VerbContextMenu>
  );
});

function HostCost({ machine }: Pick<FleetRowProps, 'machine'>) {
  const shown = useShownSamples();
  const wordsAt = (now: number): string => {
    const cost = hostCost(machine, shown.samplesOf(machine.id), shown.intervalMs, now);
    return cost === null ? '' : twoDecimals(cost);
  };
  useTimely(wordsAt);
  const words = useSyncExternalStore(shown.subscribe, () => wordsAt(Date.now()));
  return words === '' ? <Nothing /> : words;
}

function Reach({ machine }: { readonly machine: Machine }) {
  const { address, forwards } = machine;
  const place = placeInAzure(machine);
  const ports = forwards.map(({ host, guest }) => `${host}→${guest}`);
  if (address === null && place !== null) {
    return (
      <span className="faint" title={visibleText(place)}>
        <ForeignText>{place}</ForeignText>
      </span>
    );
  }
  if (address === null && ports.length === 0) return <Nothing />;
  const where = forwards.map(({ host, guest }) => `127.0.0.1:${host} leads to port ${guest} of the guest`).join('\n');
  return (
    <span className={address === null ? 'mono faint' : 'mono'} title={where}>
      {ports.length > 0 ? ports.join(' ') : <ForeignText>{address ?? ''}</ForeignText>}
    </span>
  );
}
