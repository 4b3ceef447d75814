import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hookEnvironment, hookInput } from '../../main/engine/hooks/hook-facts.ts';
import { createHookRig, type HookRig, injections } from '../support/hook-rounds.ts';
import { racedAsShipped, racedByPath, raceSwaps } from '../support/hook-swaps.ts';

/**
 * B34: somebody swaps the script while it is looked at and run. The layouts are in script-gate.test.ts, a short race is in
 * stage-script.integration.test.ts.
 */
const swaps = Number(process.env.VIGIL_CHAOS_HOOK_SWAPS ?? 10_000);

let folder: string;
let rig: HookRig;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'vigil-races-')));
  rig = await createHookRig(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it(`${swaps} races against swaps at full speed: no byte runs that was not approved`, {
  timeout: 600_000,
}, async () => {
  const found = await raceSwaps(rig, swaps, racedAsShipped(rig));
  console.info('B34', JSON.stringify(found));
  expect(found).toMatchObject({ races: swaps, decided: { unapproved: 0 }, executed: { unapproved: 0 } });
  // Both must have happened in either way, or nothing was raced.
  for (const { approved, refused } of [found.decided, found.executed]) {
    expect([approved > 0, refused > 0]).toEqual([true, true]);
  }
});

it('the control: examining and then running the file itself runs what was not approved', {
  timeout: 120_000,
}, async () => {
  const found = await raceSwaps(rig, 2000, racedByPath(rig));
  console.info('B34 control', JSON.stringify(found));
  expect([found.decided.unapproved > 0, found.executed.unapproved > 0]).toEqual([true, true]);
});

it('60 texts as name, tag and reason of a machine start nothing', { timeout: 120_000 }, async () => {
  const marker = path.join(folder, 'injected');
  const texts = injections(marker);
  expect(texts).toHaveLength(60);
  const script = await rig.write(
    'tell.sh',
    `#!/bin/sh\nprintf '%s' "$VIGIL_VM_NAME" | cmp -s - "$0.none"\nps -o pid= --ppid $$ | wc -l\n`,
  );
  for (const text of texts) {
    const facts = {
      machine: { id: 'm-1', name: text, provider: text },
      event: 'on_failure',
      at: '2026-01-01T00:00:00.000Z',
      failures: 1,
      reason: text,
      path: script.path,
      events: 1,
      isTest: false,
    } as const;
    expect(JSON.parse(hookInput(facts))).toMatchObject({ reason: text, machine: { name: text } });
    const end = await rig.run(script, 5000, hookEnvironment(facts));
    expect(end).toMatchObject({ kind: 'ran', end: { exitCode: 0, survivors: 0 } });
  }
  expect(existsSync(marker)).toBe(false);
  expect(await rig.survivors()).toEqual([]);
});

it('the control: the same texts through a shell do start something', async () => {
  const marker = path.join(folder, 'injected');
  for (const text of injections(marker)) {
    await promisify(execFile)('/bin/sh', ['-c', `echo ${text}`], { timeout: 5000 }).catch(() => undefined);
  }
  expect(existsSync(marker)).toBe(true);
});
