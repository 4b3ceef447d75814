import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Daemon, EngineNotice, HostDescription } from '../../main/contract/engine-status.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';
import type { Sample } from '../../main/contract/sample.ts';
import type { Settings } from '../../main/contract/settings.ts';
import { useClient } from './client-context.tsx';
import type { ById, Link } from './engine-client.ts';
import { createJournalFeed, type Journal, type JournalFeed } from './journal-feed.ts';
import type { Mirrored } from './mirror.ts';
import { whileInSight } from './page-sight.ts';
import { noReadings, type Readings } from './readings.ts';
import { createStore, type Store } from './store.ts';

/** The value of a store. A page that nobody sees is not drawn again: it catches up when it comes back into sight. */
export function useStore<T>(store: Store<T>): T {
  const subscribe = useMemo(() => whileInSight(store.subscribe), [store]);
  return useSyncExternalStore(subscribe, store.get);
}

export function useLink(): Link {
  return useStore(useClient().link);
}

export function useMachines(): Mirrored<ById<Machine>> {
  return useStore(useClient().machines);
}

/** Undefined while nothing was read, null when there is no such machine. */
export function useMachine(id: string): Machine | null | undefined {
  const { value } = useMachines();
  return value === null ? undefined : (value.get(id) ?? null);
}

const noOperations: ById<Operation> = new Map();

export function useOperations(): ById<Operation> {
  return useStore(useClient().operations).value ?? noOperations;
}

/** The operation under way on a machine. */
export function useOperationOf(machine: Machine | null | undefined): Operation | undefined {
  const operations = useOperations();
  return useMemo(
    () => [...operations.values()].find((each) => each.machineId === machine?.id && each.state === 'running'),
    [operations, machine?.id],
  );
}

export function useSettings(): Settings | null {
  return useStore(useClient().settings).value;
}

const noNotices: readonly EngineNotice[] = [];

export function useNotices(): readonly EngineNotice[] {
  return useStore(useClient().notices).value ?? noNotices;
}

export function useHost(): Mirrored<HostDescription> {
  return useStore(useClient().host);
}

export function useStatus(): Daemon | null {
  return useStore(useClient().status).value;
}

export function useReadings(): Readings {
  return useStore(useClient().readings).value ?? noReadings;
}

const noSamples: readonly Sample[] = [];

/** The newest sample of every source of a machine. */
export function useSamplesOf(id: string): readonly Sample[] {
  return useReadings().byMachine.get(id) ?? noSamples;
}

/** From one round of readings to the next, in milliseconds. */
export function useCollectionInterval(): number {
  return (useSettings()?.collection.interval_seconds ?? defaultIntervalSeconds) * 1000;
}

const defaultIntervalSeconds = 60;

const noJournal: Store<Journal> = createStore<Journal>({
  entries: [],
  isRead: false,
  isReading: true,
  hasOlder: false,
  error: null,
});

/** The journal of a machine (its id), or of the fleet. */
export function useJournal(machineId?: string): Journal & Pick<JournalFeed, 'loadOlder' | 'refresh'> {
  const { connection } = useClient();
  const [feed, setFeed] = useState<JournalFeed | null>(null);
  useEffect(() => {
    const own = createJournalFeed(connection, machineId);
    setFeed(own);
    return () => own.stop();
  }, [connection, machineId]);
  const journal = useStore<Journal>(feed ?? noJournal);
  return {
    ...journal,
    loadOlder: feed?.loadOlder ?? nothing,
    refresh: feed?.refresh ?? nothing,
  };
}

async function nothing(): Promise<void> {}
