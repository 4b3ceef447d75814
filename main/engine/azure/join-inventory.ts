import type { AzurePower, AzureVm } from '../ports/azure.ts';
import type { AzureMachineRecord } from '../ports/azure-records.ts';

/** What a round of reading one subscription found. Null: that list was not read in this round, or not to its end. */
export interface Reading {
  readonly vms: readonly AzureVm[] | null;
  readonly powers: readonly AzurePower[] | null;
}

export interface Joined {
  /** Machines that are new here. Without a word about their power their state is unknown. */
  readonly appeared: readonly { readonly vm: AzureVm; readonly power: AzurePower | null }[];
  /** Of known ones, what was read anew. */
  readonly seen: readonly { readonly id: string; readonly vm: AzureVm | null; readonly power: AzurePower | null }[];
  /** Not in a whole list: whether they are gone has to be asked of each, since a right that was lost empties a list too. */
  readonly missing: readonly string[];
  /** Machines whose place another one has taken. */
  readonly replaced: readonly string[];
  /** There is a machine that only the list of powers knows: the whole list is due. */
  readonly hasStrangers: boolean;
}

/**
 * Joins the two lists with what is known of a subscription, by ids in lower case. `groups`: only machines of these resource
 * groups, of all when empty.
 */
export function joinInventory(
  known: readonly AzureMachineRecord[],
  { vms, powers }: Reading,
  groups: readonly string[],
): Joined {
  const wanted = new Set(groups.map((group) => group.toLowerCase()));
  const isWanted = (group: string): boolean => wanted.size === 0 || wanted.has(group.toLowerCase());
  const powerOf = new Map((powers ?? []).map((power) => [power.key, power]));
  const described = new Map((vms ?? []).filter(({ group }) => isWanted(group)).map((vm) => [keyOf(vm), vm]));
  const knownKeys = new Map(known.map((record) => [keyOf(record.vm), record]));
  const replaced = new Set<string>();
  for (const [key, { id, vm }] of knownKeys) {
    const present = described.get(key)?.vmId ?? null;
    if (present !== null && vm.vmId !== null && present.toLowerCase() !== vm.vmId.toLowerCase()) replaced.add(id);
  }
  const appeared = [...described]
    .filter(([key]) => {
      const record = knownKeys.get(key);
      return record === undefined || replaced.has(record.id);
    })
    .map(([key, vm]) => ({ vm, power: powerOf.get(key) ?? null }));
  const seen = known
    .filter(({ id }) => !replaced.has(id))
    .map((record) => {
      const key = keyOf(record.vm);
      return { id: record.id, vm: described.get(key) ?? null, power: powerOf.get(key) ?? null };
    })
    .filter(({ vm, power }) => vm !== null || power !== null);
  const missing =
    vms === null
      ? []
      : known.filter(({ id, vm }) => !replaced.has(id) && !described.has(keyOf(vm))).map(({ id }) => id);
  const hasStrangers = vms === null && [...powerOf.keys()].some((key) => !knownKeys.has(key) && isWanted(groupOf(key)));
  return { appeared, seen, missing, replaced: [...replaced], hasStrangers };
}

export function keyOf({ resourceId }: Pick<AzureVm, 'resourceId'>): string {
  return resourceId.toLowerCase();
}

function groupOf(key: string): string {
  return /\/resourcegroups\/([^/]+)\//.exec(key)?.[1] ?? '';
}
