import type { CallContext } from '../../contract/calls.ts';
import type { DiskCheck } from '../../contract/machine-disk.ts';
import type { Operation } from '../../contract/operation.ts';
import { type FleetContext, happeningBy, providedMachine } from '../fleet/fleet-context.ts';
import { present } from '../fleet/start-machine.ts';
import { diskFailure, diskWords, refuseRunning, refuseUntouchable, requireDisk } from './disk-verb.ts';

export interface TendWish {
  readonly machine: string;
  readonly disk: string;
}

/** Looks for faults in the structure of a disk's image, and repairs them when asked to. What it found is its result. */
export async function checkDisk(
  fleet: FleetContext,
  { machine, disk, repair }: TendWish & { readonly repair: boolean },
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(machine);
  const { id, name } = found.record;
  requireDisk(found.record.config, name, disk);
  refuseUntouchable(fleet, found);
  refuseRunning(found, 'a disk in use cannot be checked');
  return fleet.operations.begin({
    kind: 'disk-check',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    work: async (context) => {
      const check = await fleet.provider.disks.check(providedMachine(present(fleet, id)), disk, repair, context);
      const { disk: _disk, ...counts } = check;
      const words = checkWords(check, repair);
      return {
        result: { check, note: words },
        changes: [],
        happenings: [
          happeningBy(by, found.record, 'disk.checked', `${diskWords(name, disk)}: ${words}`, { disk, ...counts }),
        ],
      };
    },
    failed: (error, cancelled) =>
      diskFailure(fleet, id, by, 'disk-check', `Checking ${diskWords(name, disk)}`, { error, cancelled }),
  });
}

/** Gives space back to this computer that a disk holds without need. */
export async function compactDisk(
  fleet: FleetContext,
  { machine, disk }: TendWish,
  by: CallContext,
): Promise<Operation> {
  const found = fleet.registry.resolve(machine);
  const { id, name } = found.record;
  requireDisk(found.record.config, name, disk);
  refuseUntouchable(fleet, found);
  refuseRunning(found, 'a disk in use cannot be compacted');
  return fleet.operations.begin({
    kind: 'disk-compact',
    machine: { id, name },
    turn: fleet.operations.turn(id),
    work: async (context) => {
      const { freedBytes } = await fleet.provider.disks.compact(providedMachine(present(fleet, id)), disk, context);
      const freedMib = Math.floor(freedBytes / 1_048_576);
      const words = freedBytes === 0 ? 'there was nothing to give back' : `${freedMib} MiB were given back`;
      return {
        result: { note: `${words}. What a guest has deleted counts once it was trimmed there: fstrim -a` },
        changes: [],
        happenings: [
          happeningBy(by, found.record, 'disk.compacted', `${diskWords(name, disk)} was compacted: ${words}.`, {
            disk,
            freedBytes,
          }),
        ],
      };
    },
    failed: (error, cancelled) =>
      diskFailure(fleet, id, by, 'disk-compact', `Compacting ${diskWords(name, disk)}`, { error, cancelled }),
  });
}

/** What a check found, for a person. */
export function checkWords(check: DiskCheck, repaired: boolean): string {
  const { corruptions, corruptionsFixed, leaks, leaksFixed } = check;
  const fixed =
    corruptionsFixed + leaksFixed === 0 ? '' : ` ${corruptionsFixed} faults and ${leaksFixed} leaks were repaired.`;
  if (corruptions > 0) {
    const way = repaired
      ? 'Bring the disk back from a snapshot or a backup.'
      : 'Copy what matters first, then repair it: --repair.';
    return `${corruptions} faults were found: what a guest reads there may be wrong. ${way}${fixed}`;
  }
  if (leaks > 0)
    return `no faults; ${leaks} clusters belong to nothing and only waste space (--repair frees them).${fixed}`;
  return `no faults were found.${fixed}`;
}
