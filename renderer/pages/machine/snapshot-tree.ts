import type { Snapshot } from '../../../main/contract/snapshot.ts';

/** A snapshot in its place: below the one it was taken after. */
export interface SnapshotNode {
  readonly snapshot: Snapshot;
  /** 0 for one that was taken after none. */
  readonly depth: number;
}

/** Parents before their children, older before younger. One whose parent is gone stands at the root. */
export function snapshotTree(snapshots: readonly Snapshot[]): readonly SnapshotNode[] {
  const names = new Set(snapshots.map(({ name }) => name));
  const byParent = new Map<string | null, Snapshot[]>();
  for (const snapshot of [...snapshots].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const parent = snapshot.parent !== null && names.has(snapshot.parent) ? snapshot.parent : null;
    byParent.set(parent, [...(byParent.get(parent) ?? []), snapshot]);
  }
  const nodes: SnapshotNode[] = [];
  // Without recursion: a chain may be hundreds long.
  const open = (byParent.get(null) ?? []).map((snapshot) => ({ snapshot, depth: 0 })).reverse();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes.push(node);
    const { depth } = node;
    const children = byParent.get(node.snapshot.name) ?? [];
    open.push(...children.map((snapshot) => ({ snapshot, depth: depth + 1 })).reverse());
  }
  return nodes;
}
