import type { Snapshot } from '../contract/snapshot.ts';
import { type Cell, textTable } from './text-table.ts';

const head = ['SNAPSHOT', 'TAKEN', 'KIND', 'SIZE', 'BY', 'REMARK'];
const bytesPerMib = 1_048_576;

/** `vigil snapshots NAME`: the tree, each level two spaces further in, siblings by age. */
export function printSnapshots(snapshots: readonly Snapshot[], hasColour: boolean): string {
  const known = new Set(snapshots.map(({ name }) => name));
  const rowsBelow = (parent: string | null, depth: number): readonly (readonly Cell[])[] =>
    snapshots
      .filter(
        (snapshot) => (snapshot.parent !== null && known.has(snapshot.parent) ? snapshot.parent : null) === parent,
      )
      .flatMap((snapshot) => [rowOf(snapshot, depth), ...rowsBelow(snapshot.name, depth + 1)]);
  return textTable(head, rowsBelow(null, 0), hasColour);
}

function rowOf(snapshot: Snapshot, depth: number): readonly Cell[] {
  const { at, creator, current, live, name, obstacle, sizeBytes, user } = snapshot;
  return [
    { text: `${'  '.repeat(depth)}${name}${current ? ' *' : ''}`, colour: current ? 'green' : undefined },
    { text: at.slice(0, 19).replace('T', ' ') },
    { text: live ? 'memory' : 'disks' },
    { text: sizeBytes === null ? '-' : `${Math.max(1, Math.ceil(sizeBytes / bytesPerMib))} MiB` },
    { text: user ?? creator },
    { text: obstacle ?? remarkOf(snapshot), colour: obstacle === null ? undefined : 'red' },
  ];
}

function remarkOf({ consistent, expiresAt }: Snapshot): string {
  if (expiresAt !== null) return `kept until ${expiresAt.slice(0, 10)}`;
  return consistent ? 'file systems at rest' : '';
}
