import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { MachineConfig, PortForward } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import type { OperationEnd } from '../operations/operations.ts';
import type { MachineRecord } from '../ports/state-store.ts';
import { configInForce } from './config-in-force.ts';
import { writtenConfig } from './edit-machine.ts';
import { forwardsTaken } from './examine-draft.ts';
import { type FleetContext, happeningBy, messageOf, providedMachine, rowOf } from './fleet-context.ts';
import type { FleetMachine } from './machine-view.ts';
import { present } from './start-machine.ts';

/** Host port 0: a free one is chosen, and the operation's result tells which. */
export interface ForwardWish {
  readonly host: number;
  readonly guest: number;
}

const mostForwards = 64;
/** Where people expect to find these; any other port keeps its number or moves up by 10000. */
const usualPorts: Readonly<Record<number, number>> = { 22: 2222, 80: 8080, 443: 8443 };

/** Leads a port of this computer to one of the guest, at once where the machine runs, and writes it into the definition. */
export async function addForward(
  fleet: FleetContext,
  reference: string,
  wish: ForwardWish,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const turn = fleet.operations.turn(found.record.id);
  refuseUnidentified(found);
  const forward = await freeForward(fleet, found, wish);
  const { host, guest } = forward;
  return changeForwards(fleet, found, by, {
    turn,
    note: `127.0.0.1:${host} leads to its port ${guest}`,
    forward,
    next: (forwards) => {
      const owner = forwardsTaken(fleet.registry, found.record.id).get(host);
      if (owner !== undefined) throw new VigilError('conflict', `Port ${host} belongs to the machine ${owner}.`);
      return [...forwards.filter((known) => known.host !== host), forward];
    },
    live: (machine) => fleet.provider.forwards.add(machine, forward),
    undo: (machine) => fleet.provider.forwards.remove(machine, forward),
  });
}

/** Takes a forward back. Connections that are open over it stay until one side closes them. */
export async function removeForward(
  fleet: FleetContext,
  reference: string,
  forward: PortForward,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  refuseUnidentified(found);
  const { name, config } = found.record;
  const same = (known: PortForward): boolean => known.host === forward.host && known.guest === forward.guest;
  if (!config.forwards.some(same)) {
    const known = config.forwards.map(({ host, guest }) => `${host}:${guest}`);
    throw new VigilError('not-found', `'${name}' has no forward ${forward.host}:${forward.guest}.`, {
      field: 'host',
      hint: known.length === 0 ? 'It has none.' : `It has ${known.join(', ')}.`,
    });
  }
  return changeForwards(fleet, found, by, {
    turn: fleet.operations.turn(found.record.id),
    note: `127.0.0.1:${forward.host} leads to it no longer`,
    forward,
    next: (forwards) => forwards.filter((known) => !same(known)),
    live: (machine) => fleet.provider.forwards.remove(machine, forward),
    undo: (machine) => fleet.provider.forwards.add(machine, forward),
  });
}

interface ForwardChange {
  readonly turn: number;
  readonly note: string;
  readonly forward: PortForward;
  next(forwards: readonly PortForward[]): PortForward[];
  live(machine: ReturnType<typeof providedMachine>): Promise<{ readonly runtime: string }>;
  undo(machine: ReturnType<typeof providedMachine>): Promise<unknown>;
}

function changeForwards(
  fleet: FleetContext,
  { record: { id, name } }: FleetMachine,
  by: CallContext,
  change: ForwardChange,
): Promise<Operation> {
  return fleet.operations.begin({
    kind: 'edit',
    machine: { id, name },
    turn: change.turn,
    work: async (): Promise<OperationEnd> => {
      const machine = present(fleet, id);
      const provided = providedMachine(machine);
      const written = await writtenConfig(fleet, id);
      const next: MachineConfig = { ...written, forwards: change.next(written.forwards) };
      const inForce: MachineConfig = {
        ...machine.record.config,
        forwards: change.next(machine.record.config.forwards),
      };
      const remembered = machine.run === null ? null : await change.live(provided);
      try {
        await fleet.definitions.write({ id, name: machine.record.name, config: next });
      } catch (error) {
        if (remembered !== null) await change.undo(provided);
        throw error;
      }
      return changedEnd(fleet, id, by, change, { next, inForce, runtime: remembered?.runtime ?? null });
    },
    failed: (error) => ({
      changes: [],
      happenings: [
        happeningBy(
          by,
          { id, name },
          'machine.verb-failed',
          `The forwards of '${name}' could not be changed: ${messageOf(error)}`,
          { verb: 'forward' },
        ),
      ],
    }),
  });
}

interface Changed {
  readonly next: MachineConfig;
  readonly inForce: MachineConfig;
  /** Null when nothing runs. */
  readonly runtime: string | null;
}

function changedEnd(
  fleet: FleetContext,
  id: string,
  by: CallContext,
  { forward, note }: ForwardChange,
  { inForce, next, runtime }: Changed,
): OperationEnd {
  // Read again: the run may have ended while the file was written.
  const machine = present(fleet, id);
  const run = machine.run === null || runtime === null ? machine.run : { ...machine.run, runtime };
  const { pending, config } = configInForce({ record: { ...machine.record, config: inForce }, run }, next);
  const record: MachineRecord = { ...machine.record, config, ...(run === null ? {} : { runtime: run.runtime }) };
  return {
    result: { forward, note, pending },
    changes: [rowOf(record)],
    happenings: [
      happeningBy(by, record, 'machine.edited', `'${record.name}': ${note}.`, {
        host: forward.host,
        guest: forward.guest,
        live: run !== null,
      }),
    ],
    settle: () => fleet.registry.put({ record, run }),
  };
}

/** The forward that was asked for, or with a free port; throws `bad-input` (field `host`) when it cannot be had. */
async function freeForward(
  fleet: FleetContext,
  { record: { id, name, config } }: FleetMachine,
  { guest, host }: ForwardWish,
): Promise<PortForward> {
  if (config.forwards.length >= mostForwards) {
    throw new VigilError('refused', `'${name}' has ${mostForwards} forwards, which is the most it can have.`);
  }
  const asked = host === 0 ? (usualPorts[guest] ?? (guest >= 1024 ? guest : guest + 10_000)) : host;
  const known = config.forwards.find((forward) => forward.host === asked);
  if (host !== 0 && known !== undefined) {
    throw new VigilError('bad-input', `Port ${host} leads to port ${known.guest} of '${name}' already.`, {
      field: 'host',
    });
  }
  const forwards = [...config.forwards, { host: asked, guest }];
  const faults = await fleet.provider.examine({ ...config, forwards }, id, forwardsTaken(fleet.registry, id));
  const none = faults.find(({ field }) => field === 'forwards');
  if (none !== undefined) throw new VigilError('refused', none.message, { field: 'host', hint: none.hint });
  const fault = faults.find(({ field }) => field === `forwards.${forwards.length - 1}.host`);
  if (fault === undefined) return { host: asked, guest };
  if (host === 0 && fault.suggestion !== undefined) return { host: Number(fault.suggestion), guest };
  throw new VigilError('bad-input', fault.message, {
    field: 'host',
    hint: fault.suggestion === undefined ? fault.hint : `Try ${fault.suggestion}, or auto.`,
  });
}

function refuseUnidentified({ record }: FleetMachine): void {
  if (record.state !== 'unknown') return;
  throw new VigilError('refused', `'${record.name}' is left alone: its process cannot be identified.`);
}
