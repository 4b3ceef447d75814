import type { EventSink } from '../../contract/events.ts';
import { failureOf, VigilError } from '../../contract/failure.ts';
import type { Operation, OperationKind, OperationResult } from '../../contract/operation.ts';
import { createStopSource, type StopSignal, type StopSource } from '../../contract/stop-signal.ts';
import type { Happening, Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { Log } from '../ports/log.ts';
import type { StateChange } from '../ports/state-store.ts';

/**
 * Long jobs. Invariants:
 * 1. At most one per machine; a second is a `conflict`, unless it may pre-empt (a forced stop).
 * 2. An operation and its intent are durable before its work begins. Its outcome is recorded after, exactly once, and
 *    nobody is told of it before it is durable, so that what was said to be done is not undone by an engine that dies.
 * 3. What was decided while something was under way, or before it began, is not done to the machine that came of it.
 * 4. What is asked to cancel ends as `cancelled` only if its work gave up; work that got through is `done`.
 */
export interface Operations {
  list(): readonly Operation[];
  get(id: string): Operation | undefined;
  /** The one under way for this machine. */
  of(machineId: string): Operation | undefined;
  begin(start: OperationStart): Promise<Operation>;
  /** Counts what began and ended for this machine: what was decided at one turn holds for no other. */
  turn(machineId: string): number;
  /** An operation that has nothing to do: it is done as it begins and not written down. */
  already(start: Pick<OperationStart, 'kind' | 'machine'>, result: OperationResult): Operation;
  /** One of an earlier life that goes on: it is as if it had begun here, and is not written down again. */
  takeUp(operation: Operation, start: OperationStart): void;
  /** One of an earlier life, ended now. */
  recall(operation: Operation): void;
  cancel(id: string): Promise<Operation>;
  /** Resolves with the ended operation. */
  wait(id: string): Promise<Operation>;
  /** Asks everything under way to give up and waits for it. */
  stop(): Promise<void>;
}

export interface OperationStart {
  readonly kind: OperationKind;
  readonly machine: { readonly id: string; readonly name: string };
  /** The turn at which the machine was looked at to decide on this; a `conflict` when it is another one by now. */
  readonly turn: number;
  /** Further machines that nothing else may be done with meanwhile; never pre-empted. */
  readonly holds?: readonly { readonly id: string; readonly name: string }[];
  /** What becomes true with the decision, written in the same transaction. A function is asked once the place is taken. */
  readonly intent?: readonly StateChange[] | (() => readonly StateChange[]);
  /** Nobody asked for it: Vigil heals. */
  readonly isHealing?: boolean;
  /** Cancel and await whatever is under way for the machine. */
  readonly preempt?: boolean;
  /**
   * Asked when Vigil closes and its work gave up by this error: true leaves it under way as it is written, for the next
   * engine to take up, because it goes on elsewhere.
   */
  outlivesUs?(error: unknown): boolean;
  /** Called when the intent is durable, before the work. */
  began?(): void;
  work(context: OperationContext): Promise<OperationEnd>;
  /** Called when the work failed or gave up, to say what is true now. */
  failed(error: unknown, cancelled: boolean): OperationEnd;
}

export interface OperationContext {
  readonly signal: StopSignal;
  progress(fraction: number | null, step: string): void;
}

/** What is true after the work: rows and journal, recorded with the end of the operation. */
export interface OperationEnd {
  readonly result?: OperationResult;
  readonly changes: readonly StateChange[];
  readonly happenings: readonly Happening[];
  /** The next engine sees by the machine itself that it came to this: it is told at once, without a wait for the disk. */
  readonly isEvident?: boolean;
  /** Called before listeners hear that the operation ended. */
  settle?(): void;
}

export interface OperationPorts {
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly ledger: Ledger;
  readonly events: EventSink;
  readonly log: Log;
  /** The machine's view changes with its operation. */
  machineChanged(machineId: string): void;
  /** Called after an operation of this machine ended. */
  ended(machineId: string): void;
}

interface Running {
  operation: Operation;
  /** The machines it is about, its own first. */
  readonly machines: readonly string[];
  readonly source: StopSource;
  readonly done: Promise<Operation>;
}

const rememberedEnds = 200;

export function createOperations(ports: OperationPorts, earlier: readonly Operation[]): Operations {
  const { clock, ledger, events } = ports;
  const running = new Map<string, Running>();
  const byMachine = new Map<string, string>();
  const turns = new Map<string, number>();
  const turnOf = (machineId: string): number => turns.get(machineId) ?? 0;
  const take = (machineIds: readonly string[], operationId: string): void => {
    for (const id of machineIds) {
      byMachine.set(id, operationId);
      turns.set(id, turnOf(id) + 1);
    }
  };
  const giveBack = (machineIds: readonly string[]): void => {
    for (const id of machineIds) {
      byMachine.delete(id);
      turns.set(id, turnOf(id) + 1);
    }
  };
  const ended = new Map<string, Operation>();
  // Oldest first, as they would have ended here.
  for (const operation of earlier.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))) {
    ended.set(operation.id, operation);
  }

  const remember = (operation: Operation): void => {
    ended.set(operation.id, operation);
    for (const id of ended.keys()) {
      if (ended.size <= rememberedEnds) break;
      ended.delete(id);
    }
  };

  let isClosing = false;
  /** Nothing is written: the row says that it is under way, and so it is. */
  const leave = (job: Running): Operation => {
    running.delete(job.operation.id);
    giveBack(job.machines);
    return job.operation;
  };

  const finish = async (
    job: Running,
    end: OperationEnd,
    outcome: Pick<Operation, 'state' | 'error'>,
  ): Promise<Operation> => {
    const { step: _step, ...rest } = job.operation;
    const operation: Operation = {
      ...rest,
      ...outcome,
      step: null,
      progress: outcome.state === 'done' ? 1 : job.operation.progress,
      endedAt: isoTime(clock.wallNow()),
      cancellable: false,
      ...(end.result === undefined ? {} : { result: end.result }),
    };
    giveBack(job.machines);
    end.settle?.();
    const durable = ledger.conclude([...end.changes, { kind: 'operation-put', operation }], ...end.happenings);
    if (end.isEvident !== true) await durable;
    job.operation = operation;
    running.delete(operation.id);
    remember(operation);
    for (const id of job.machines) ports.machineChanged(id);
    events.publish('operation.changed', operation);
    for (const id of job.machines) ports.ended(id);
    return operation;
  };

  const perform = async (start: OperationStart, job: Running): Promise<Operation> => {
    const context: OperationContext = {
      signal: job.source.signal,
      progress: (fraction, step) => {
        if (!running.has(job.operation.id)) return;
        job.operation = { ...job.operation, progress: fraction, step };
        events.publish('operation.changed', job.operation);
      },
    };
    try {
      return await finish(job, await start.work(context), { state: 'done' });
    } catch (error) {
      if (isClosing && start.outlivesUs?.(error) === true) return leave(job);
      const cancelled = job.source.signal.aborted && error instanceof VigilError && error.code === 'cancelled';
      if (!(error instanceof VigilError)) {
        ports.log.write('error', 'operations', `${start.kind} failed unexpectedly`, {
          machine: start.machine.id,
          error,
        });
      }
      return finish(job, start.failed(error, cancelled), {
        state: cancelled ? 'cancelled' : 'failed',
        error: failureOf(error),
      });
    }
  };

  /** Ends what is under way, where that may be. */
  const makeRoom = async (start: OperationStart, present: string): Promise<void> => {
    const job = running.get(present);
    if (
      job === undefined ||
      start.preempt !== true ||
      job.operation.kind === 'create' ||
      job.operation.kind === 'clone' ||
      job.operation.kind === 'delete'
    ) {
      const kind = job?.operation.kind ?? 'create';
      throw new VigilError('conflict', `'${start.machine.name}' is busy: ${kind} is under way.`, {
        hint: job?.operation.cancellable === true ? 'Wait for it, or cancel it.' : 'Wait for it.',
      });
    }
    job.source.stop(new VigilError('cancelled', `Another ${start.kind} took over.`));
    await job.done;
  };

  return {
    list: () => [...[...running.values()].map((job) => job.operation), ...[...ended.values()].reverse()],
    get: (id) => running.get(id)?.operation ?? ended.get(id),
    of: (machineId) => {
      const id = byMachine.get(machineId);
      return id === undefined ? undefined : running.get(id)?.operation;
    },
    begin: async (start) => {
      for (
        let present = byMachine.get(start.machine.id);
        present !== undefined;
        present = byMachine.get(start.machine.id)
      ) {
        await makeRoom(start, present);
      }
      // No wait from here on until the place is taken, so that two callers cannot both find it free. Whoever takes over
      // looks for itself at what it finds.
      if (start.preempt !== true && start.turn !== turnOf(start.machine.id)) {
        throw new VigilError('conflict', `'${start.machine.name}' was busy when this was asked for, and has changed.`, {
          hint: 'Look at it, and ask again.',
        });
      }
      const machines = [start.machine, ...(start.holds ?? [])];
      for (const other of start.holds ?? []) {
        if (byMachine.has(other.id))
          throw new VigilError('conflict', `'${other.name}' is busy.`, { hint: 'Wait for it.' });
      }
      const operation: Operation = {
        id: ports.identifiers.uuid(),
        machine: start.machine.name,
        machineId: start.machine.id,
        kind: start.kind,
        state: 'running',
        progress: null,
        step: null,
        startedAt: isoTime(clock.wallNow()),
        endedAt: null,
        cancellable: start.kind !== 'delete',
        ...(start.isHealing === true ? { healing: true } : {}),
      };
      const held = machines.map(({ id }) => id);
      take(held, operation.id);
      try {
        const intent = typeof start.intent === 'function' ? start.intent() : (start.intent ?? []);
        await ledger.commit([...intent, { kind: 'operation-put', operation }]);
      } catch (error) {
        giveBack(held);
        throw error;
      }
      let settle: (ended: Operation) => void = () => {};
      const job: Running = {
        operation,
        machines: held,
        source: createStopSource(),
        done: new Promise((resolve) => {
          settle = resolve;
        }),
      };
      running.set(operation.id, job);
      start.began?.();
      for (const { id } of machines) ports.machineChanged(id);
      events.publish('operation.changed', operation);
      void perform(start, job).then(settle);
      return operation;
    },
    turn: turnOf,
    takeUp: (operation, start) => {
      const held = [start.machine.id];
      take(held, operation.id);
      let settle: (ended: Operation) => void = () => {};
      const job: Running = {
        operation,
        machines: held,
        source: createStopSource(),
        done: new Promise((resolve) => {
          settle = resolve;
        }),
      };
      running.set(operation.id, job);
      for (const id of held) ports.machineChanged(id);
      events.publish('operation.changed', operation);
      void perform(start, job).then(settle);
    },
    already: (start, result) => {
      const now = isoTime(clock.wallNow());
      const operation: Operation = {
        id: ports.identifiers.uuid(),
        machine: start.machine.name,
        machineId: start.machine.id,
        kind: start.kind,
        state: 'done',
        progress: 1,
        step: null,
        startedAt: now,
        endedAt: now,
        cancellable: false,
        result,
      };
      remember(operation);
      return operation;
    },
    recall: (operation) => {
      remember(operation);
      events.publish('operation.changed', operation);
    },
    cancel: async (id) => {
      const job = running.get(id);
      if (job === undefined) {
        const over = ended.get(id);
        if (over !== undefined) return over;
        throw new VigilError('not-found', 'There is no such operation.', { field: 'operation' });
      }
      if (!job.operation.cancellable) throw new VigilError('refused', `A ${job.operation.kind} cannot be cancelled.`);
      job.source.stop(new VigilError('cancelled', 'Cancelled.'));
      return job.done;
    },
    wait: async (id) => {
      const job = running.get(id);
      if (job !== undefined) return job.done;
      const over = ended.get(id);
      if (over === undefined) throw new VigilError('not-found', 'There is no such operation.', { field: 'operation' });
      return over;
    },
    stop: async () => {
      isClosing = true;
      const jobs = [...running.values()];
      for (const job of jobs) job.source.stop(new VigilError('cancelled', 'Vigil is closing.'));
      await Promise.all(jobs.map((job) => job.done));
    },
  };
}
