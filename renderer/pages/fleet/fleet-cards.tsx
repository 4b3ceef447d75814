// biome-ignore-all lint/a11y/noStaticElementInteractions: the role is grid, or treegrid with groups
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the role is grid, or treegrid with groups; both have them
// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid cannot be a <table>: its lines are placed one by one, and one card is the tab stop
// biome-ignore-all lint/a11y/useFocusableInteractive: a virtual grid cannot be a <table>: its lines are placed one by one, and one card is the tab stop
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useBox } from '../../charts/use-box.ts';
import { go, machineHref } from '../../route.ts';
import { type CardLine, cardBeside, cardLines } from './card-lines.ts';
import { FleetCard } from './fleet-card.tsx';
import { FleetGroupRow } from './fleet-group-row.tsx';
import { type FleetViewProps, togglesGroup } from './fleet-table.tsx';

const groupHeight = 34;
/** As in fleet-cards.css, the gap below it included. */
const cardHeight = 160;
const leastWidth = 232;
const overscan = 3;

/** The machines as cards: one tab stop, the arrows go from card to card, and only the cards in sight are in the page. */
export function FleetCards({ items, machines, operationOf, selection, onToggleGroup }: FleetViewProps) {
  const { ref: scroller, box } = useBox<HTMLDivElement>();
  const [currentKey, setCurrentKey] = useState<string | null>(null);
  const wantsFocus = useRef(false);
  const columns = Math.max(1, Math.floor(((box?.width ?? leastWidth) - 20) / leastWidth));
  const lines = useMemo(() => cardLines(items, columns), [items, columns]);
  const current = placeOf(lines, currentKey);
  const isGrouped = lines.some(({ kind }) => kind === 'group');

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.kind === 'group' ? groupHeight : cardHeight),
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan,
  });
  const { measure } = virtual;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines have other heights
  useEffect(() => measure(), [lines, measure]);

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  });

  const onCurrent = useCallback((id: string) => setCurrentKey(id), []);
  const onGroup = (index: number) => setCurrentKey(lines[index]?.key ?? null);

  function onKeyDown(event: KeyboardEvent): void {
    const { target } = event;
    if (!(target instanceof HTMLElement)) return;
    if (target.dataset.card === undefined && target.dataset.row === undefined) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const line = lines[current.line];
    const machine = line?.kind === 'cards' ? line.machines[current.column] : undefined;
    if (line?.kind === 'group' && togglesGroup(event.key, line.isOpen)) onToggleGroup(line.key);
    else if (event.key === 'Enter' && machine !== undefined) go(machineHref(machine.id));
    else if (event.key === ' ' && machine !== undefined) selection.toggle(machine.id);
    else if (event.key.toLowerCase() === 'w' && machine !== undefined) go(machineHref(machine.id, 'timeline'));
    else {
      const to = cardBeside(lines, current, event.key);
      const next = to === null ? undefined : lines[to.line];
      if (to === null || next === undefined) return;
      const key = next.kind === 'group' ? next.key : (next.machines[to.column]?.id ?? null);
      if (event.shiftKey && key !== null && next.kind === 'cards') selection.extend(key);
      setCurrentKey(key);
      wantsFocus.current = true;
      virtual.scrollToIndex(to.line);
    }
    event.preventDefault();
  }

  return (
    <div
      className="fleet-cards"
      role={isGrouped ? 'treegrid' : 'grid'}
      aria-label="Machines"
      aria-rowcount={lines.length}
      aria-multiselectable="true"
      data-count={machines.length}
      onKeyDown={onKeyDown}
      ref={scroller}
    >
      <div role="rowgroup" className="fleet-body" style={{ height: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index];
          if (line === undefined) return null;
          if (line.kind === 'group') {
            const isCurrent = current.line === index;
            const place = { index, top: start, isCurrent, onCurrent: onGroup };
            return <FleetGroupRow key={key} group={line} {...place} onToggle={onToggleGroup} />;
          }
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 1}
              className="fleet-card-line"
              style={{ transform: `translateY(${start}px)`, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
            >
              {line.machines.map((machine, column) => (
                <FleetCard
                  key={machine.id}
                  machine={machine}
                  operation={operationOf(machine)}
                  isSelected={selection.has(machine.id)}
                  isCurrent={current.line === index && current.column === column}
                  onSelect={selection.choose}
                  onCurrent={onCurrent}
                />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Where a machine or a group stands now; the first place where it is not there any more. */
function placeOf(lines: readonly CardLine[], key: string | null): { readonly line: number; readonly column: number } {
  for (const [line, each] of lines.entries()) {
    if (each.kind === 'group') {
      if (each.key === key) return { line, column: 0 };
      continue;
    }
    const column = each.machines.findIndex(({ id }) => id === key);
    if (column !== -1) return { line, column };
  }
  return { line: 0, column: 0 };
}
