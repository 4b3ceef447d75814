import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { DataDisk, MachineConfig } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import { type FleetContext, happeningBy, providedMachine } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import { changeConfig } from './change-config.ts';
import { diskFailure, refuseUntouchable } from './disk-verb.ts';

const mostDisks = 16;

/**
 * Gives a machine one more disk, at once also while it runs. The image is whole before the definition names it, and has
 * its final name only afterwards: whatever is cut short, nothing is lost and no file is left that nobody knows.
 */
export async function addDisk(
  fleet: FleetContext,
  reference: string,
  disk: DataDisk,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(reference);
  const { id, name } = found.record;
  const turn = fleet.operations.turn(id);
  refuseUntouchable(fleet, found);
  await refuseDisk(fleet, found.record.config, name, disk);
  return fleet.operations.begin({
    kind: 'disk-add',
    machine: { id, name },
    turn,
    work: async (context) => {
      const { disks } = fleet.provider;
      const before = providedMachine(present(fleet, id));
      await disks.makeDisk(before, disk, context);
      try {
        await changeConfig(fleet, id, withDisk(disk));
        try {
          await disks.commitDisk(providedMachine(present(fleet, id)), disk, context);
        } catch (error) {
          await changeConfig(fleet, id, withoutDisk(disk.name));
          throw error;
        }
      } catch (error) {
        await disks.dropDisk(before, disk);
        throw error;
      }
      const isRunning = present(fleet, id).run !== null;
      return {
        result: {
          note: `The guest finds it as /dev/disk/by-id/virtio-${disk.name}${isRunning ? '' : ' at its next start'}; it is empty.`,
        },
        changes: [],
        happenings: [
          happeningBy(by, found.record, 'disk.added', `'${name}' got the disk ${disk.name} of ${disk.sizeMib} MiB.`, {
            disk: disk.name,
            sizeMib: disk.sizeMib,
            running: isRunning,
          }),
        ],
      };
    },
    failed: (error, cancelled) =>
      diskFailure(fleet, id, by, 'disk-add', `Adding the disk ${disk.name} to '${name}'`, { error, cancelled }),
  });
}

async function refuseDisk(fleet: FleetContext, config: MachineConfig, name: string, disk: DataDisk): Promise<void> {
  const known = config.disks ?? [];
  if (known.some((other) => other.name === disk.name)) {
    throw new VigilError('bad-input', `'${name}' has a disk '${disk.name}' already.`, {
      field: 'name',
      hint: `To make it larger: vigil disk ${name} grow --disk ${disk.name} --size MIB`,
    });
  }
  if (known.length >= mostDisks) {
    throw new VigilError('refused', `'${name}' has ${mostDisks} further disks already; there is room for no more.`);
  }
  const freeMib = await fleet.host.diskFreeMib();
  if (disk.sizeMib <= freeMib) return;
  throw new VigilError('bad-input', `${disk.sizeMib} MiB is more than this computer gives: ${freeMib} MiB are free.`, {
    field: 'sizeMib',
    hint: 'That is what is free on the disk that holds the machines.',
  });
}

function withDisk(disk: DataDisk): (config: MachineConfig) => MachineConfig {
  return (config) => ({ ...config, disks: [...(config.disks ?? []), disk] });
}

function withoutDisk(name: string): (config: MachineConfig) => MachineConfig {
  return (config) => {
    const disks = (config.disks ?? []).filter((disk) => disk.name !== name);
    const { disks: _all, ...rest } = config;
    return disks.length === 0 ? rest : { ...rest, disks };
  };
}
