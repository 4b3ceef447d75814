import type { Episode } from '../../main/contract/alert.ts';
import type { Connection } from '../../main/contract/connection.ts';
import type { Daemon, EngineNotice, HostDescription } from '../../main/contract/engine-status.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';
import type { Settings } from '../../main/contract/settings.ts';
import { createMirror, type Mirror } from './mirror.ts';
import { noReadings, type Readings, withSamples } from './readings.ts';
import { createRecentLines, type RecentLines } from './recent-lines.ts';
import { createStore, type Store } from './store.ts';

/** The line to the engine. */
export type Link =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** `since` in milliseconds since 1970. */
  | { readonly kind: 'lost'; readonly since: number; readonly reason: string };

export type ById<T> = ReadonlyMap<string, T>;

/** Everything this page mirrors of the engine. */
export interface EngineClient {
  readonly connection: Connection;
  readonly link: Store<Link>;
  readonly machines: Mirror<ById<Machine>>;
  /** Operations under way, and those that ended while this page looked on. */
  readonly operations: Mirror<ById<Operation>>;
  readonly notices: Mirror<readonly EngineNotice[]>;
  /** Those that fire, and those that are about to. */
  readonly alerts: Mirror<readonly Episode[]>;
  readonly settings: Mirror<Settings>;
  readonly status: Mirror<Daemon>;
  readonly host: Mirror<HostDescription>;
  readonly readings: Mirror<Readings>;
  /** The last values of the machines in sight, for lines the size of a word. */
  readonly recent: RecentLines;
  /** Reads everything anew. */
  refresh(): Promise<void>;
  stop(): void;
}

/** Promises of memory move when an operation ends; several that end together cost one reading. */
const hostReadingDelayMs = 250;
/** How long a window that opens waits for an engine before it says that there is none. */
const startGraceMs = 5000;

export function createEngineClient(connection: Connection): EngineClient {
  const link = createStore<Link>({ kind: 'opening' });
  const machines = createMirror<ById<Machine>>({
    follow: (apply) => {
      const changed = connection.subscribe('machine.changed', (machine) =>
        apply((known) => new Map(known).set(machine.id, machine)),
      );
      const removed = connection.subscribe('machine.removed', ({ id }) => apply((known) => without(known, id)));
      return () => {
        changed();
        removed();
      };
    },
    read: async () => byId(await connection.call('machine.list', {})),
    gathers: true,
  });
  const operations = createMirror<ById<Operation>>({
    follow: (apply) =>
      connection.subscribe('operation.changed', (operation) =>
        apply((known) => new Map(known).set(operation.id, operation)),
      ),
    read: async () => byId(await connection.call('operation.list', {})),
    gathers: true,
  });
  const notices = createMirror<readonly EngineNotice[]>({
    follow: (apply) => connection.subscribe('engine.notices-changed', (next) => apply(() => next)),
    read: () => connection.call('engine.notices', {}),
  });
  const alerts: Mirror<readonly Episode[]> = createMirror<readonly Episode[]>({
    // What holds one back may have begun or ended without anything of it having changed.
    follow: () =>
      followAlerts(
        connection,
        () => void alerts.refresh(),
        () => alerts.get().value?.length !== 0,
      ),
    read: () => connection.call('alert.active', {}),
  });
  const settings = createMirror<Settings>({
    follow: (apply) => connection.subscribe('settings.changed', (next) => apply(() => next)),
    read: () => connection.call('settings.get', {}),
  });
  const status = createMirror<Daemon>({ follow: () => () => {}, read: () => connection.call('engine.status', {}) });
  const host = createMirror<HostDescription>({
    follow: () => () => {},
    read: () => connection.call('host.describe', {}),
  });
  const readings = createMirror<Readings>({
    follow: (apply) =>
      connection.subscribe('metrics.collected', ({ at, samples }) =>
        apply((known) => withSamples(known, samples, Date.parse(at))),
      ),
    read: async () => withSamples(noReadings, await connection.call('metrics.newest', {}), null),
  });
  const recent = createRecentLines(connection);
  const first = [machines, operations, notices, alerts, settings, status, readings, recent];

  let grace: ReturnType<typeof setTimeout> | undefined;
  let hostReading: ReturnType<typeof setTimeout> | undefined;
  const undo = [
    connection.subscribe('operation.changed', ({ state }) => {
      if (state === 'running') return;
      clearTimeout(hostReading);
      hostReading = setTimeout(() => void host.refresh(), hostReadingDelayMs);
    }),
    connection.subscribe('engine.connected', () => {
      link.set({ kind: 'open' });
      void refresh();
    }),
    connection.subscribe('engine.disconnected', ({ reason }) => lose(reason)),
    machines.subscribe(() => {
      const { error, value } = machines.get();
      if (value !== null && error === null && link.get().kind === 'opening') link.set({ kind: 'open' });
      if (error === null || (error.code !== 'unreachable' && error.code !== 'timeout')) return;
      if (link.get().kind === 'open') lose(error.message);
      // An engine that starts together with the window needs a moment; it announces itself.
      else grace ??= setTimeout(() => link.get().kind === 'opening' && lose(error.message), startGraceMs);
    }),
  ];

  function lose(reason: string): void {
    if (link.get().kind !== 'lost') link.set({ kind: 'lost', since: Date.now(), reason });
  }

  async function refresh(): Promise<void> {
    await Promise.all(first.map((mirror) => mirror.refresh()));
    // Describing this computer starts programs: not while the fleet is on its way.
    await host.refresh();
  }

  void refresh();
  return {
    connection,
    link,
    machines,
    operations,
    notices,
    alerts,
    settings,
    status,
    host,
    readings,
    recent,
    refresh,
    stop: () => {
      clearTimeout(hostReading);
      clearTimeout(grace);
      for (const each of undo) each();
      for (const mirror of [...first, host]) mirror.stop();
    },
  };
}

function followAlerts(connection: Connection, refresh: () => void, isAny: () => boolean): () => void {
  const changed = connection.subscribe('alerts.changed', refresh);
  const collected = connection.subscribe('metrics.collected', () => isAny() && refresh());
  return () => {
    changed();
    collected();
  };
}

function byId<T extends { readonly id: string }>(list: readonly T[]): ById<T> {
  return new Map(list.map((each) => [each.id, each]));
}

function without<T>(known: ById<T>, id: string): ById<T> {
  const next = new Map(known);
  next.delete(id);
  return next;
}
