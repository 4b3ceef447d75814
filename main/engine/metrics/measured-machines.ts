import type { AzureDesk } from '../azure/azure-desk.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { providedMachine } from '../fleet/fleet-context.ts';
import type { GuestDesk } from '../guest/guest-desk.ts';
import type { HealthDesk } from '../health/health-desk.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { MachineProvider } from '../ports/machine-provider.ts';
import type { Measured } from './metrics-desk.ts';

/** Every machine that can be read now: processes that run here, and whatever is checked over SSH. */
export function measuredMachines(
  fleet: Fleet,
  hosts: Hosts,
  azure: Pick<AzureDesk, 'all'>,
  health: HealthDesk,
  provider: MachineProvider,
  guests: Pick<GuestDesk, 'diskReading'>,
): readonly Measured[] {
  const local = fleet
    .machines()
    .filter(({ run }) => run !== null)
    .map(
      (machine): Measured => ({
        id: machine.record.id,
        readHost: (takenAtMs) => provider.read(providedMachine(machine), takenAtMs),
        guest: health.guestOf(machine.record.id),
        readAgent: (takenAtMs) => guests.diskReading(machine, takenAtMs),
        guestSource: 'guest',
      }),
    );
  const remote = hosts
    .all()
    .map((host): Measured => ({ id: host.id, guest: health.guestOf(host.id), guestSource: 'ssh' }));
  // What the platform says of them has a beat of its own.
  const clouded = azure
    .all()
    .map(({ record: { id } }): Measured => ({ id, guest: health.guestOf(id), guestSource: 'ssh' }));
  return [...local, ...clouded, ...remote];
}
