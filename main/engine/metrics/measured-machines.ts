import type { AzureDesk } from '../azure/azure-desk.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { providedMachine } from '../fleet/fleet-context.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import type { GuestDesk } from '../guest/guest-desk.ts';
import type { HealthDesk } from '../health/health-desk.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { MachineProvider } from '../ports/machine-provider.ts';
import type { GuestByAgent } from './guest-sources.ts';
import type { Measured } from './metrics-desk.ts';

export interface MeasuredFleet {
  readonly fleet: Pick<Fleet, 'machines' | 'machine'>;
  readonly hosts: Pick<Hosts, 'all' | 'get'>;
  readonly azure: Pick<AzureDesk, 'all' | 'get'>;
  readonly health: Pick<HealthDesk, 'guestOf'>;
  readonly provider: Pick<MachineProvider, 'read' | 'guest'>;
  readonly guests: Pick<GuestDesk, 'agentAnswered' | 'diskReading'>;
}

/** Every machine that can be read now: processes that run here, and whatever is checked over SSH. */
export function measuredMachines(from: MeasuredFleet): readonly Measured[] {
  const local = from.fleet
    .machines()
    .filter(({ run }) => run !== null)
    .map((machine) => localMachine(from, machine));
  // What the platform says of the ones of a cloud has a beat of its own.
  const remote = [...from.azure.all().map(({ record }) => record.id), ...from.hosts.all().map(({ id }) => id)];
  return [...local, ...remote.map((id) => remoteMachine(from, id))];
}

/** One of them; null for one that cannot be read now. */
export function measuredMachine(from: MeasuredFleet, id: string): Measured | null {
  const machine = from.fleet.machine(id);
  if (machine !== undefined) return machine.run === null ? null : localMachine(from, machine);
  return from.azure.get(id) === undefined && from.hosts.get(id) === undefined ? null : remoteMachine(from, id);
}

function localMachine({ provider, health, guests }: MeasuredFleet, machine: FleetMachine): Measured {
  return {
    id: machine.record.id,
    readHost: (takenAtMs) => provider.read(providedMachine(machine), takenAtMs),
    guest: health.guestOf(machine.record.id),
    agent: guests.agentAnswered(machine) === null ? null : guestByAgent({ provider, guests }, machine),
    guestSource: 'guest',
  };
}

function remoteMachine({ health }: MeasuredFleet, id: string): Measured {
  return { id, guest: health.guestOf(id), agent: null, guestSource: 'ssh' };
}

function guestByAgent(
  { provider, guests }: Pick<MeasuredFleet, 'provider' | 'guests'>,
  machine: FleetMachine,
): GuestByAgent {
  return {
    run: async (command, timeoutMs) =>
      (await provider.guest.run(providedMachine(machine), '/bin/sh', ['-c', command], timeoutMs)).output,
    disk: (takenAtMs) => guests.diskReading(machine, takenAtMs),
  };
}
