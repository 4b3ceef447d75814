import type { Episode } from '../../main/contract/alert.ts';

/** An alert that fires, with whatever is said otherwise. */
export function sampleEpisode(changes: Partial<Episode> = {}): Episode {
  return {
    id: '3f2a9c10-8d5f-4c53-9f4e-0d8c0b1a2f3d',
    rule: 'high_cpu',
    machine: 'demo',
    machineId: '5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d',
    metric: 'cpu_percent',
    severity: 'warning',
    state: 'firing',
    actualValue: 97,
    threshold: 80,
    message: "CPU of 'demo' is 97 %: above 80 %.",
    since: '2026-01-01T11:50:00.000Z',
    firedAt: '2026-01-01T11:52:00.000Z',
    resolvedAt: null,
    resolvedBecause: null,
    acknowledgedBy: null,
    count: 1,
    isFlapping: false,
    heldBy: null,
    affected: [],
    ...changes,
  };
}
