import type { EventSink } from '../../contract/events.ts';
import { failureOf } from '../../contract/failure.ts';
import type { JournalAction, JournalActor, JournalDetails, JournalEntry } from '../../contract/journal.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { StateChange, StateStore } from '../ports/state-store.ts';

/** What happened, before it has its number and time. */
export interface Happening {
  readonly action: JournalAction;
  readonly actor: JournalActor;
  readonly summary: string;
  readonly machine?: { readonly id: string; readonly name: string };
  readonly details?: JournalDetails;
  readonly cause?: number;
}

/**
 * The one way into the store. Invariants:
 * 1. `commit` is for what is about to be done: it resolves only when it is durable, and what fails to be written is not done.
 * 2. `record` is for what has been seen: it never fails; while the disk refuses it waits in order, in memory, and goes first.
 *    `conclude` is a `record` whose writer tells somebody of it, and waits until that is safe.
 * 3. Journal numbers rise in the order of the calls; one that could not be written leaves a gap.
 */
export interface Ledger {
  /** Number of the newest entry. */
  readonly lastId: number;
  /** Changes and journal entries, all or nothing. Resolves with the entries when durable. */
  commit(changes: readonly StateChange[], ...happenings: readonly Happening[]): Promise<readonly JournalEntry[]>;
  record(changes: readonly StateChange[], ...happenings: readonly Happening[]): readonly JournalEntry[];
  /** Recorded at once; resolves when it is durable, or the disk refused it. */
  conclude(changes: readonly StateChange[], ...happenings: readonly Happening[]): Promise<void>;
  /** Hears of every entry, in the order of the calls. The result ends it. */
  follow(listener: (entry: JournalEntry) => void): () => void;
  /** Resolves when everything recorded is durable, or was tried once more. */
  flush(): Promise<void>;
}

export interface LedgerPorts {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventSink;
  readonly notices: EngineNotices;
}

/** Beyond this the oldest waiting changes that a newer one replaces are dropped; journal entries never are. */
const waitingLimit = 5000;
const retryMs = 2000;
const storageNotice = 'storage';

export function createLedger(ports: LedgerPorts, lastJournalId: number): Ledger {
  const { store, clock, log, events, notices } = ports;
  let nextId = lastJournalId + 1;
  let waiting: StateChange[] = [];
  let writing: Promise<void> = Promise.resolve();
  let cancelRetry: (() => void) | null = null;
  let troubled = false;
  const followers = new Set<(entry: JournalEntry) => void>();
  const tell = (entries: readonly JournalEntry[]): void => {
    for (const entry of entries) {
      events.publish('journal.appended', entry);
      for (const follower of followers) follower(entry);
    }
  };

  const entriesOf = (happenings: readonly Happening[]): JournalEntry[] =>
    happenings.map((happening) => ({
      id: nextId++,
      at: isoTime(clock.wallNow()),
      ...(happening.machine === undefined ? {} : { machineId: happening.machine.id, machine: happening.machine.name }),
      actor: happening.actor,
      action: happening.action,
      summary: happening.summary,
      details: happening.details ?? {},
      ...(happening.cause === undefined ? {} : { cause: happening.cause }),
    }));
  const changesOf = (entries: readonly JournalEntry[]): StateChange[] =>
    entries.map((entry) => ({ kind: 'journal-appended', entry }));

  const wellAgain = (): void => {
    if (!troubled) return;
    troubled = false;
    notices.clear(storageNotice);
    record([], { action: 'storage.recovered', actor: 'engine', summary: 'The state database can be written again.' });
  };
  const inTrouble = (error: unknown): void => {
    const failure = failureOf(error);
    log.write('error', 'journal', 'the state database refused a write', { error });
    troubled = true;
    notices.raise(
      storageNotice,
      'critical',
      failure.message,
      failure.hint ?? 'Machines go on running; new commands wait until there is room.',
    );
  };

  /** Writes happen one after another, what waits first. */
  const write = (changes: readonly StateChange[]): Promise<void> => {
    const attempt = writing.then(async () => {
      const backlog = waiting;
      waiting = [];
      if (backlog.length + changes.length === 0) return;
      try {
        await store.commit([...backlog, ...changes]);
      } catch (error) {
        waiting = compact([...backlog, ...waiting]);
        inTrouble(error);
        scheduleRetry();
        throw error;
      }
      wellAgain();
    });
    writing = attempt.catch(() => undefined);
    return attempt;
  };
  const scheduleRetry = (): void => {
    if (cancelRetry !== null || waiting.length === 0) return;
    cancelRetry = clock.after(retryMs, () => {
      cancelRetry = null;
      write([]).catch(() => undefined);
    });
  };

  const recorded = (changes: readonly StateChange[], happenings: readonly Happening[]) => {
    const entries = entriesOf(happenings);
    waiting.push(...changes, ...changesOf(entries));
    // Before those who hear of it write in their turn: it does not wait for them.
    const written = write([]).catch(() => undefined);
    tell(entries);
    return { entries, written };
  };
  const record: Ledger['record'] = (changes, ...happenings) => recorded(changes, happenings).entries;

  return {
    get lastId() {
      return nextId - 1;
    },
    commit: async (changes, ...happenings) => {
      const entries = entriesOf(happenings);
      await write([...changes, ...changesOf(entries)]);
      tell(entries);
      return entries;
    },
    record,
    conclude: (changes, ...happenings) => recorded(changes, happenings).written,
    follow: (listener) => {
      followers.add(listener);
      return () => followers.delete(listener);
    },
    flush: async () => {
      cancelRetry?.();
      cancelRetry = null;
      await write([]).catch(() => undefined);
    },
  };
}

/** Keeps the newest of several writes of the same row once too much waits. */
function compact(changes: readonly StateChange[]): StateChange[] {
  if (changes.length <= waitingLimit) return [...changes];
  const seen = new Set<string>();
  const kept: StateChange[] = [];
  for (const change of changes.toReversed()) {
    const key = rowOf(change);
    if (key !== null && seen.has(key)) continue;
    if (key !== null) seen.add(key);
    kept.push(change);
  }
  return kept.reverse();
}

function rowOf(change: StateChange): string | null {
  switch (change.kind) {
    case 'machine-put':
      return `machine ${change.machine.id}`;
    case 'machine-removed':
      return `machine ${change.id}`;
    case 'host-put':
      return `machine ${change.host.id}`;
    case 'host-removed':
      return `machine ${change.id}`;
    case 'azure-machine-put':
      return `machine ${change.machine.id}`;
    case 'azure-machine-removed':
      return `machine ${change.id}`;
    case 'azure-work-put':
      return `azure work ${change.work.machineId}`;
    case 'azure-work-removed':
      return `azure work ${change.machineId}`;
    case 'snapshot-put':
      return `snapshot ${change.snapshot.id}`;
    case 'snapshot-removed':
      return `snapshot ${change.id}`;
    case 'operation-put':
      return `operation ${change.operation.id}`;
    case 'healing-put':
      return `healing ${change.healing.machineId}`;
    case 'healing-pause-put':
      return 'healing pause';
    case 'hook-approval-put':
      return `hook approval ${change.approval.path}`;
    case 'episode-put':
      return `episode ${change.episode.id}`;
    case 'alert-hold-put':
      return `alert hold ${change.hold.rule} ${change.hold.machineId}`;
    case 'alert-hold-removed':
      return `alert hold ${change.rule} ${change.machineId}`;
    case 'alert-mute-put':
      return `alert mute ${change.mute.id}`;
    case 'alert-mute-removed':
      return `alert mute ${change.id}`;
    case 'delivery-put':
      return `delivery ${change.delivery.id}`;
    case 'journal-appended':
    case 'hook-run-put':
    case 'crash-put':
      return null;
  }
}
