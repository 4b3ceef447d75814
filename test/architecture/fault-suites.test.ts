import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..');
const ending = '.chaos.ts';

it('every fault suite stands in docs/guides/fault-suites.md, and every one that stands there exists', () => {
  const guide = readFileSync(path.join(root, 'docs', 'guides', 'fault-suites.md'), 'utf8');
  const told = [...guide.matchAll(/^\| `([\w/-]+)` \|/gm)].map(([, name]) => name);
  const there = readdirSync(path.join(root, 'test', 'chaos'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
  expect(told.toSorted()).toEqual(there.toSorted());
});
