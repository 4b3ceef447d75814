import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exclusively } from '../../scripts/exclusive.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-exclusive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lets one in at a time and leaves no lock behind', async () => {
  const lock = path.join(folder, 'lock');
  const seen: string[] = [];
  const work = (name: string) =>
    exclusively(lock, async () => {
      seen.push(`${name} in`);
      await sleep(20);
      seen.push(`${name} out`);
    });
  await Promise.all([work('a'), work('b')]);
  expect(seen).toHaveLength(4);
  expect(seen[0]?.[0]).toBe(seen[1]?.[0]);
  expect(existsSync(lock)).toBe(false);
});

it('takes over from a holder that died', async () => {
  const lock = path.join(folder, 'lock');
  // Above the largest pid Linux gives.
  writeFileSync(lock, '99999999');
  expect(await exclusively(lock, () => 'in')).toBe('in');
});

it('frees the lock when the work throws', async () => {
  const lock = path.join(folder, 'lock');
  await expect(
    exclusively(lock, () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});
