import { SearchX } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { useCollectionInterval, useLink, useMachines, useOperations } from '../../client/use-engine.ts';
import { Button } from '../../components/button.tsx';
import { currentReading } from '../../components/current-reading.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { useKept } from '../../components/use-kept.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { useKeepFirstPicture } from '../../shell/use-keep-first-picture.ts';
import { useMediaQuery } from '../../shell/use-media-query.ts';
import { attentionLines } from './attention.ts';
import { AttentionList } from './attention-list.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { machineFilter } from './filter-machines.ts';
import { FirstRun } from './first-run.tsx';
import { FleetCards } from './fleet-cards.tsx';
import { FleetFoot } from './fleet-foot.tsx';
import { fleetItems, groupings } from './fleet-items.ts';
import { FleetTable } from './fleet-table.tsx';
import { FleetTools, fleetViews } from './fleet-tools.tsx';
import { fleetTotals } from './fleet-totals.ts';
import { hostCost } from './host-cost.ts';
import { useSelection } from './selection.ts';
import { ShownReadings } from './shown-readings.tsx';
import { compareMachines, type KnownValue, type Sorting, type SortKey, settledOrder } from './sort-machines.ts';
import { TotalsLine } from './totals-line.tsx';

const noMachines: readonly Machine[] = [];
const opening: Sorting = { key: 'worst', descending: false };

export function FleetPage() {
  const { value, readAt, error } = useMachines();
  const client = useClient();
  const link = useLink();
  const operations = useOperations();
  const [filter, setFilter] = useState('');
  const [sorting, setSorting] = useState<Sorting>(opening);
  const [view, setView] = useKept('fleet-view', fleetViews);
  const [grouping, setGrouping] = useKept('fleet-grouping', groupings);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [heldAt, setHeldAt] = useState<number | null>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const isLow = useMediaQuery('(max-height: 699px), (max-width: 1099px)');

  const machines = useMemo(() => (value === null ? noMachines : [...value.values()]), [value]);
  const running = useMemo(
    () =>
      new Map(
        [...operations.values()].filter(({ state }) => state === 'running').map((each) => [each.machineId, each]),
      ),
    [operations],
  );
  const operationOf = useCallback((machine: Machine) => running.get(machine.id), [running]);
  const order = useFleetOrder(machines, sorting, readAt, useKnownValue());
  const rows = useMemo(() => {
    const matches = machineFilter(filter);
    return order.flatMap((id) => {
      const machine = value?.get(id);
      return machine !== undefined && matches(machine) ? [machine] : [];
    });
  }, [order, value, filter]);
  const items = useMemo(() => fleetItems(rows, grouping, closed), [rows, grouping, closed]);
  const selection = useSelection(
    useMemo(() => items.flatMap((item) => (item.kind === 'machine' ? [item.machine.id] : [])), [items]),
  );
  const selected = useMemo(() => machines.filter(({ id }) => selection.has(id)), [machines, selection]);
  const lines = useMemo(() => attentionLines(machines, operationOf), [machines, operationOf]);
  const totals = useMemo(() => fleetTotals(machines), [machines]);

  useShortcut('/', () => {
    filterField.current?.focus();
    filterField.current?.select();
  });
  useShortcut('r', () => void client.refresh());
  useShortcut('Escape', () => (selection.size > 0 ? selection.clear() : setFilter('')));

  const isAsItOpens = filter === '' && sorting === opening && heldAt === null && closed.size + selection.size === 0;
  useKeepFirstPicture(value?.size === 0 ? 'empty' : value !== null && isAsItOpens ? 'as-it-opens' : 'otherwise');

  if (value === null) {
    return error === null || link.kind === 'opening' ? (
      <div className="scroll">
        <SkeletonRows count={12} what="the machines" />
      </div>
    ) : (
      <EmptyState
        icon={<SearchX className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
        title="The machines cannot be shown"
        verb={<Button onClick={() => void client.refresh()}>Try now</Button>}
      >
        {error.message}
      </EmptyState>
    );
  }
  if (value.size === 0) return <FirstRun />;

  const toggleGroup = (key: string) =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const onSort = (key: SortKey) =>
    setSorting((before) => ({ key, descending: before.key === key ? !before.descending : startsDescending(key) }));
  const shown = { items, machines: rows, operationOf, selection, onToggleGroup: toggleGroup };
  return (
    <>
      <section className="fleet-top" aria-label="Totals and worst first">
        <TotalsLine count={machines.length} totals={totals} filter={filter} onFilter={setFilter} />
        <AttentionList
          lines={lines}
          most={isLow ? 2 : 4}
          onShowAll={() => {
            setFilter('');
            setSorting(opening);
          }}
        />
      </section>
      <FleetTools
        view={view}
        onView={setView}
        filter={filter}
        onFilter={setFilter}
        filterField={filterField}
        shown={rows.length === machines.length ? '' : `${rows.length} of ${machines.length}`}
        grouping={grouping}
        onGroup={setGrouping}
        sort={sorting.key}
        onSort={(key) => setSorting({ key, descending: startsDescending(key) })}
      />
      {rows.length === 0 ? (
        <EmptyState
          icon={<SearchX className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
          title="No machine fits the filter"
          verb={<Button onClick={() => setFilter('')}>Show all {machines.length}</Button>}
        >
          Looked at names, states, tags, providers, addresses and ports.
        </EmptyState>
      ) : (
        <div className={link.kind === 'lost' ? 'fleet-place stale' : 'fleet-place'}>
          <ShownReadings isHeld={heldAt !== null}>
            {view === 'table' ? <FleetTable {...shown} sorting={sorting} onSort={onSort} /> : <FleetCards {...shown} />}
          </ShownReadings>
        </div>
      )}
      {selected.length > 0 ? <BulkBar machines={selected} onClear={selection.clear} /> : null}
      <FleetFoot heldAt={heldAt} onHold={() => setHeldAt(heldAt === null ? Date.now() : null)} />
    </>
  );
}

function startsDescending(key: SortKey): boolean {
  return key === 'cpu' || key === 'memory' || key === 'disk' || key === 'host';
}

/** Looked up when an order is made: what changes meanwhile moves nothing, and must not draw the page anew. */
function useKnownValue(): KnownValue {
  const { readings } = useClient();
  const intervalMs = useCollectionInterval();
  return (machine, metric) => {
    const samples = readings.get().value?.byMachine.get(machine.id) ?? [];
    if (metric === 'hostCost') return hostCost(machine, samples, intervalMs, Date.now());
    const reading = currentReading(machine, samples, intervalMs, Date.now());
    return reading.kind === 'read' ? reading.values[metric].value : null;
  };
}

/** Nothing moves under the eye: the order is made anew by a person's sorting or re-reading, not by what changes. */
function useFleetOrder(
  machines: readonly Machine[],
  sorting: Sorting,
  readAt: number | null,
  known: KnownValue,
): readonly string[] {
  const knownNow = useRef(known);
  knownNow.current = known;
  const settled = useRef<{ sorting: Sorting; readAt: number | null; order: readonly string[] } | null>(null);
  const order = useMemo(() => {
    const compare = compareMachines(sorting, (machine, metric) => knownNow.current(machine, metric));
    const before = settled.current;
    const keep = before !== null && before.sorting === sorting && before.readAt === readAt;
    return settledOrder(keep ? before.order : [], machines, compare);
  }, [machines, sorting, readAt]);
  useEffect(() => {
    settled.current = { sorting, readAt, order };
  }, [sorting, readAt, order]);
  return order;
}
