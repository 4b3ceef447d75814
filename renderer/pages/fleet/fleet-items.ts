import { healthWords } from '../../../main/contract/health-words.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { stateWordOf } from '../../../main/contract/state-words.ts';
import { providerWords } from '../../format/words.ts';

export const groupings = ['none', 'provider', 'state', 'health', 'tag', 'group'] as const;
export type Grouping = (typeof groupings)[number];

/** What stands in the fleet, one below the other: machines, and the heads of their groups. */
export type FleetItem =
  | { readonly kind: 'machine'; readonly key: string; readonly machine: Machine }
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly label: string;
      readonly machines: readonly Machine[];
      readonly isOpen: boolean;
    };

/**
 * Machines in the order given, put together by what they share. The groups come in the order of their first machines:
 * worst first stays worst first. Those of a closed group are left out.
 */
export function fleetItems(
  machines: readonly Machine[],
  grouping: Grouping,
  closed: ReadonlySet<string>,
): readonly FleetItem[] {
  if (grouping === 'none') return machines.map(itemOf);
  const groups = new Map<string, Machine[]>();
  for (const machine of machines) {
    const label = labelOf[grouping](machine);
    const known = groups.get(label);
    if (known === undefined) groups.set(label, [machine]);
    else known.push(machine);
  }
  return [...groups].flatMap(([label, own]): readonly FleetItem[] => {
    const key = `${grouping} ${label}`;
    const isOpen = !closed.has(key);
    const head: FleetItem = { kind: 'group', key, label, machines: own, isOpen };
    return isOpen ? [head, ...own.map(itemOf)] : [head];
  });
}

function itemOf(machine: Machine): FleetItem {
  return { kind: 'machine', key: machine.id, machine };
}

const labelOf: Readonly<Record<Exclude<Grouping, 'none'>, (machine: Machine) => string>> = {
  provider: ({ provider }) => providerWords[provider],
  state: stateWordOf,
  health: ({ health }) => healthWords[health.status],
  // A machine stands in one place only.
  tag: ({ tags }) => tags[0] ?? 'No tag',
  group: ({ group }) => group ?? 'No group',
};
