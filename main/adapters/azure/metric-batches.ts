import type { AzureVm } from '../../engine/ports/azure.ts';

/** Machines that one call can ask about: of one subscription, one region, and with the same metrics. */
export interface MetricBatch {
  readonly tenant: string;
  readonly subscription: string;
  readonly region: string;
  readonly names: readonly string[];
  readonly vms: readonly AzureVm[];
}

/** What Azure takes. */
export const mostInBatch = 50;

/** `namesOf`: the metrics that a machine has; null where they are not known, and such a machine is left out. */
export function planBatches(
  vms: readonly AzureVm[],
  namesOf: (vm: AzureVm) => readonly string[] | null,
): readonly MetricBatch[] {
  const groups = new Map<string, { readonly names: readonly string[]; readonly vms: AzureVm[] }>();
  for (const vm of vms) {
    const names = namesOf(vm);
    if (names === null || names.length === 0) continue;
    const key = [vm.tenant, vm.subscription, vm.region, ...names].join('|').toLowerCase();
    const group = groups.get(key) ?? { names, vms: [] };
    group.vms.push(vm);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ names, vms: members }) =>
    Array.from({ length: Math.ceil(members.length / mostInBatch) }, (_, index): MetricBatch | null => {
      const part = members.slice(index * mostInBatch, (index + 1) * mostInBatch);
      const [first] = part;
      if (first === undefined) return null;
      const { tenant, subscription, region } = first;
      return { tenant, subscription, region, names, vms: part };
    }).filter((batch) => batch !== null),
  );
}
