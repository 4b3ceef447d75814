import type { Machine } from '../../../main/contract/machine.ts';
import { type Severity, severities, severityOf } from '../../../main/contract/machine-condition.ts';
import type { SampleMetric } from '../../../main/contract/sample.ts';
import { stateWords } from '../../../main/contract/state-words.ts';

export const sortKeys = [
  'worst',
  'name',
  'state',
  'health',
  'cpu',
  'memory',
  'disk',
  'host',
  'uptime',
  'provider',
] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

export type Compare = (a: Machine, b: Machine) => number;

/** What a machine does now, as far as it is known. */
export type KnownValue = (machine: Machine, metric: SampleMetric | 'hostCost') => number | null;

export function compareMachines({ key, descending }: Sorting, known: KnownValue): Compare {
  const direction = descending ? -1 : 1;
  const compare = comparisons(known)[key];
  return (a, b) => direction * compare(a, b) || byName(a, b);
}

const comparisons = (known: KnownValue): Readonly<Record<SortKey, Compare>> => ({
  worst: (a, b) => ranks[severityOf(a, undefined)] - ranks[severityOf(b, undefined)],
  name: byName,
  state: (a, b) => stateWords[a.state].localeCompare(stateWords[b.state]),
  health: (a, b) => a.health.status.localeCompare(b.health.status),
  cpu: (a, b) => numbers(known(a, 'cpuPercent'), known(b, 'cpuPercent')),
  memory: (a, b) => numbers(known(a, 'memoryPercent'), known(b, 'memoryPercent')),
  disk: (a, b) => numbers(known(a, 'diskPercent'), known(b, 'diskPercent')),
  host: (a, b) => numbers(known(a, 'hostCost'), known(b, 'hostCost')),
  // The longest uptime belongs to the oldest start; what does not run has the shortest.
  uptime: (a, b) => (b.startedAt ?? '~').localeCompare(a.startedAt ?? '~'),
  provider: (a, b) => a.provider.localeCompare(b.provider),
});

const ranks = Object.fromEntries(severities.map((severity, rank) => [severity, rank])) as Record<Severity, number>;

/** As a person counts: `vm-2` before `vm-10`. */
const names = new Intl.Collator('en', { numeric: true });

function byName(a: Machine, b: Machine): number {
  return names.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

/** What is not known sorts below every number. */
function numbers(a: number | null, b: number | null): number {
  return (a ?? -1) - (b ?? -1);
}

/**
 * The order rows keep while values change under them: rows stay where they are, gone ones leave, new ones go where they
 * belong. Only a person's sorting or re-reading makes a new order.
 */
export function settledOrder(
  previous: readonly string[],
  machines: readonly Machine[],
  compare: Compare,
): readonly string[] {
  const present = new Map(machines.map((machine) => [machine.id, machine]));
  const kept = previous.filter((id) => present.has(id));
  const placed = new Set(kept);
  const added = machines.filter(({ id }) => !placed.has(id)).sort(compare);
  if (kept.length === 0) return added.map(({ id }) => id);
  const order: string[] = [];
  let next = 0;
  // Each stands before the first kept row that it precedes; what precedes that row too stands there already.
  for (const id of kept) {
    const other = present.get(id);
    for (let machine = added[next]; machine !== undefined && other !== undefined; machine = added[next]) {
      if (compare(machine, other) >= 0) break;
      order.push(machine.id);
      next += 1;
    }
    order.push(id);
  }
  return [...order, ...added.slice(next).map(({ id }) => id)];
}
