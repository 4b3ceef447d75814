import { mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stageScript } from '../../../../main/adapters/hooks/stage-script.ts';
import { createHookRig, type HookRig } from '../../../support/hook-rounds.ts';
import { racedAsShipped, racedByPath, raceSwaps } from '../../../support/hook-swaps.ts';

let folder: string;
let rig: HookRig;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'vigil-stage-')));
  rig = await createHookRig(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('what is to run is a copy of the approved bytes that nobody else can reach, and goes again', async () => {
  const runs = path.join(folder, 'runs');
  const script = await rig.write('hook.sh', '#!/bin/sh\nexit 0\n');
  const staging = await stageScript(runs, script.path, script.sha256);
  if (staging.kind !== 'staged') throw new Error(staging.kind);
  expect(await readFile(staging.file, 'utf8')).toBe('#!/bin/sh\nexit 0\n');
  const modes = await Promise.all([runs, staging.folder, staging.file].map(async (file) => (await stat(file)).mode));
  expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
  await staging.remove();
  expect(await readdir(runs)).toEqual([]);
});

it('bytes that were not approved are not even copied', async () => {
  const runs = path.join(folder, 'runs');
  const script = await rig.write('hook.sh', '#!/bin/sh\nexit 0\n');
  expect(await stageScript(runs, script.path, '0'.repeat(64))).toEqual({ kind: 'changed', sha256: script.sha256 });
  await expect(readdir(runs)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('200 races against swaps at full speed: no byte runs that was not approved', async () => {
  const found = await raceSwaps(rig, 200, racedAsShipped(rig));
  expect(found).toMatchObject({ races: 200, decided: { unapproved: 0 }, executed: { unapproved: 0 } });
  expect(found.decided.approved + found.executed.approved).toBeGreaterThan(0);
});

it('the control: examining a file and then running what lies there runs what was not approved', async () => {
  const found = await raceSwaps(rig, 400, racedByPath(rig));
  expect(found.decided.unapproved + found.executed.unapproved).toBeGreaterThan(0);
});
