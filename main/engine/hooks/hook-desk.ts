import type { Handlers } from '../../contract/calls.ts';
import type { HookEvent, HookRun } from '../../contract/hook.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import type { HookPaths, WatchConfig } from '../../contract/lifecycle.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { HookRequest, HookRunEnd, HookScripts } from '../ports/hook-scripts.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { LifecycleFile, LifecycleReading } from '../ports/lifecycle-file.ts';
import type { Log } from '../ports/log.ts';
import type { HookApproval, StateStore } from '../ports/state-store.ts';
import { type CheckScriptHandlerName, createCheckScriptHandlers } from './check-script-handlers.ts';
import { createHookApprovals } from './hook-approvals.ts';
import { hookEventsOf } from './hook-events.ts';
import { type HookFacts, hookEnvironment, hookInput } from './hook-facts.ts';
import { createHookHandlers, type HookHandlerName } from './hook-handlers.ts';
import { createHookQueue } from './hook-queue.ts';
import { type HookEnd, hookBegun, hookHappening, hookRunOf } from './hook-run-outcome.ts';
import { owedHooks } from './owed-hooks.ts';

/** A person's scripts: told of what happens to their machines, and never in the way of it. */
export interface HookDesk {
  readonly handlers: Pick<Handlers, HookHandlerName | CheckScriptHandlerName>;
  /** An entry of the journal. Comes back at once, whatever the scripts do. */
  hear(entry: JournalEntry): void;
  /** Tells of deletions whose scripts an earlier life of the engine did not come to; `journal` is its end. */
  makeUp(journal: readonly JournalEntry[]): void;
  /** What `lifecycle-config.toml` says has changed. */
  sync(): void;
  /** Runs an approved script for somebody who asks for its verdict: it is no hook run, and nothing of it is kept. */
  runApproved(path: string, request: ApprovedRequest): Promise<HookRunEnd | { readonly kind: 'not-approved' }>;
  /** Ends what runs and drops what waits, each with an entry. */
  stop(): Promise<void>;
}

export type ApprovedRequest = Omit<HookRequest, 'path' | 'sha256'>;

export interface HookDeskPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** One line for each run. */
  readonly hookLog: Log;
  readonly ledger: Ledger;
  readonly store: Pick<StateStore, 'readHookRuns' | 'readHookRun'>;
  readonly scripts: HookScripts;
  readonly file: LifecycleFile;
  readonly identifiers: Identifiers;
  readonly keeper: {
    of(machine: string): WatchConfig | undefined;
    names(): readonly string[];
    take(reading: LifecycleReading): void;
  };
  /** Every machine and host. */
  machines(): readonly HookedMachine[];
  /** The machine or host a person means; throws `not-found`. */
  resolve(reference: string): { readonly id: string; readonly name: string };
  limitMs(): number;
  /** The data home. */
  readonly home: string;
}

export interface HookedMachine {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
}

interface Turn {
  readonly facts: HookFacts;
  readonly cause: number | null;
  /** Hears how a test went. */
  readonly ended?: (run: HookRun) => void;
}

const limits = { atOnce: 4, waiting: 100 };
/** Hooks of machines whose table has gone, kept until the machine itself is told to be gone. */
const remembered = 1000;

export function createHookDesk(ports: HookDeskPorts, stored: readonly HookApproval[]): HookDesk {
  const { clock, keeper, ledger } = ports;
  const approvals = createHookApprovals(ports, stored);
  const stopping = createStopSource();
  let present = new Map<string, HookPaths>();
  /** A machine that is deleted loses its table first. */
  const left = new Map<string, HookPaths>();

  const finish = ({ facts, cause, ended }: Turn, end: HookEnd, at: string, limitMs: number): void => {
    const run = hookRunOf({ facts, end, id: ports.identifiers.uuid(), at, cause, limitMs });
    ledger.record([{ kind: 'hook-run-put', run }], hookHappening(run));
    ports.hookLog.write(run.outcome === 'done' ? 'info' : 'warn', 'hooks', run.summary, {
      machine: run.machineId,
      event: run.event,
      path: run.path,
      outcome: run.outcome,
      exitCode: run.exitCode,
      durationMs: run.durationMs,
      run: run.id,
    });
    ended?.(run);
  };

  const work = async (turn: Turn): Promise<void> => {
    const { facts, cause } = turn;
    const at = isoTime(clock.wallNow());
    const limitMs = ports.limitMs();
    const approval = approvals.of(facts.path);
    try {
      // Written down first: one that has begun is never begun again, also when we do not live to see its end.
      if (facts.event === 'on_destroy' && !facts.isTest) await ledger.commit([], hookBegun(facts, cause));
      const end: HookEnd =
        approval === undefined
          ? { kind: 'waiting' }
          : await ports.scripts.run({
              path: facts.path,
              sha256: approval.sha256,
              environment: hookEnvironment(facts),
              input: hookInput(facts),
              limitMs,
              signal: stopping.signal,
            });
      finish(turn, end, at, limitMs);
    } catch (error) {
      ports.log.write('error', 'hooks', 'a hook could not be run', { machine: facts.machine.id, error });
      finish(turn, { kind: 'refused', reason: 'Vigil could not run it; its log says why.' }, at, limitMs);
    }
  };
  const queue = createHookQueue<Turn>(limits, work);

  const drop = (turn: Turn, reason: string): void =>
    finish(turn, { kind: 'dropped', reason }, isoTime(clock.wallNow()), ports.limitMs());

  const dropAtEnd = (turn: Turn, reason: string): void => {
    // Of the others the next change tells; a deletion is the last one, and the next life of the engine makes up for it.
    if (turn.facts.event !== 'on_destroy' || turn.facts.isTest) drop(turn, reason);
  };

  const fire = (turn: Turn): void => {
    const { machine, event } = turn.facts;
    // A test is a run that somebody waits for, and a deletion is made up for by itself: each stands for itself.
    const fold = turn.facts.isTest || event === 'on_destroy' ? null : folded;
    if (queue.add(`${machine.id} ${event}`, turn, fold) !== 'full') return;
    if (stopping.signal.aborted) dropAtEnd(turn, 'Vigil was ending.');
    else drop(turn, 'too many others were waiting.');
  };

  const pathFor = (event: HookEvent, name: string, { hook }: JournalEntry['details']): string => {
    // One that is deleted may have lost its table by now, so the entry says it.
    if (event === 'on_destroy' && typeof hook === 'string') return hook;
    const paths = keeper.of(name)?.hooks ?? left.get(name);
    return paths?.[event] ?? '';
  };

  /** Null where nobody is to be told. */
  const turnOf = (entry: JournalEntry, event: HookEvent): Turn | null => {
    const { machineId: id, machine: name, details } = entry;
    if (id === undefined || name === undefined) return null;
    const path = pathFor(event, name, details);
    if (path === '') return null;
    const provider = ports.machines().find((each) => each.id === id)?.provider ?? 'qemu';
    const { failures } = details;
    const facts: HookFacts = {
      machine: { id, name, provider },
      event,
      at: entry.at,
      failures: typeof failures === 'number' ? failures : 0,
      reason: entry.summary,
      path,
      events: 1,
      isTest: false,
    };
    return { facts, cause: entry.id };
  };

  const sync = (): void => {
    const next = new Map<string, HookPaths>();
    for (const name of keeper.names()) {
      const watch = keeper.of(name);
      if (watch === undefined || Object.values(watch.hooks).every((path) => path === '')) continue;
      next.set(name, watch.hooks);
      left.delete(name);
    }
    for (const [name, hooks] of present) {
      if (keeper.of(name) === undefined && !left.has(name)) left.set(name, hooks);
    }
    for (const name of [...left.keys()].slice(0, Math.max(0, left.size - remembered))) left.delete(name);
    present = next;
  };
  sync();

  return {
    handlers: {
      ...createCheckScriptHandlers({ ...ports, approvals }),
      ...createHookHandlers({
        ...ports,
        approvals,
        test: (machine, event, path) =>
          new Promise((resolve) => {
            const facts: HookFacts = {
              machine,
              event,
              at: isoTime(clock.wallNow()),
              failures: event === 'on_failure' ? 3 : 0,
              reason: `A test of the hook ${event}.`,
              path,
              events: 1,
              isTest: true,
            };
            fire({ facts, cause: null, ended: resolve });
          }),
      }),
    },
    hear: (entry) => {
      for (const event of hookEventsOf(entry)) {
        const turn = turnOf(entry, event);
        if (turn !== null) fire(turn);
      }
      if (entry.action === 'machine.deleted' && entry.machine !== undefined) left.delete(entry.machine);
    },
    makeUp: (journal) => {
      for (const { entry, isBegun } of owedHooks(journal)) {
        const turn = turnOf(entry, 'on_destroy');
        if (turn === null) continue;
        if (isBegun) finish(turn, { kind: 'lost' }, entry.at, ports.limitMs());
        else fire(turn);
      }
    },
    sync,
    runApproved: async (path, request) => {
      const approval = approvals.of(path);
      return approval === undefined
        ? { kind: 'not-approved' }
        : ports.scripts.run({ ...request, path, sha256: approval.sha256 });
    },
    stop: async () => {
      stopping.stop('stopped');
      const { dropped, ended } = queue.stop();
      for (const turn of dropped) dropAtEnd(turn, 'Vigil ended before its turn came.');
      await ended;
    },
  };
}

/** The script is told of the last one, and of how many there were. */
function folded(waiting: Turn, late: Turn): Turn {
  return { ...late, facts: { ...late.facts, events: waiting.facts.events + 1 } };
}
