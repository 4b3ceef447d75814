import type { AzureCost } from '../../contract/azure-cost.ts';
import type { Health, Machine, MachineState, MachineVerb } from '../../contract/machine.ts';
import type { Operation, OperationKind } from '../../contract/operation.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { AzureMachineRecord } from '../ports/azure-records.ts';

/** A machine of Azure as the fleet holds it in memory. Moments are wall-clock milliseconds. */
export interface AzureMachine {
  readonly record: AzureMachineRecord;
  /** When its state was last read; null when it was not since this engine began. */
  readonly observedAt: number | null;
  /** Why it could not be read the last time; null when it could. */
  readonly trouble: string | null;
  /** What the account has no right to, as it turned out. */
  readonly denied: readonly MachineVerb[];
}

/** What others know of it. */
export interface AzureMachineSurroundings {
  readonly operation: Operation | undefined;
  readonly checked: Health;
  readonly wallNowMs: number;
  /** A state that is older than this says nothing about now. */
  readonly staleMs: number;
  /** What its readings advise; null when nothing. */
  readonly idle: string | null;
  /** What it cost this month; null when that is not known. */
  readonly cost: AzureCost | null;
  /** Where it is reached; null when that is not known. */
  readonly address: string | null;
}

/** What its state depends on, beside what was read. */
type StateSurroundings = Pick<AzureMachineSurroundings, 'operation' | 'wallNowMs' | 'staleMs'>;

/** What an operation makes of a machine while it lasts, whatever a list of Azure still says. */
const meanwhile: Readonly<Partial<Record<OperationKind, MachineState>>> = {
  start: 'starting',
  restart: 'starting',
  redeploy: 'starting',
  stop: 'stopping',
  delete: 'stopping',
  deallocate: 'deallocating',
};

/** The state that is shown: of what is being done, else of what was read, else unknown; never down for want of a word. */
export function shownState(machine: AzureMachine, surroundings: StateSurroundings): MachineState {
  const { operation } = surroundings;
  if (operation !== undefined) return meanwhile[operation.kind] ?? knownState(machine, surroundings);
  return knownState(machine, surroundings);
}

function knownState({ record, observedAt }: AzureMachine, { wallNowMs, staleMs }: StateSurroundings): MachineState {
  return observedAt === null || wallNowMs - observedAt > staleMs ? 'unknown' : record.state;
}

export function azureCapabilities(
  { record, denied }: AzureMachine,
  state: MachineState,
  { address, operation }: Pick<AzureMachineSurroundings, 'address' | 'operation'>,
): readonly MachineVerb[] {
  if (operation !== undefined) return [];
  const ruledOut: readonly MachineVerb[] = [
    ...denied,
    ...(record.protected === true ? (['delete'] as const) : []),
    ...(record.vm.osDisk === null ? (['snapshot'] as const) : []),
    ...(record.vm.keepsConsole === false ? (['screenshot'] as const) : []),
    ...(address === null ? (['ssh'] as const) : []),
  ];
  return possibleIn(state).filter((verb) => !ruledOut.includes(verb));
}

function possibleIn(state: MachineState): readonly MachineVerb[] {
  switch (state) {
    case 'running':
      return [
        'stop',
        'restart',
        'deallocate',
        'redeploy',
        'resize',
        'run-command',
        'snapshot',
        'screenshot',
        'ssh',
        'tag',
        'delete',
        'protect',
      ];
    case 'stopped':
      return ['start', 'deallocate', 'redeploy', 'resize', 'snapshot', 'tag', 'delete', 'protect'];
    case 'deallocated':
      return ['start', 'resize', 'snapshot', 'tag', 'delete', 'protect'];
    case 'suspended':
      return ['start', 'snapshot', 'tag', 'delete', 'protect'];
    default:
      return ['protect'];
  }
}

/** Tags that the tools which make such machines give to their sessions. */
const sessionTags = ['azlin-session', 'session'];

export function sessionOf(tags: Readonly<Record<string, string>>): string | null {
  const byName = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value]));
  for (const name of sessionTags) {
    const value = byName.get(name);
    if (value !== undefined && value !== '') return value;
  }
  return null;
}

export function azureView(machine: AzureMachine, surroundings: AzureMachineSurroundings): Machine {
  const { record, observedAt, trouble } = machine;
  const { vm } = record;
  const state = shownState(machine, surroundings);
  return {
    id: record.id,
    name: vm.name,
    provider: 'azure',
    state,
    wanted: record.wanted,
    health: surroundings.checked,
    address: surroundings.address,
    region: vm.region === '' ? null : vm.region,
    size: vm.size,
    cpus: null,
    memoryMib: null,
    diskMib: vm.diskMib,
    tags: Object.entries(vm.tags)
      .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
      .sort(),
    group: vm.group,
    protected: record.protected === true,
    forwards: [],
    createdAt: record.createdAt,
    startedAt: null,
    notice: record.notice,
    capabilities: azureCapabilities(machine, state, surroundings),
    operation: surroundings.operation?.id ?? null,
    azure: {
      resourceId: vm.resourceId,
      subscription: vm.subscription,
      resourceGroup: vm.group,
      session: sessionOf(vm.tags),
      os: vm.os,
      console: vm.keepsConsole ?? null,
      power: record.power,
      provisioning: record.provisioning,
      // What is not known now may have been switched off meanwhile.
      billed: state === 'unknown' ? null : record.billed,
      idle: state === 'running' ? surroundings.idle : null,
      cost: surroundings.cost,
      observedAt: observedAt === null ? null : isoTime(observedAt),
      trouble,
    },
  };
}
