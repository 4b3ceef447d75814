// biome-ignore-all lint/a11y/noStaticElementInteractions: the role is grid, or treegrid with groups
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the role is grid, or treegrid with groups; both have them
// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual grid cannot be a <table>: its rows are placed one by one, and one row is the tab stop
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { go, machineHref } from '../../route.ts';
import { fleetColumns } from './fleet-columns.ts';
import { FleetGroupRow } from './fleet-group-row.tsx';
import type { FleetItem } from './fleet-items.ts';
import { FleetRow } from './fleet-row.tsx';
import type { Selection } from './selection.ts';
import type { Sorting, SortKey } from './sort-machines.ts';

const rowHeight = 30;
/** Rows drawn beyond what can be seen, so that a quick scroll shows no gap. */
const overscan = 12;

export interface FleetViewProps {
  readonly items: readonly FleetItem[];
  /** The machines among them, and those of closed groups. */
  readonly machines: readonly Machine[];
  operationOf(machine: Machine): Operation | undefined;
  readonly selection: Selection;
  onToggleGroup(key: string): void;
}

interface FleetTableProps extends FleetViewProps {
  readonly sorting: Sorting;
  onSort(key: SortKey): void;
}

/** The machines as a grid: one tab stop, a roving row, and only the rows in sight are in the page. */
export function FleetTable(props: FleetTableProps) {
  const { items, machines, operationOf, sorting, onSort, selection, onToggleGroup } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [currentKey, setCurrentKey] = useState<string | null>(null);
  const wantsFocus = useRef(false);
  const found = items.findIndex(({ key }) => key === currentKey);
  const current = found === -1 ? 0 : found;

  const keepCurrent = useCallback(
    (range: Range) => [...new Set([...defaultRangeExtractor(range), Math.min(current, Math.max(0, range.count - 1))])],
    [current],
  );
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => items[index]?.key ?? index,
    rangeExtractor: keepCurrent,
    overscan,
  });

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${current}"]`)?.focus({ preventScroll: true });
  });

  const itemsNow = useRef(items);
  itemsNow.current = items;
  const onCurrent = useCallback((index: number) => setCurrentKey(itemsNow.current[index]?.key ?? null), []);

  function move(to: number, extend: boolean): void {
    const index = Math.min(items.length - 1, Math.max(0, to));
    const item = items[index];
    if (item === undefined) return;
    if (extend && item.kind === 'machine') selection.extend(item.machine.id);
    setCurrentKey(item.key);
    wantsFocus.current = true;
    virtual.scrollToIndex(index);
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Keys of a menu opened from a row bubble through React's tree; they are not ours.
    if (!(event.target instanceof HTMLElement) || event.target.dataset.row === undefined) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = items[current];
    const machine = item?.kind === 'machine' ? item.machine : undefined;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: items.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) move(to, event.shiftKey);
    else if (item?.kind === 'group' && togglesGroup(event.key, item.isOpen)) onToggleGroup(item.key);
    else if (event.key === 'Enter' && machine !== undefined) go(machineHref(machine.id));
    else if (event.key === ' ' && machine !== undefined) selection.toggle(machine.id);
    else if (event.key.toLowerCase() === 'w' && machine !== undefined) go(machineHref(machine.id, 'timeline'));
    else return;
    event.preventDefault();
  }

  const allSelected = machines.length > 0 && machines.every(({ id }) => selection.has(id));
  return (
    <div
      className={sorting.key === 'host' ? 'fleet-table fleet-by-host' : 'fleet-table'}
      role={items.some(({ kind }) => kind === 'group') ? 'treegrid' : 'grid'}
      aria-label="Machines"
      aria-rowcount={items.length + 1}
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
            onChange={() => selection.setAll(allSelected ? [] : machines.map(({ id }) => id))}
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
          const item = items[index];
          if (item === undefined) return null;
          const isCurrent = index === current;
          if (item.kind === 'group') {
            const place = { index, top: start, isCurrent, onCurrent };
            return <FleetGroupRow key={key} group={item} {...place} onToggle={onToggleGroup} />;
          }
          const { machine } = item;
          return (
            <FleetRow
              key={key}
              machine={machine}
              operation={operationOf(machine)}
              index={index}
              top={start}
              isSelected={selection.has(machine.id)}
              isCurrent={isCurrent}
              onSelect={selection.choose}
              onCurrent={onCurrent}
            />
          );
        })}
      </div>
    </div>
  );
}

/** As in a tree: Enter and Space do either, the arrows one each. */
export function togglesGroup(key: string, isOpen: boolean): boolean {
  return key === 'Enter' || key === ' ' || key === (isOpen ? 'ArrowLeft' : 'ArrowRight');
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
