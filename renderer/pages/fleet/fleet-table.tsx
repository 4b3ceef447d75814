// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import type { Sample } from '../../../main/contract/sample.ts';
import { useCollectionInterval, useReadings, useRecent } from '../../client/use-engine.ts';
import { go, machineHref } from '../../route.ts';
import { fleetColumns } from './fleet-columns.ts';
import { FleetRow } from './fleet-row.tsx';
import type { Selection } from './selection.ts';
import type { Sorting, SortKey } from './sort-machines.ts';

const rowHeight = 30;
/** Rows drawn beyond what can be seen, so that a quick scroll shows no gap. */
const overscan = 12;
const noSamples: readonly Sample[] = [];

interface FleetTableProps {
  readonly rows: readonly Machine[];
  operationOf(machine: Machine): Operation | undefined;
  readonly sorting: Sorting;
  onSort(key: SortKey): void;
  readonly selection: Selection;
}

/** The machines as a grid: one tab stop, a roving row, and only the rows in sight are in the page. */
export function FleetTable({ rows, operationOf, sorting, onSort, selection }: FleetTableProps) {
  const readings = useReadings();
  const recent = useRecent();
  const intervalMs = useCollectionInterval();
  const scroller = useRef<HTMLDivElement>(null);
  const [currentId, setCurrentId] = useState<string | null>(null);
  const wantsFocus = useRef(false);
  const found = rows.findIndex(({ id }) => id === currentId);
  const current = found === -1 ? 0 : found;

  const keepCurrent = useCallback(
    (range: Range) => [...new Set([...defaultRangeExtractor(range), Math.min(current, Math.max(0, range.count - 1))])],
    [current],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    rangeExtractor: keepCurrent,
    overscan,
  });

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${current}"]`)?.focus({ preventScroll: true });
  });

  const rowsNow = useRef(rows);
  rowsNow.current = rows;
  const onCurrent = useCallback((index: number) => setCurrentId(rowsNow.current[index]?.id ?? null), []);

  function move(to: number, extend: boolean): void {
    const index = Math.min(rows.length - 1, Math.max(0, to));
    const machine = rows[index];
    if (machine === undefined) return;
    if (extend) selection.extend(machine.id);
    setCurrentId(machine.id);
    wantsFocus.current = true;
    virtual.scrollToIndex(index);
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Keys of a menu opened from a row bubble through React's tree; they are not ours.
    if (!(event.target instanceof HTMLElement) || event.target.dataset.row === undefined) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const machine = rows[current];
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) move(to, event.shiftKey);
    else if (event.key === 'Enter' && machine !== undefined) go(machineHref(machine.id));
    else if (event.key === ' ' && machine !== undefined) selection.toggle(machine.id);
    else if (event.key.toLowerCase() === 'w' && machine !== undefined) go(machineHref(machine.id, 'timeline'));
    else return;
    event.preventDefault();
  }

  const allSelected = rows.length > 0 && rows.every(({ id }) => selection.has(id));
  return (
    <div
      className="fleet-table"
      role="grid"
      aria-label="Machines"
      aria-rowcount={rows.length + 1}
      aria-multiselectable="true"
      onKeyDown={onKeyDown}
      ref={scroller}
    >
      <div role="row" className="fleet-grid fleet-head" aria-rowindex={1}>
        <div role="columnheader">
          <input
            type="checkbox"
            checked={allSelected}
            ref={(box) => {
              if (box !== null) box.indeterminate = selection.size > 0 && !allSelected;
            }}
            onChange={() => selection.setAll(allSelected ? [] : rows.map(({ id }) => id))}
            aria-label="Select all"
          />
        </div>
        {fleetColumns.map((column) => (
          <HeadCell key={column.key} column={column} sorting={sorting} onSort={onSort} />
        ))}
        <div role="columnheader">
          <span className="visually-hidden">Verbs</span>
        </div>
      </div>
      <div role="rowgroup" className="fleet-body" style={{ height: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const machine = rows[index];
          if (machine === undefined) return null;
          return (
            <FleetRow
              key={key}
              machine={machine}
              operation={operationOf(machine)}
              samples={readings.byMachine.get(machine.id) ?? noSamples}
              recent={recent.get(machine.id)}
              intervalMs={intervalMs}
              index={index}
              top={start}
              isSelected={selection.has(machine.id)}
              isCurrent={index === current}
              onSelect={selection.choose}
              onCurrent={onCurrent}
            />
          );
        })}
      </div>
    </div>
  );
}

interface HeadCellProps extends Pick<FleetTableProps, 'sorting' | 'onSort'> {
  readonly column: (typeof fleetColumns)[number];
}

function HeadCell({ column, sorting, onSort }: HeadCellProps) {
  const { sort, head, title, isNumber } = column;
  const className = isNumber === true ? `number col-${column.key}` : `col-${column.key}`;
  if (sort === null) {
    return (
      <div role="columnheader" className={className} title={title}>
        {head}
      </div>
    );
  }
  const isSorted = sorting.key === sort;
  const Arrow = sorting.descending ? ArrowDown : ArrowUp;
  return (
    <div
      role="columnheader"
      className={className}
      title={title}
      aria-sort={isSorted ? (sorting.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" className="head-sort" onClick={() => onSort(sort)}>
        {head}
        {isSorted ? <Arrow className="icon icon-tiny" aria-hidden="true" /> : null}
      </button>
    </div>
  );
}
