import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import { firstDisk, type MachineConfig } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import { type FleetContext, happeningBy, providedMachine } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import { type ConfigChange, changeConfig } from './change-config.ts';
import { diskFailure, diskWords, refuseUntouchable, requireDisk } from './disk-verb.ts';

export interface GrowWish {
  readonly machine: string;
  readonly disk: string;
  readonly sizeMib: number;
}

/**
 * Makes a disk larger; the guest of a running machine sees it at once. The new size stands in the definition before the
 * image has it: cut short in between, the next start of the machine finishes it.
 */
export async function growDisk(fleet: FleetContext, wish: GrowWish, by: CallContext): Promise<Operation> {
  const { disk, sizeMib } = wish;
  const found = fleet.registry.resolve(wish.machine);
  const { id, name } = found.record;
  const turn = fleet.operations.turn(id);
  refuseUntouchable(fleet, found);
  requireDisk(found.record.config, name, disk);
  await refuseSize(fleet, id, disk, sizeMib);
  const before = sizeOf(found.record.config, disk);
  const what = `Growing ${diskWords(name, disk)}`;
  return fleet.operations.begin({
    kind: 'disk-grow',
    machine: { id, name },
    turn,
    work: async (context) => {
      await changeConfig(fleet, id, atLeast(disk, sizeMib));
      try {
        const { advice } = await fleet.provider.disks.grow(providedMachine(present(fleet, id)), disk, sizeMib, context);
        return {
          result: { note: advice },
          changes: [],
          happenings: [
            happeningBy(
              by,
              found.record,
              'disk.grown',
              `${capital(diskWords(name, disk))} was grown to ${sizeMib} MiB.`,
              {
                disk,
                fromMib: before,
                toMib: sizeMib,
              },
            ),
          ],
        };
      } catch (error) {
        await changeConfig(fleet, id, withoutSize(disk, sizeMib, before));
        throw error;
      }
    },
    failed: (error, cancelled) => diskFailure(fleet, id, by, 'disk-grow', what, { error, cancelled }),
  });
}

async function refuseSize(fleet: FleetContext, id: string, disk: string, sizeMib: number): Promise<void> {
  const disks = await fleet.provider.disks.list(providedMachine(present(fleet, id)));
  const presentMib = disks.find((known) => known.name === disk)?.virtualMib ?? null;
  if (presentMib === null) return;
  if (sizeMib < presentMib) {
    throw new VigilError('bad-input', `The disk has ${presentMib} MiB; it can only be made larger.`, {
      field: 'sizeMib',
      hint: 'What lies at its end would be lost: copy the data to a new, smaller disk instead.',
    });
  }
  const freeMib = await fleet.host.diskFreeMib();
  if (sizeMib - presentMib <= freeMib) return;
  throw new VigilError(
    'bad-input',
    `${sizeMib - presentMib} MiB more is more than this computer gives: ${freeMib} MiB are free.`,
    {
      field: 'sizeMib',
      hint: 'That is what is free on the disk that holds the machines.',
    },
  );
}

function sizeOf(config: MachineConfig, disk: string): number {
  return config.disks?.find(({ name }) => name === disk)?.sizeMib ?? config.diskMib;
}

/** An edit that waits for the next start may want even more. */
function atLeast(disk: string, sizeMib: number): ConfigChange {
  return (config) => withSize(disk, Math.max(sizeMib, sizeOf(config, disk)))(config);
}

/** Takes it back where it was put, and leaves another wish alone. */
function withoutSize(disk: string, sizeMib: number, before: number): ConfigChange {
  return (config) => (sizeOf(config, disk) === sizeMib ? withSize(disk, before)(config) : config);
}

function withSize(disk: string, sizeMib: number): ConfigChange {
  return (config) => {
    if (disk === firstDisk) return { ...config, diskMib: sizeMib };
    const disks = config.disks?.map((known) => (known.name === disk ? { ...known, sizeMib } : known));
    return disks === undefined ? config : { ...config, disks };
  };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
