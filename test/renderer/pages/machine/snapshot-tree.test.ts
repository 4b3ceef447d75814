import { expect, it } from 'vitest';
import type { Snapshot } from '../../../../main/contract/snapshot.ts';
import { snapshotTree } from '../../../../renderer/pages/machine/snapshot-tree.ts';
import { storySnapshot } from '../../support/snapshot-story.ts';

const lines = (snapshots: readonly Snapshot[]): readonly string[] =>
  snapshotTree(snapshots).map(({ snapshot, depth }) => `${'  '.repeat(depth)}${snapshot.name}`);

it('puts every snapshot below the one it was taken after, older before younger', () => {
  expect(
    lines([
      storySnapshot('late', { at: '2026-01-03T00:00:00Z', parent: 'base' }),
      storySnapshot('base', { at: '2026-01-01T00:00:00Z' }),
      storySnapshot('leaf', { at: '2026-01-04T00:00:00Z', parent: 'early' }),
      storySnapshot('early', { at: '2026-01-02T00:00:00Z', parent: 'base' }),
    ]),
  ).toEqual(['base', '  early', '    leaf', '  late']);
});

it('puts one whose parent is gone at the root, and loses none', () => {
  expect(lines([storySnapshot('orphan', { parent: 'gone' })])).toEqual(['orphan']);
});

it('holds a chain of 2,000', () => {
  const chain = Array.from({ length: 2000 }, (_, index) =>
    storySnapshot(`s${index}`, {
      parent: index === 0 ? null : `s${index - 1}`,
      at: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
    }),
  );
  const nodes = snapshotTree(chain);
  expect([nodes.length, nodes.at(-1)?.depth]).toEqual([2000, 1999]);
});
