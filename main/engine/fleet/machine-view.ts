import type { GuestAddress, Health, Machine, MachineConfig, MachineVerb } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import type { MachineRun } from '../ports/machine-provider.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { keepsSnapshots } from '../snapshots/hardware.ts';

/** A machine as the fleet holds it in memory: its row, and the run it is in. */
export interface FleetMachine {
  readonly record: MachineRecord;
  readonly run: MachineRun | null;
}

/** What can be asked of a machine now. An operation under way leaves only what may pre-empt it. */
export function capabilitiesOf(
  machine: FleetMachine,
  operation: Operation | undefined,
  hasSnapshots: boolean,
): readonly MachineVerb[] {
  if (operation !== undefined) {
    return ['create', 'clone', 'delete'].includes(operation.kind) ? [] : ['stop', 'console'];
  }
  if (machine.record.deletedAt !== undefined) return [];
  const possible = [...possibleIn(machine), ...timeVerbs(machine.record, hasSnapshots)];
  const ruledOut: readonly MachineVerb[] = [
    ...(machine.record.protected === true ? (['delete'] as const) : []),
    ...(machine.record.config.network === 'bridge' ? (['forward'] as const) : []),
  ];
  return possible.filter((verb) => !ruledOut.includes(verb));
}

/** Verbs that change what is written of a machine; its process goes on. */
const upkeep: readonly MachineVerb[] = ['edit', 'rename', 'protect', 'forward'];

function possibleIn({ record, run }: FleetMachine): readonly MachineVerb[] {
  switch (record.state) {
    case 'running':
      return ['stop', 'restart', 'pause', 'delete', 'console', 'disk', ...upkeep];
    case 'paused':
      return ['start', 'resume', 'stop', 'restart', 'delete', 'console', 'disk', ...upkeep];
    case 'suspended':
      return ['start', 'resume', 'stop', 'restart', 'delete', 'console', ...upkeep];
    case 'failed':
      return run === null
        ? ['start', 'delete', 'console', 'clone', 'disk', ...upkeep]
        : ['stop', 'restart', 'delete', 'console', ...upkeep];
    case 'stopped':
    case 'deallocated':
      return ['start', 'delete', 'console', 'clone', 'disk', ...upkeep];
    case 'creating':
    case 'starting':
    case 'stopping':
    case 'deallocating':
    case 'unknown':
      return ['console'];
  }
}

/** Going back in time needs disks that keep snapshots. */
function timeVerbs({ config, state }: MachineRecord, hasSnapshots: boolean): readonly MachineVerb[] {
  if (!keepsSnapshots(config)) return [];
  const back: readonly MachineVerb[] = hasSnapshots ? ['revert'] : [];
  switch (state) {
    case 'running':
    case 'paused':
      return ['snapshot', 'suspend', ...back];
    case 'stopped':
    case 'failed':
      return ['snapshot', ...back];
    case 'suspended':
      return back;
    default:
      return [];
  }
}

/** What a process that is there can be looked at and entered by, whatever else is being done to it. */
export function openingsOf({ record, run }: FleetMachine): readonly MachineVerb[] {
  if (run === null) return [];
  return record.config.forwards.some(({ guest }) => guest === 22) ? ['screenshot', 'ssh'] : ['screenshot'];
}

/** A machine that ended by itself or cannot be identified is not well, whatever its last check said. */
function healthOf(machine: FleetMachine, checked: Health): Health {
  const { state, notice } = machine.record;
  if (state === 'failed') {
    return {
      ...checked,
      status: 'unhealthy',
      reason: notice?.text ?? null,
      since: notice?.since ?? null,
      method: 'process',
    };
  }
  if (state === 'unknown') {
    return {
      ...checked,
      status: 'unknown',
      reason: notice?.text ?? null,
      since: notice?.since ?? null,
      method: 'process',
    };
  }
  return checked;
}

/** What others know of a machine. */
export interface MachineFacts {
  readonly operation: Operation | undefined;
  /** What its health checks say. */
  readonly checked: Health;
  readonly wallNowMs: number;
  readonly hasSnapshots: boolean;
  /** What the agent in its guest says. */
  readonly guestAddresses: readonly GuestAddress[];
}

export function machineView(
  machine: FleetMachine,
  { checked, guestAddresses, hasSnapshots, operation, wallNowMs }: MachineFacts,
): Machine {
  const { record, run } = machine;
  const { config } = record;
  return {
    id: record.id,
    name: record.name,
    provider: record.provider,
    state: record.state,
    wanted: record.wanted,
    health: healthOf(machine, checked),
    address: run === null ? null : addressOf(config, guestAddresses),
    region: null,
    size: null,
    cpus: config.cpus,
    memoryMib: config.memoryMib,
    diskMib: config.diskMib,
    tags: config.tags,
    group: config.group ?? null,
    protected: record.protected === true,
    ...(record.deletedAt === undefined ? {} : { deletedAt: record.deletedAt }),
    forwards: config.forwards,
    createdAt: record.createdAt,
    startedAt: run?.startedAt ?? null,
    ...(run === null
      ? {}
      : {
          pid: run.pid,
          uptimeSeconds: Math.max(0, Math.floor((wallNowMs - Date.parse(run.startedAt)) / 1000)),
          accelerator: run.accelerator,
        }),
    notice: record.notice,
    capabilities: [...capabilitiesOf(machine, operation, hasSnapshots), ...openingsOf(machine)],
    operation: operation?.id ?? null,
  };
}

/** On a bridge the guest is a neighbour; on user networking only the forwards lead to it. */
function addressOf({ forwards, network }: MachineConfig, guestAddresses: readonly GuestAddress[]): string | null {
  if (network !== 'bridge') return forwards.length === 0 ? null : '127.0.0.1';
  const known = guestAddresses.map(({ address }) => address);
  return known.find((address) => !address.includes(':')) ?? known[0] ?? null;
}
