import { access, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runScript } from '../../../../main/adapters/processes/run-script.ts';
import { createScriptFamily } from '../../../../main/adapters/processes/script-family.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { tortureScripts } from '../../../support/torture-scripts.ts';

let folder: string;
let runs = 0;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'vigil-script-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With a short grace too, and a few at a time: what holds at the real limits is for the chaos suite. */
const limitMs = 700;
const graceMs = 700;
/** Of scripts that end by themselves: far enough that only a fault reaches it. */
const amplyMs = 30_000;

async function run(
  text: string,
  over: {
    readonly signal?: AbortSignal;
    readonly input?: string;
    readonly limitMs?: number;
    readonly graceMs?: number;
  } = {},
) {
  runs += 1;
  const run = runs;
  const program = path.join(folder, `script-${run}.sh`);
  await writeFile(program, text, { mode: 0o700 });
  const mark = { name: 'VIGIL_TEST_RUN', value: `${process.pid}-${run}` };
  const begun = performance.now();
  const end = await runScript(program, {
    folder,
    environment: { PATH: process.env.PATH ?? '/usr/bin:/bin', EVENT: 'on_failure' },
    input: over.input ?? '{}',
    mark,
    limitMs: over.limitMs ?? amplyMs,
    maxOutputBytes: 64 * 1024,
    ...(over.signal === undefined ? {} : { signal: over.signal }),
    ...(over.graceMs === undefined ? {} : { graceMs: over.graceMs }),
  });
  return { end, tookMs: performance.now() - begun, left: await createScriptFamily(mark).look() };
}

describe.concurrent('whatever a script does, its run settles and nothing of it is left', () => {
  test.each(tortureScripts)('$title', async ({ text, outcome, exitCode }) => {
    const { end, tookMs, left } = await run(text, outcome === 'limit' ? { limitMs, graceMs } : {});
    expect(left).toEqual([]);
    expect(end.survivors).toBe(0);
    expect(end.ended).toBe(outcome);
    if (exitCode !== undefined) expect(end.exitCode).toBe(exitCode);
    if (outcome === 'limit') expect(tookMs).toBeLessThan(limitMs + 6000 + 1000);
    expect(end.stdout.length).toBeLessThan(80 * 1024);
  });
});

test('its words, its input and its environment are kept apart and whole', async () => {
  const { end } = await run('#!/bin/sh\ncat; echo "$EVENT" >&2; test -z "$HOME" && echo no home >&2; exit 3', {
    input: '{"event":"on_failure"}',
  });
  expect(end).toMatchObject({
    exitCode: 3,
    ended: 'itself',
    stdout: '{"event":"on_failure"}',
    stderr: 'on_failure\nno home\n',
  });
});

test('it ends early when it is told to', async () => {
  const source = new AbortController();
  const ran = run('#!/bin/sh\nsleep 1000', { signal: source.signal });
  source.abort();
  const { end, left } = await ran;
  expect([end.ended, left]).toEqual(['cancelled', []]);
});

test('one that is over was not ended by a limit that falls while it is made sure that nothing is left', async () => {
  const source = new AbortController();
  const said = path.join(folder, 'said');
  const ran = run(`#!/bin/sh\necho "$$" > ${said}\nexit 3`, { signal: source.signal });
  const isOver = async () => {
    const pid = await readFile(said, 'utf8').catch(() => '');
    return (
      pid.endsWith('\n') &&
      !(await access(`/proc/${pid.trim()}`).then(
        () => true,
        () => false,
      ))
    );
  };
  while (!(await isOver())) await nextTurn();
  source.abort();
  const { end } = await ran;
  expect([end.ended, end.exitCode]).toEqual(['itself', 3]);
});

test('one that cannot be started is refused in words', async () => {
  await expect(run('#!/no/such/interpreter\n')).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('could not be started'),
  });
});

/** The group alone is not enough: this is what the mark is for. */
test('control: a process in a session of its own outlives the end of its group', async () => {
  const mark = { name: 'VIGIL_TEST_RUN', value: `${process.pid}-control` };
  const program = path.join(folder, 'control.sh');
  await writeFile(program, '#!/bin/sh\nsetsid sleep 1000 &\nexec sleep 1000', { mode: 0o700 });
  const stop = createStopSource();
  const ran = runScript(program, {
    folder,
    environment: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    input: '',
    mark,
    limitMs: 30_000,
    signal: stop.signal,
  });
  const groups = async () => {
    const stats = await Promise.all(
      (await createScriptFamily(mark).look()).map(({ pid }) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
    );
    return new Set(stats.filter(Boolean).map((text) => text.slice(text.lastIndexOf(')') + 2).split(' ')[2]));
  };
  while ((await groups()).size < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.stop('enough');
  expect((await ran).ended).toBe('cancelled');
  expect((await groups()).size).toBe(0);
});
