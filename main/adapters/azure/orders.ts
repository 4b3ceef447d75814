import type { ComputeManagementClient, restorePoller } from '@azure/arm-compute';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { AzureFault, AzureOrder, AzureProgress, AzureSending } from '../../engine/ports/azure.ts';
import type { ArmClients, ArmTarget } from './arm-clients.ts';
import type { ArmAnswer } from './arm-policy.ts';
import { boundedCall } from './bounded-call.ts';
import { commandOutput } from './command-output.ts';

export interface Orders {
  send(order: AzureOrder, signal: StopSignal): Promise<AzureSending>;
  follow(order: AzureOrder, ticket: string, signal: StopSignal): Promise<AzureProgress>;
}

export interface OrdersPorts {
  readonly clients: ArmClients;
  faultOf(error: unknown, signal: StopSignal): AzureFault;
}

/** An operation may be asked about 15 times a minute. */
const usualAskMs = 10_000;
const longestAskMs = 120_000;
const sendMs = 60_000;
const askMs = 60_000;

/** The library's handle on an operation, as much as is used here. */
interface Poller {
  readonly isDone: boolean;
  readonly result: unknown;
  submitted(): Promise<void>;
  serialize(): Promise<string>;
  poll(options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

export function createOrders({ clients, faultOf }: OrdersPorts): Orders {
  return {
    send: async (order, signal) => {
      const wire: Wire = { hasLeft: false, last: null };
      try {
        return await boundedCall(signal, sendMs, async (abort) => {
          const client = await clients.compute({ ...order.vm, urgent: order.urgent, signal: abort, ...noting(wire) });
          const poller = begin(client, order, abort);
          await poller.submitted();
          if (!poller.isDone) return { kind: 'accepted', ticket: await poller.serialize() };
          if (isUnfollowable(wire.last)) return { kind: 'unsure', fault: withoutAddress };
          return { kind: 'done', output: commandOutput(poller.result) };
        });
      } catch (error) {
        const fault = faultOf(error, signal);
        return { kind: wasSurelyNotTaken(fault, wire) ? 'refused' : 'unsure', fault };
      }
    },
    follow: async (order, ticket, signal) => {
      const wire: Wire = { hasLeft: false, last: null };
      try {
        return await boundedCall(signal, askMs, async (abort) => {
          const client = await clients.compute({ ...order.vm, urgent: order.urgent, signal: abort, ...noting(wire) });
          const { restorePoller } = await import('@azure/arm-compute');
          const poller: Poller = restorePoller(client, ticket, beginner(client, order));
          await poller.poll({ abortSignal: abort });
          if (poller.isDone) return { kind: 'done', output: commandOutput(poller.result) };
          return { kind: 'under-way', askInMs: askIn(wire.last) };
        });
      } catch (error) {
        return ofFollowing(faultOf(error, signal), wire.last);
      }
    },
  };
}

/** What was seen of a call on the wire. */
interface Wire {
  hasLeft: boolean;
  last: ArmAnswer | null;
}

function noting(wire: Wire): Pick<ArmTarget, 'leaving' | 'seen'> {
  return {
    leaving: () => {
      wire.hasLeft = true;
    },
    seen: (answer) => {
      wire.last = answer;
    },
  };
}

function begin(client: ComputeManagementClient, { id, vm, act }: AzureOrder, abortSignal: AbortSignal): Poller {
  const { virtualMachines } = client;
  const options = { abortSignal, requestOptions: { headers: { 'x-ms-client-request-id': id } } };
  switch (act.verb) {
    case 'start':
      return virtualMachines.start(vm.group, vm.name, options);
    case 'restart':
      return virtualMachines.restart(vm.group, vm.name, options);
    case 'deallocate':
      return virtualMachines.deallocate(vm.group, vm.name, options);
    case 'redeploy':
      return virtualMachines.redeploy(vm.group, vm.name, options);
    case 'delete':
      return virtualMachines.delete(vm.group, vm.name, options);
    case 'stop':
      return virtualMachines.powerOff(vm.group, vm.name, { ...options, ...(act.atOnce ? { skipShutdown: true } : {}) });
    case 'resize':
      return virtualMachines.update(vm.group, vm.name, { hardwareProfile: { vmSize: act.size } }, options);
    case 'tags':
      return virtualMachines.update(vm.group, vm.name, { tags: { ...act.tags } }, options);
    case 'snapshot':
      return client.snapshots.createOrUpdate(
        vm.group,
        act.snapshot,
        {
          location: vm.region,
          incremental: true,
          creationData: { createOption: 'Copy', sourceResourceId: act.disk },
          tags: { 'vigil-machine': vm.name },
        },
        options,
      );
    case 'run-command':
      return virtualMachines.runCommand(
        vm.group,
        vm.name,
        {
          commandId: act.os === 'windows' ? 'RunPowerShellScript' : 'RunShellScript',
          script: act.script.split(/\r?\n/),
        },
        options,
      );
  }
}

/** The call that an operation came from: the library finds by it how to read the end. */
function beginner(client: ComputeManagementClient, { act }: AzureOrder): Parameters<typeof restorePoller>[2] {
  const { virtualMachines, snapshots } = client;
  switch (act.verb) {
    case 'start':
      return virtualMachines.start;
    case 'restart':
      return virtualMachines.restart;
    case 'deallocate':
      return virtualMachines.deallocate;
    case 'redeploy':
      return virtualMachines.redeploy;
    case 'delete':
      return virtualMachines.delete;
    case 'stop':
      return virtualMachines.powerOff;
    case 'resize':
    case 'tags':
      return virtualMachines.update;
    case 'snapshot':
      return snapshots.createOrUpdate;
    case 'run-command':
      return virtualMachines.runCommand;
  }
}

/** The library takes "accepted" without an address to ask at for the end of it. */
function isUnfollowable(answer: ArmAnswer | null): boolean {
  return answer?.status === 202 && !answer.canBeFollowed;
}

const withoutAddress: AzureFault = {
  kind: 'garbled',
  message: 'Azure took it and did not say where its progress can be asked for.',
  hint: null,
  retryAfterMs: null,
};

/** Only what cannot have been taken may be called refused: everything else might have been. */
function wasSurelyNotTaken({ kind }: AzureFault, { hasLeft, last }: Wire): boolean {
  if (!hasLeft) return true;
  if (last === null) return kind === 'unreachable';
  return last.status >= 400 && last.status < 500 && last.status !== 408;
}

function ofFollowing(fault: AzureFault, last: ArmAnswer | null): AzureProgress {
  const askInMs = Math.max(usualAskMs, fault.retryAfterMs ?? 0);
  // The answer was read and says that the operation itself has failed.
  if (last?.status === 200 && ['capacity', 'refused', 'busy', 'not-found'].includes(fault.kind))
    return { kind: 'failed', fault };
  if (fault.kind === 'not-found' || last?.status === 410) return { kind: 'lost', fault };
  return { kind: 'not-told', fault, askInMs };
}

function askIn(answer: ArmAnswer | null): number {
  return Math.min(Math.max(usualAskMs, answer?.retryAfterMs ?? 0), longestAskMs);
}
