import type { AlertVariableName } from '../../contract/alert-variables.ts';
import { fleetWideMinimum } from '../healing/judge-healing.ts';
import { networkOf } from '../healing/network-of.ts';
import type { EpisodeRecord } from '../ports/alert-records.ts';
import type { AlertSubject } from './alert-subjects.ts';

/** One fault behind many alerts: what speaks for it, and which alerts it explains. Pure. */

export const causeKinds = ['own-network', 'host-disk-full', 'hypervisor-missing'] as const;
export type CauseKind = (typeof causeKinds)[number];

/** Free space on this computer below which machines can no longer write. */
export const leastFreeMib = 64;

const explainable: ReadonlySet<AlertVariableName> = new Set([
  'machine_down',
  'service_dead',
  'heartbeat_stale',
  'crash_loop',
  'snapshot_failed',
]);

/** A value that was read is a fact of the machine; that it is gone, or that nothing is known of it, may have another cause. */
export function isExplainable({ metric, actualValue, machineId }: EpisodeRecord): boolean {
  return machineId !== null && metric !== null && (actualValue === null || explainable.has(metric));
}

/** Whether a fault of this kind reaches a machine at all. */
export function reaches(kind: CauseKind, subject: AlertSubject): boolean {
  return kind === 'own-network' ? subject.remoteHost !== null : subject.provider === 'qemu';
}

export interface NetworkSigns {
  /** Sentences about what is wrong on this side. */
  readonly faults: readonly string[];
  /** Who else answered since it failed. */
  readonly witnesses: number;
  /** Without a router there is nobody who would have to answer. */
  readonly hasGateway: boolean;
}

/** Why our own network is taken to be the fault; null when it is not. `badSince`: of each machine that is failing. */
export function ownNetworkFault(
  signs: NetworkSigns,
  subjects: readonly AlertSubject[],
  badSince: ReadonlyMap<string, number>,
  began: number,
): string | null {
  const [fault] = signs.faults;
  if (fault !== undefined) return fault;
  if (signs.hasGateway && signs.witnesses === 0)
    return 'Neither the router nor the name server of this computer answers.';
  const remote = subjects.filter(({ remoteHost }) => remoteHost !== null);
  const together = turnedBadTogether(remote, badSince, began);
  if (together !== null) return together;
  const networks = new Map<string, AlertSubject[]>();
  for (const subject of remote) {
    const network = networkOf(subject.remoteHost ?? '');
    networks.set(network, [...(networks.get(network) ?? []), subject]);
  }
  for (const neighbours of networks.values()) {
    const here = turnedBadTogether(neighbours, badSince, began);
    if (here !== null) return here;
  }
  return null;
}

function turnedBadTogether(
  remote: readonly AlertSubject[],
  badSince: ReadonlyMap<string, number>,
  began: number,
): string | null {
  // Those that were bad for long before it say nothing about what happens now.
  const judged = remote.filter(({ id, checkIntervalMs }) => (badSince.get(id) ?? began) >= began - 2 * checkIntervalMs);
  const turned = judged.filter(({ id, isFailing }) => isFailing && badSince.has(id)).length;
  if (turned < fleetWideMinimum || turned * 2 <= judged.length) return null;
  return `${turned} of ${judged.length} machines turned bad together: the fault is taken to be between them and us.`;
}
