import { ListFilter, SearchX } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import { useClient } from '../../client/client-context.tsx';
import { useCollectionInterval, useLink, useMachines, useOperations, useReadings } from '../../client/use-engine.ts';
import { Button } from '../../components/button.tsx';
import { currentReading } from '../../components/current-reading.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { LevelMark } from '../../components/level-mark.tsx';
import { NextRound } from '../../components/next-round.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { levelWords } from '../../format/level.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { useMediaQuery } from '../../shell/use-media-query.ts';
import { attentionLines } from './attention.ts';
import { AttentionList } from './attention-list.tsx';
import { BinButton } from './bin-button.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { machineFilter } from './filter-machines.ts';
import { FirstRun } from './first-run.tsx';
import { FleetTable } from './fleet-table.tsx';
import { fleetTotals } from './fleet-totals.ts';
import { NewMenu } from './new-menu.tsx';
import { useSelection } from './selection.ts';
import { compareMachines, type KnownValue, type Sorting, type SortKey, settledOrder } from './sort-machines.ts';
import { TotalsLine } from './totals-line.tsx';

const noMachines: readonly Machine[] = [];
const levels = ['calm', 'high', 'full'] as const;

export function FleetPage() {
  const { value, readAt, error } = useMachines();
  const client = useClient();
  const link = useLink();
  const operations = useOperations();
  const [filter, setFilter] = useState('');
  const [sorting, setSorting] = useState<Sorting>({ key: 'worst', descending: false });
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
  const selection = useSelection(useMemo(() => rows.map(({ id }) => id), [rows]));
  const selected = useMemo(() => machines.filter(({ id }) => selection.has(id)), [machines, selection]);
  const lines = useMemo(() => attentionLines(machines, operationOf), [machines, operationOf]);
  const totals = useMemo(() => fleetTotals(machines), [machines]);

  useShortcut('/', () => {
    filterField.current?.focus();
    filterField.current?.select();
  });
  useShortcut('r', () => void client.refresh());
  useShortcut('Escape', () => (selection.size > 0 ? selection.clear() : setFilter('')));

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

  const onSort = (key: SortKey) =>
    setSorting((before) => ({ key, descending: before.key === key ? !before.descending : startsDescending(key) }));
  return (
    <>
      <section className="fleet-top" aria-label="Totals and worst first">
        <TotalsLine count={machines.length} totals={totals} filter={filter} onFilter={setFilter} />
        <AttentionList
          lines={lines}
          most={isLow ? 2 : 4}
          onShowAll={() => {
            setFilter('');
            setSorting({ key: 'worst', descending: false });
          }}
        />
      </section>
      <div className="fleet-tools">
        <label className="field-box fleet-filter">
          <ListFilter className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
          <input
            ref={filterField}
            type="text"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              event.stopPropagation();
              setFilter('');
              event.currentTarget.blur();
            }}
            placeholder="Filter: name, state, tag, port"
            aria-label="Filter the machines"
            spellCheck={false}
            maxLength={200}
          />
          <kbd>/</kbd>
        </label>
        <span className="quiet small fleet-shown" role="status">
          {rows.length === machines.length ? '' : `${rows.length} of ${machines.length}`}
        </span>
        <span className="grow" />
        {sorting.key === 'worst' ? null : (
          <Button look="plain" size="small" onClick={() => setSorting({ key: 'worst', descending: false })}>
            Worst first
          </Button>
        )}
        <span className="fleet-legend" aria-hidden="true">
          {levels.map((level) => (
            <span key={level}>
              <LevelMark level={level} /> {levelWords[level]}
            </span>
          ))}
        </span>
        <BinButton />
        <NewMenu />
      </div>
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
          <FleetTable rows={rows} operationOf={operationOf} sorting={sorting} onSort={onSort} selection={selection} />
        </div>
      )}
      {selected.length > 0 ? <BulkBar machines={selected} onClear={selection.clear} /> : null}
      <footer className="foot">
        <span>
          <NextRound />
        </span>
        <span className="grow" />
        <span className="foot-note">MB/s unless said</span>
        <span className="foot-keys">
          <kbd>R</kbd> read now <kbd>Enter</kbd> open <kbd>Space</kbd> select <kbd>?</kbd> all keys
        </span>
      </footer>
    </>
  );
}

function startsDescending(key: SortKey): boolean {
  return key === 'cpu' || key === 'memory' || key === 'disk';
}

function useKnownValue(): KnownValue {
  const { byMachine } = useReadings();
  const intervalMs = useCollectionInterval();
  return (machine, metric) => {
    const reading = currentReading(machine, byMachine.get(machine.id) ?? [], intervalMs, Date.now());
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
