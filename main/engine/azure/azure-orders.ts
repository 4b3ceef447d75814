import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { JournalAction } from '../../contract/journal.ts';
import type { MachineState, MachineVerb, WantedState } from '../../contract/machine.ts';
import type { Operation, OperationKind } from '../../contract/operation.ts';
import { happeningBy } from '../fleet/fleet-context.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { createSerialByKey } from '../lifetime/serial.ts';
import type { OperationContext, OperationEnd, OperationStart, Operations } from '../operations/operations.ts';
import type { Azure, AzureAct, AzureFault } from '../ports/azure.ts';
import type { AzureMachineRecord, AzureWorkRecord } from '../ports/azure-records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { Log } from '../ports/log.ts';
import type { StateChange } from '../ports/state-store.ts';
import type { AzureFleet } from './azure-fleet.ts';
import type { AzureMachine } from './azure-view.ts';
import { deadlineOf, takenUp, type WorkOutcome, type WorkTurn } from './azure-work.ts';
import { carryOut } from './carry-out.ts';
import { faultError } from './fault-error.ts';
import { observe } from './observe.ts';

/** What is done to machines of Azure: each order is one operation, sent at most once, and found again after a crash. */
export interface AzureOrders {
  begin(machine: AzureMachine, wish: AzureWish, by: CallContext): Promise<Operation>;
  /** One script at a time in each machine: waits for those before it. */
  beginInTurn(machine: AzureMachine, wish: AzureWish, by: CallContext): Promise<Operation>;
  /** Goes on with what the last engine left under way. */
  takeUp(works: readonly AzureWorkRecord[], operations: readonly Operation[]): void;
}

export interface AzureWish {
  readonly kind: OperationKind;
  readonly act: AzureAct;
  /** What is wanted of the machine from now on; as it was when absent. */
  readonly wanted?: WantedState;
  /** Vigil begins it, but to heal nothing. */
  readonly isScheduled?: true;
}

export interface AzureOrdersPorts {
  readonly azure: Azure;
  readonly fleet: AzureFleet;
  readonly operations: Operations;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly log: Log;
  /** A list of Azure that was begun before now says nothing about this machine. */
  settled(id: string): void;
  signInNeeded(fault: AzureFault): void;
  /** A machine went for good. */
  forget(name: string): Promise<void>;
}

/** So long nothing is done by itself to a machine of which it is not known what became of an order. */
const quietMs = 900_000;
const mostWaiting = 16;

interface Words {
  readonly action: JournalAction;
  readonly failed: JournalAction;
  readonly done: string;
  readonly verb: MachineVerb;
}

const words: Readonly<Record<AzureAct['verb'], Words>> = {
  start: { action: 'machine.started', failed: 'machine.start-failed', done: 'was started', verb: 'start' },
  stop: {
    action: 'machine.stopped',
    failed: 'machine.stop-failed',
    done: 'was stopped; its compute is still paid for until it is deallocated',
    verb: 'stop',
  },
  deallocate: {
    action: 'machine.deallocated',
    failed: 'machine.stop-failed',
    done: 'was deallocated; only its disks are paid for now',
    verb: 'deallocate',
  },
  restart: { action: 'machine.restarted', failed: 'machine.start-failed', done: 'was restarted', verb: 'restart' },
  redeploy: {
    action: 'machine.redeployed',
    failed: 'machine.verb-failed',
    done: 'was moved to another host of Azure and started there',
    verb: 'redeploy',
  },
  delete: {
    action: 'machine.deleted',
    failed: 'machine.delete-failed',
    done: 'was deleted in Azure; disks and addresses stay unless Azure was told to delete them with it',
    verb: 'delete',
  },
  resize: { action: 'machine.resized', failed: 'machine.verb-failed', done: 'has another size', verb: 'resize' },
  tags: { action: 'machine.edited', failed: 'machine.verb-failed', done: 'has other tags', verb: 'tag' },
  snapshot: {
    action: 'snapshot.taken',
    failed: 'snapshot.failed',
    done: 'has a snapshot of its first disk',
    verb: 'snapshot',
  },
  'run-command': {
    action: 'machine.command-ran',
    failed: 'machine.verb-failed',
    done: 'ran a script',
    verb: 'run-command',
  },
};

export function createAzureOrders(ports: AzureOrdersPorts): AzureOrders {
  const { azure, fleet, operations, ledger, clock } = ports;
  const inTurn = createSerialByKey();
  const waiting = new Map<string, number>();

  const present = (id: string): AzureMachine => {
    const machine = fleet.get(id);
    if (machine === undefined) throw new VigilError('not-found', 'The machine is gone.', { field: 'machine' });
    return machine;
  };
  const started = (
    machine: AzureMachine,
    kind: OperationKind,
    by: CallContext,
    turnOf: () => WorkTurn,
    intent: () => readonly StateChange[],
    began: () => void,
    isScheduled = false,
  ): OperationStart => {
    const { id, vm } = machine.record;
    return {
      kind,
      machine: { id, name: vm.name },
      turn: operations.turn(id),
      isHealing: by.face === 'engine' && !isScheduled,
      intent,
      began,
      // Azure goes on with it when Vigil ends: the next engine takes it up.
      outlivesUs: (error) => !(error instanceof OrderFault),
      work: async (context) => {
        const turn = turnOf();
        const outcome = await carryOut(ports, turn, stepsOf(context));
        return end(id, turn.work, outcome, by);
      },
      failed: (error, cancelled) => failure(id, turnOf().work, error, cancelled, by),
    };
  };

  const end = async (
    id: string,
    { order, before }: AzureWorkRecord,
    outcome: WorkOutcome,
    by: CallContext,
  ): Promise<OperationEnd> => {
    if (outcome.kind === 'failed') throw new OrderFault(outcome.fault, false);
    if (outcome.kind === 'unknown') throw new OrderFault(outcome.fault, true);
    const { act } = order;
    const machine = present(id);
    const { name } = machine.record.vm;
    const { action, done } = words[act.verb];
    const result = {
      ...(outcome.output === null ? {} : { output: outcome.output }),
      ...(outcome.note === null ? {} : { note: outcome.note }),
      ...(act.verb === 'snapshot' ? { made: act.snapshot } : {}),
    };
    const happening = happeningBy(by, { id, name }, action, `'${name}' ${done}.`, detailsOf(act, before));
    if (act.verb === 'delete') {
      return {
        result,
        changes: [{ kind: 'azure-machine-removed', id }, workGone(id)],
        happenings: [happening],
        settle: () => {
          fleet.remove(id);
          ports
            .forget(name)
            .catch((error) => ports.log.write('error', 'azure', 'a watch stayed', { machine: id, error }));
        },
      };
    }
    const seen = await lookedAt(machine, order.urgent);
    return {
      result,
      changes: [{ kind: 'azure-machine-put', machine: seen.record }, workGone(id)],
      happenings: [happening],
      settle: () => {
        ports.settled(id);
        fleet.put({ ...seen, denied: seen.denied.filter((verb) => verb !== words[act.verb].verb) });
      },
    };
  };

  /** How the machine is after an order; as it was known where Azure does not answer. */
  const lookedAt = async (machine: AzureMachine, urgent: boolean): Promise<AzureMachine> => {
    const begunAt = clock.wallNow();
    const answer = await azure.look(machine.record.vm, urgent, never);
    const known = fleet.get(machine.record.id) ?? machine;
    if (!answer.ok) return { ...known, trouble: answer.fault.message };
    const { vm, power } = answer.value;
    const record = observe(known.record, vm, power, isoTime(begunAt));
    // What was wanted was said here, and what is seen is what came of it.
    return { ...known, record: { ...record, wanted: known.record.wanted }, observedAt: begunAt, trouble: null };
  };

  const failure = (
    id: string,
    { order, before }: AzureWorkRecord,
    error: unknown,
    cancelled: boolean,
    by: CallContext,
  ): OperationEnd => {
    const machine = fleet.get(id);
    if (machine === undefined) return { changes: [workGone(id)], happenings: [] };
    const { name } = machine.record.vm;
    const { act } = order;
    const now = clock.wallNow();
    const text = cancelled
      ? error instanceof OrderFault
        ? `The ${act.verb} of '${name}' was given up before it left.`
        : `Vigil no longer waits for the ${act.verb} of '${name}'; Azure goes on with what it took.`
      : `The ${act.verb} of '${name}' failed: ${error instanceof Error ? error.message : String(error)}`;
    const isUnknown = error instanceof OrderFault && error.isUnknown;
    const isRefused = error instanceof OrderFault && error.fault.kind === 'forbidden';
    if (error instanceof OrderFault && error.fault.kind === 'signed-out') ports.signInNeeded(error.fault);
    const isGone = error instanceof OrderFault && error.fault.kind === 'not-found' && !isUnknown;
    const record: AzureMachineRecord = {
      ...machine.record,
      // A person's start that never came about is no standing wish.
      wanted:
        act.verb === 'start' && before !== 'running' && by.face !== 'engine' && !cancelled
          ? 'stopped'
          : machine.record.wanted,
      notice: cancelled ? machine.record.notice : { kind: 'failed', severity: 'warning', text, since: isoTime(now) },
      ...(isUnknown ? { quietUntil: isoTime(now + quietMs) } : {}),
    };
    return {
      changes: [{ kind: 'azure-machine-put', machine: record }, workGone(id)],
      happenings: [
        happeningBy(
          by,
          { id, name },
          cancelled ? 'operation.cancelled' : words[act.verb].failed,
          text,
          detailsOf(act, before),
        ),
      ],
      settle: () => {
        ports.settled(id);
        const denied = isRefused ? [...new Set([...machine.denied, words[act.verb].verb])] : machine.denied;
        // How it is now has to be read: an order that failed may have changed it all the same.
        fleet.put({ ...machine, record, denied, observedAt: isGone || isUnknown ? null : machine.observedAt });
      },
    };
  };

  const begin = async (machine: AzureMachine, wish: AzureWish, by: CallContext): Promise<Operation> => {
    const { id, vm } = machine.record;
    refuseQuiet(machine, by, clock.wallNow());
    let work: AzureWorkRecord | null = null;
    const made = (): AzureWorkRecord => {
      const now = clock.wallNow();
      work ??= {
        machineId: id,
        order: { id: ports.identifiers.uuid(), vm, act: wish.act, urgent: true },
        phase: 'sending',
        ticket: null,
        sentAt: now,
        deadlineAt: deadlineOf(wish.act.verb, now),
        lookedAt: null,
        before: machine.record.state,
        by: { user: by.user, face: by.face, ...(by.cause === undefined ? {} : { cause: by.cause }) },
      };
      return work;
    };
    const wanting = (): AzureMachine => {
      const known = present(id);
      if (wish.wanted === undefined) return known;
      const personAt = by.face === 'engine' ? {} : { personAt: isoTime(clock.wallNow()) };
      return { ...known, record: { ...known.record, wanted: wish.wanted, ...personAt } };
    };
    return operations.begin(
      started(
        machine,
        wish.kind,
        by,
        () => ({ work: made(), next: { kind: 'send' } }),
        () => [
          { kind: 'azure-machine-put', machine: wanting().record },
          { kind: 'azure-work-put', work: made() },
        ],
        () => fleet.put(wanting()),
        wish.isScheduled === true,
      ),
    );
  };

  return {
    begin,
    beginInTurn: async (machine, wish, by) => {
      const { id, vm } = machine.record;
      const queued = waiting.get(id) ?? 0;
      if (queued >= mostWaiting) {
        throw new VigilError('conflict', `${queued} scripts wait for '${vm.name}' already.`, {
          hint: 'Wait for them.',
        });
      }
      waiting.set(id, queued + 1);
      try {
        return await inTurn.run(id, async () => {
          const before = operations.of(id);
          if (before?.kind === wish.kind) await operations.wait(before.id);
          return begin(present(id), wish, by);
        });
      } finally {
        waiting.set(id, (waiting.get(id) ?? 1) - 1);
      }
    },
    takeUp: (works, running) => {
      for (const work of works) {
        const machine = fleet.get(work.machineId);
        const operation = running.find(({ machineId, state }) => machineId === work.machineId && state === 'running');
        if (machine === undefined || operation === undefined) {
          ledger.record([workGone(work.machineId)]);
          continue;
        }
        const turn = takenUp(work);
        ledger.record([{ kind: 'azure-work-put', work: turn.work }]);
        operations.takeUp(
          operation,
          started(
            machine,
            operation.kind,
            work.by,
            () => turn,
            () => [],
            () => undefined,
          ),
        );
      }
    },
  };
}

/** What an order came to, on its way to the operation that it belongs to. */
class OrderFault extends VigilError {
  readonly fault: AzureFault;
  readonly isUnknown: boolean;

  constructor(fault: AzureFault, isUnknown: boolean) {
    const { code, message, hint } = faultError(fault);
    super(isUnknown ? 'timeout' : code, message, { hint });
    this.fault = fault;
    this.isUnknown = isUnknown;
  }
}

/** A person may ask again for what nobody knows the end of; Vigil by itself may not. */
function refuseQuiet({ record }: AzureMachine, by: CallContext, nowMs: number): void {
  if (by.face !== 'engine' || record.quietUntil === undefined || Date.parse(record.quietUntil) <= nowMs) return;
  throw new VigilError(
    'refused',
    `What became of the last order to '${record.vm.name}' is not known; Vigil does nothing to it by itself until ${record.quietUntil}.`,
  );
}

function stepsOf(context: OperationContext) {
  return { signal: context.signal, step: (said: string) => context.progress(null, said) };
}

function workGone(machineId: string): StateChange {
  return { kind: 'azure-work-removed', machineId };
}

function detailsOf(act: AzureAct, before: MachineState) {
  return {
    before,
    ...(act.verb === 'resize' ? { size: act.size } : {}),
    ...(act.verb === 'snapshot' ? { snapshot: act.snapshot } : {}),
    ...(act.verb === 'stop' && act.atOnce ? { force: true } : {}),
  };
}

const never = {
  aborted: false,
  reason: undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};
