import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHookRig, type TortureFindings, torture } from './hook-rounds.ts';
import { tortureScripts } from './torture-scripts.ts';

/**
 * All torture scripts again and again, in a process of its own. Run with a bounded young generation and `ROUNDS LIMIT-MS
 * AT-ONCE`; its output is one `TortureStory` as JSON.
 */
export interface TortureStory {
  /** Of the first round: what a program takes once, the first time that it does something, is no growth. */
  readonly first: TortureFindings;
  readonly rest: TortureFindings;
}

const [rounds, limitMs, atOnce] = process.argv.slice(2).map(Number);
if (rounds === undefined || limitMs === undefined || atOnce === undefined) throw new Error('ROUNDS LIMIT-MS AT-ONCE');
const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'vigil-torture-')));
const rig = await createHookRig(folder);
try {
  const first = await torture(rig, tortureScripts, 1, limitMs, atOnce);
  const rest = await torture(rig, tortureScripts, rounds - 1, limitMs, atOnce);
  console.log(JSON.stringify({ first, rest } satisfies TortureStory));
} finally {
  for (const pid of await rig.survivors()) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
}
