import type { Snapshot } from '../../../main/contract/snapshot.ts';

export function storySnapshot(name: string, over: Partial<Snapshot> = {}): Snapshot {
  return {
    id: `id-of-${name}`,
    name,
    machine: 'build-vm',
    machineId: 'id-of-build-vm',
    at: '2026-01-01T00:00:00Z',
    parent: null,
    sizeBytes: 90_000_000,
    live: true,
    creator: 'user',
    user: 'ada',
    expiresAt: null,
    current: false,
    consistent: false,
    obstacle: null,
    ...over,
  };
}
