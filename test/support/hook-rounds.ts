import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { writeFileDurably } from '../../main/adapters/files/write-file-durably.ts';
import { createHookScripts } from '../../main/adapters/hooks/hook-scripts.ts';
import { createProcesses } from '../../main/adapters/processes/processes.ts';
import { createStopSource } from '../../main/contract/stop-signal.ts';
import type { HookRunEnd, HookScripts } from '../../main/engine/ports/hook-scripts.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { TortureScript } from './torture-scripts.ts';

/** Scripts run for real, and what is left of them. */

/** What all runs of one rig hand down, so that what is left can be told from everything else. */
const rigMark = 'VIGIL_TEST_RIG';

export interface HookRig {
  readonly folder: string;
  readonly scripts: HookScripts;
  write(name: string, text: string): Promise<{ readonly path: string; readonly sha256: string }>;
  run(
    script: { readonly path: string; readonly sha256: string },
    limitMs: number,
    facts?: Readonly<Record<string, string>>,
  ): Promise<HookRunEnd>;
  /** Living processes that carry the mark of this rig. */
  survivors(): Promise<readonly number[]>;
}

export async function createHookRig(folder: string): Promise<HookRig> {
  const rig = randomUUID();
  const home = path.join(folder, 'home');
  await mkdir(home, { mode: 0o700 });
  const scripts = createHookScripts({
    home,
    processes: createProcesses(),
    environment: { PATH: process.env.PATH ?? '', HOME: folder, [rigMark]: rig },
    writeFile: writeFileDurably,
  });
  return {
    folder,
    scripts,
    write: async (name, text) => {
      const file = path.join(folder, name);
      await writeFile(file, text);
      await chmod(file, 0o700);
      const found = await scripts.examine(file);
      if (found.kind === 'refused') throw new Error(found.reason);
      return { path: file, sha256: found.sha256 };
    },
    run: (script, limitMs, facts = {}) =>
      scripts.run({ ...script, environment: facts, input: '{}\n', limitMs, signal: createStopSource().signal }),
    survivors: () => carrying(`${rigMark}=${rig}`),
  };
}

export async function carrying(mark: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (environment.split('\0').includes(mark)) found.push(Number(name));
  }
  return found;
}

export interface TortureFindings {
  readonly runs: number;
  /** Sentences about runs that were not as they had to be. */
  readonly faults: readonly string[];
  readonly survivors: readonly number[];
  /** MiB that it holds more of when all garbage is gone: heap, buffers and whatever else it knows of. */
  readonly heldMib: number;
  /** MiB of the computer's memory that the process takes more of; what its allocators keep for the next time is in it. */
  readonly grownMib: number;
  readonly slowestOverLimitMs: number;
  /** Of the main thread, by the wall clock: what others take of the processor is in it. */
  readonly loopMaxMs: number;
  /** The same of a thread that did nothing meanwhile. */
  readonly idleLoopMaxMs: number;
  /** Processor time of the main thread between two ticks of a few milliseconds: what it held up, on a computer of its own. */
  readonly busiestMs: number;
}

/** Every script so many times, so many at once. */
export async function torture(
  rig: HookRig,
  scripts: readonly TortureScript[],
  rounds: number,
  limitMs: number,
  atOnce: number,
): Promise<TortureFindings> {
  const written = await Promise.all(
    scripts.map(async (script, index) => ({ script, file: await rig.write(`torture-${index}.sh`, script.text) })),
  );
  const waiting = Array.from({ length: rounds }, () => written).flat();
  const faults: string[] = [];
  let slowest = Number.NEGATIVE_INFINITY;
  let runs = 0;
  collectGarbage();
  const before = process.memoryUsage();
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const idle = watchIdleThread();
  const busiest = watchBusiest();
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { script, file } = next;
      const from = performance.now();
      const end = await rig.run(file, limitMs);
      const over = performance.now() - from - limitMs;
      runs += 1;
      slowest = Math.max(slowest, over);
      if (over > 6000) faults.push(`${script.title}: settled ${Math.round(over)} ms after its limit`);
      if (end.kind !== 'ran') faults.push(`${script.title}: ${end.kind}`);
      else if (end.end.survivors > 0) faults.push(`${script.title}: left ${end.end.survivors}`);
      else if (script.exitCode !== undefined && end.end.ended === 'itself' && end.end.exitCode !== script.exitCode)
        faults.push(`${script.title}: ended with ${end.end.exitCode}`);
      else if (script.outcome === 'limit' && end.end.ended !== 'limit')
        faults.push(`${script.title}: ${end.end.ended}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  loop.disable();
  const busiestMs = busiest();
  const idleLoopMaxMs = await idle();
  collectGarbage();
  const after = process.memoryUsage();
  return {
    runs,
    faults,
    survivors: await rig.survivors(),
    heldMib: (after.heapUsed + after.external - before.heapUsed - before.external) / 1_048_576,
    grownMib: (after.rss - before.rss) / 1_048_576,
    slowestOverLimitMs: slowest,
    loopMaxMs: loop.max / 1e6,
    idleLoopMaxMs,
    busiestMs,
  };
}

const tickMs = 5;

/** Begins to measure; the result ends it and tells the most processor time, in milliseconds, that passed between two ticks. */
export function watchBusiest(): () => number {
  let most = 0;
  let before = threadMs();
  const tick = () => {
    const now = threadMs();
    most = Math.max(most, now - before);
    before = now;
  };
  const timer = setInterval(tick, tickMs);
  return () => {
    tick();
    clearInterval(timer);
    return most;
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The same for how late, in milliseconds, a thread is woken that does nothing. */
function watchIdleThread(): () => Promise<number> {
  const program = `
    const { monitorEventLoopDelay } = require('node:perf_hooks');
    const { parentPort } = require('node:worker_threads');
    const loop = monitorEventLoopDelay({ resolution: 10 });
    loop.enable();
    parentPort.once('message', () => parentPort.postMessage(loop.max / 1e6));
  `;
  const thread = new Worker(program, { eval: true });
  return async () => {
    thread.postMessage('end');
    const [lateMs] = await once(thread, 'message');
    await thread.terminate();
    return lateMs as number;
  };
}

/** Texts that something would make more of than text, if anything read them. */
export function injections(marker: string): readonly string[] {
  const commands = [`touch ${marker}`, `/bin/sh -c 'touch ${marker}'`, `kill $$; touch ${marker}`];
  const wraps: readonly ((command: string) => string)[] = [
    (c) => `$(${c})`,
    (c) => `\`${c}\``,
    (c) => `; ${c}`,
    (c) => `| ${c}`,
    (c) => `|| ${c}`,
    (c) => `&& ${c}`,
    (c) => `& ${c} &`,
    (c) => `\n${c}\n`,
    (c) => `\r\n${c}`,
    (c) => `"; ${c}; "`,
    (c) => `'; ${c}; '`,
    (c) => `"$(${c})"`,
    (c) => `\${IFS}$(${c})`,
    (c) => `() { :; }; ${c}`,
    (c) => `<(${c})`,
    (c) => `> ${marker} # ${c}`,
    (c) => `-o ProxyCommand=${c}`,
    (c) => `%0a${c}`,
    (c) => `{{${c}}}`,
    (c) => `\\"; ${c} #`,
  ];
  return wraps.flatMap((wrap) => commands.map(wrap));
}
