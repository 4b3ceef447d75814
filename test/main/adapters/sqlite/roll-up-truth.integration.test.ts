import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { storeAndCompare } from './roll-up-truth.ts';

it('hours and days of 500 random series are what a brute-force reckoning says, whenever the store is killed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigil-truth-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const found = Array.from({ length: 10 }, (_, seed) => storeAndCompare(folder, seed, 50));
  const sum = (of: (truth: (typeof found)[number]) => number): number => found.reduce((all, each) => all + of(each), 0);
  const worst = Math.max(...found.map(({ worstError }) => worstError));
  console.log(
    `${sum(({ series }) => series)} series, ${sum(({ buckets }) => buckets)} buckets, ${sum(({ kills }) => kills)} kills, worst error ${worst}`,
  );
  expect(found.flatMap(({ faults }) => faults)).toEqual([]);
  expect(worst).toBeLessThanOrEqual(1e-9);
  expect([sum(({ series }) => series), sum(({ kills }) => kills) >= 20]).toEqual([500, true]);
}, 300_000);
