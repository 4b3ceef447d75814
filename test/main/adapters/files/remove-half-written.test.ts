import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { removeHalfWritten } from '../../../../main/adapters/files/write-file-durably.ts';

it('what a killed writer left goes, and nothing else', async () => {
  const folder = mkdtempSync('/tmp/vg-half-');
  const kept = ['demo.yaml', '.hidden', '.demo.yaml.tmp', 'demo.yaml.0123456789ab.tmp', '.last-good'];
  for (const name of [...kept, '.demo.yaml.0123456789ab.tmp']) writeFileSync(path.join(folder, name), '');
  await removeHalfWritten(folder);
  expect(readdirSync(folder).sort()).toEqual(kept.toSorted());
  await removeHalfWritten(path.join(folder, 'missing'));
});
