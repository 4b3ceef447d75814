import type { CallContext, Handlers, ParsedInput } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Machine, MachineState } from '../../contract/machine.ts';
import type { Operation, OperationKind } from '../../contract/operation.ts';
import { happeningBy } from '../fleet/fleet-context.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Operations } from '../operations/operations.ts';
import type { Azure } from '../ports/azure.ts';
import type { Clock } from '../ports/clock.ts';
import type { AzureFleet } from './azure-fleet.ts';
import type { AzureOrders } from './azure-orders.ts';
import type { AzureStrangers } from './azure-strangers.ts';
import { type AzureMachine, shownState } from './azure-view.ts';
import { faultError } from './fault-error.ts';
import { observe } from './observe.ts';

/** What a person or Vigil can ask of a machine of Azure, in the words of the calls. */
export interface AzureVerbs {
  start(machine: AzureMachine, by: CallContext): Promise<Operation>;
  /** Off, and still paid for. `force`: without a word to the guest. */
  stop(machine: AzureMachine, force: boolean, by: CallContext): Promise<Operation>;
  restart(machine: AzureMachine, by: CallContext): Promise<Operation>;
  /** For good: there is no bin in Azure, and so it has to be said with force. */
  remove(machine: AzureMachine, force: boolean, by: CallContext): Promise<Operation>;
  protect(machine: AzureMachine, isProtected: boolean, by: CallContext): Promise<Machine>;
  tag(
    machine: AzureMachine,
    change: Pick<ParsedInput<'machine.tag'>, 'action' | 'tag'>,
    by: CallContext,
  ): Promise<Operation>;
  snapshot(machine: AzureMachine, name: string, by: CallContext): Promise<Operation>;
  /**
   * What a schedule asks for; nothing where the machine is that way already. It is left alone where somebody has started it
   * or switched it off in Azure since `respectFrom`, and a moment that was missed is not made up for where Azure has changed
   * the machine since: somebody has decided. `why` is asked for only when something is done.
   */
  scheduled(machine: AzureMachine, due: ScheduledVerb, why: () => CallContext): Promise<ScheduledEnd>;
  readonly handlers: Pick<Handlers, 'azure.deallocate' | 'azure.redeploy' | 'azure.resize' | 'azure.run-command'>;
}

/** Wall-clock milliseconds. */
export interface ScheduledVerb {
  readonly verb: 'start' | 'deallocate';
  readonly at: number;
  readonly respectFrom: number;
}

export type ScheduledEnd = 'dealt with' | 'changed since' | 'somebody acted';

export interface AzureVerbsPorts {
  readonly azure: Azure;
  readonly fleet: AzureFleet;
  readonly orders: AzureOrders;
  readonly operations: Operations;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly strangers: Pick<AzureStrangers, 'acted'>;
  staleMs(): number;
  /** The machine of Azure that a person means; throws for one that is none. */
  resolve(reference: string): AzureMachine;
}

/** A schedule that acts later than that was missed. */
const lateMs = 120_000;

const never = {
  aborted: false,
  reason: undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};

export function createAzureVerbs(ports: AzureVerbsPorts): AzureVerbs {
  const { azure, fleet, orders, operations, ledger, clock } = ports;

  const already = ({ record }: AzureMachine, kind: OperationKind): Operation =>
    operations.already({ kind, machine: { id: record.id, name: record.vm.name } }, {});

  /** The machine with a state that is known now: an old one is read again, and what cannot be read is not acted upon. */
  const known = async (
    machine: AzureMachine,
  ): Promise<{ readonly machine: AzureMachine; readonly state: MachineState }> => {
    const { id, vm } = machine.record;
    const operation = operations.of(id);
    if (operation !== undefined) {
      throw new VigilError('conflict', `'${vm.name}' is busy: ${operation.kind} is under way.`, {
        hint: 'Wait for it.',
      });
    }
    const state = stateOf(machine);
    if (state !== 'unknown') return { machine, state };
    const begunAt = clock.wallNow();
    const answer = await azure.look(vm, true, never);
    if (!answer.ok) throw faultError(answer.fault);
    const record = observe(machine.record, answer.value.vm, answer.value.power, isoTime(begunAt));
    if (record !== machine.record) ledger.record([{ kind: 'azure-machine-put', machine: record }]);
    const seen: AzureMachine = { ...(fleet.get(id) ?? machine), record, observedAt: begunAt, trouble: null };
    fleet.put(seen);
    if (record.state === 'unknown') {
      throw new VigilError('refused', `Azure does not say whether '${vm.name}' runs, so nothing is done to it.`, {
        hint: 'Try again in a minute.',
      });
    }
    return { machine: seen, state: record.state };
  };
  const stateOf = (machine: AzureMachine): MachineState =>
    shownState(machine, { operation: undefined, wallNowMs: clock.wallNow(), staleMs: ports.staleMs() });
  const wanting = (machine: AzureMachine, wanted: 'running' | 'stopped'): void => {
    if (machine.record.wanted === wanted) return;
    const record = { ...machine.record, wanted };
    ledger.record([{ kind: 'azure-machine-put', machine: record }]);
    fleet.put({ ...machine, record });
  };
  const refuseChanging = ({ record }: AzureMachine, state: MachineState): void => {
    if (!['creating', 'starting', 'stopping', 'deallocating'].includes(state)) return;
    throw new VigilError('conflict', `Someone else is acting on '${record.vm.name}': it is ${state} in Azure.`, {
      hint: 'Wait for it to end, and look again.',
    });
  };

  const deallocate: Handlers['azure.deallocate'] = async ({ machine: reference }, by) => {
    const { machine, state } = await known(ports.resolve(reference));
    if (state === 'deallocated') {
      wanting(machine, 'stopped');
      return already(machine, 'deallocate');
    }
    refuseChanging(machine, state);
    return orders.begin(machine, { kind: 'deallocate', act: { verb: 'deallocate' }, wanted: 'stopped' }, by);
  };

  return {
    start: async (found, by) => {
      const { machine, state } = await known(found);
      if (state === 'running') {
        wanting(machine, 'running');
        return already(machine, 'start');
      }
      refuseChanging(machine, state);
      return orders.begin(machine, { kind: 'start', act: { verb: 'start' }, wanted: 'running' }, by);
    },
    stop: async (found, force, by) => {
      const { machine, state } = await known(found);
      if (state === 'stopped' || state === 'deallocated' || state === 'suspended') {
        wanting(machine, 'stopped');
        return already(machine, 'stop');
      }
      refuseChanging(machine, state);
      return orders.begin(machine, { kind: 'stop', act: { verb: 'stop', atOnce: force }, wanted: 'stopped' }, by);
    },
    restart: async (found, by) => {
      const { machine, state } = await known(found);
      refuseChanging(machine, state);
      // Azure restarts nothing that is off.
      const verb = state === 'running' ? 'restart' : 'start';
      return orders.begin(machine, { kind: 'restart', act: { verb }, wanted: 'running' }, by);
    },
    remove: async (machine, force, by) => {
      const { record } = machine;
      if (record.protected === true) {
        throw new VigilError('refused', `'${record.vm.name}' is protected.`, {
          hint: `First: vigil unprotect ${record.vm.name}`,
        });
      }
      if (!force) {
        throw new VigilError('refused', `Azure has no bin: '${record.vm.name}' would be gone for good.`, {
          field: 'force',
          hint: `Say so: vigil delete ${record.vm.name} --force. Disks and addresses stay unless Azure was told to delete them with it.`,
        });
      }
      return orders.begin(machine, { kind: 'delete', act: { verb: 'delete' }, wanted: 'stopped' }, by);
    },
    protect: async (machine, isProtected, by) => {
      const { protected: _before, ...rest } = machine.record;
      const record = isProtected ? { ...rest, protected: true as const } : rest;
      const { name } = record.vm;
      await ledger.commit(
        [{ kind: 'azure-machine-put', machine: record }],
        happeningBy(
          by,
          { id: record.id, name },
          isProtected ? 'machine.protected' : 'machine.unprotected',
          `'${name}' ${isProtected ? 'cannot be deleted from here any more' : 'can be deleted again'}.`,
        ),
      );
      const next = { ...(fleet.get(record.id) ?? machine), record };
      fleet.put(next);
      return fleet.view(next);
    },
    tag: async (machine, { action, tag }, by) => {
      const [key = '', ...value] = tag.split('=');
      const { [key]: _gone, ...others } = machine.record.vm.tags;
      const tags = action === 'add' ? { ...others, [key]: value.join('=') } : others;
      return orders.begin(machine, { kind: 'edit', act: { verb: 'tags', tags } }, by);
    },
    snapshot: async (machine, name, by) => {
      const { vm } = machine.record;
      if (vm.osDisk === null) {
        throw new VigilError('refused', `Azure does not say which disk '${vm.name}' starts from.`, {
          hint: 'Only machines with managed disks can be kept as snapshots.',
        });
      }
      return orders.begin(
        machine,
        { kind: 'snapshot', act: { verb: 'snapshot', snapshot: name, disk: vm.osDisk } },
        by,
      );
    },
    scheduled: async (found, { verb, at, respectFrom }, why) => {
      const { machine, state } = await known(found);
      if (state === (verb === 'start' ? 'running' : 'deallocated')) return 'dealt with';
      // Hibernated: as little paid for as deallocated.
      if (verb === 'deallocate' && state === 'suspended') return 'dealt with';
      if (clock.wallNow() - at > lateMs) {
        const answer = await azure.look(machine.record.vm, true, never);
        if (!answer.ok) throw faultError(answer.fault);
        const { changedAt } = answer.value.power;
        if (changedAt !== null && changedAt + (azure.clockAheadMs() ?? 0) > at) return 'changed since';
      }
      const { id, vm } = machine.record;
      if ((await ports.strangers.acted(vm, id, respectFrom, 'power')) !== null) return 'somebody acted';
      refuseChanging(machine, state);
      const wanted = verb === 'start' ? 'running' : 'stopped';
      await orders.begin(machine, { kind: verb, act: { verb }, wanted, isScheduled: true }, why());
      return 'dealt with';
    },
    handlers: {
      'azure.deallocate': deallocate,
      'azure.redeploy': async ({ machine: reference }, by) => {
        const { machine, state } = await known(ports.resolve(reference));
        refuseChanging(machine, state);
        if (state === 'deallocated' || state === 'suspended') {
          throw new VigilError('refused', `'${machine.record.vm.name}' is on no host that it could be moved from.`, {
            hint: 'It gets another one by starting it.',
          });
        }
        return orders.begin(machine, { kind: 'redeploy', act: { verb: 'redeploy' } }, by);
      },
      'azure.resize': async ({ machine: reference, size }, by) => {
        const { machine, state } = await known(ports.resolve(reference));
        refuseChanging(machine, state);
        if (machine.record.vm.size?.toLowerCase() === size.toLowerCase()) return already(machine, 'resize');
        return orders.begin(machine, { kind: 'resize', act: { verb: 'resize', size } }, by);
      },
      'azure.run-command': async ({ machine: reference, script }, by) => {
        const machine = ports.resolve(reference);
        const state = stateOf(machine);
        if (state !== 'running' && state !== 'unknown') {
          throw new VigilError('refused', `'${machine.record.vm.name}' does not run: no script can run in it.`);
        }
        const os = machine.record.vm.os ?? 'linux';
        return orders.beginInTurn(machine, { kind: 'run-command', act: { verb: 'run-command', script, os } }, by);
      },
    },
  };
}
