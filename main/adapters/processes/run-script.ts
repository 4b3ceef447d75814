import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { VigilError } from '../../contract/failure.ts';
import type { ProcessIdentity, ScriptEnd, ScriptOptions } from '../../engine/ports/processes.ts';
import { createCappedOutput } from './capped-output.ts';
import { listProcesses, pauseProcess, signalProcess } from './process-table.ts';

/** Between TERM and KILL. */
const graceMs = 5000;
/** Of a script and all that it starts; ours is 0. */
const niceness = 10;
/** After KILL: how long the kernel may take to clear up. */
const clearMs = 1000;
/** Between looks for what a script left running, soon at first. */
const lookMs = [20, 50, 100, 250, 500, 1000];
/** Between the looks that together say: nothing is left. */
const sureMs = [5, 20, 50];
const defaultOutputBytes = 1024 * 1024;

/**
 * `runScript` of the processes port. A script is whatever it started: it has ended when all of that has, and at the limit
 * all of it is ended. Descendants are known by the mark in their environment, wherever they moved to.
 */
export async function runScript(program: string, options: ScriptOptions): Promise<ScriptEnd> {
  const begun = performance.now();
  const stdout = createCappedOutput(options.maxOutputBytes ?? defaultOutputBytes);
  const stderr = createCappedOutput(options.maxOutputBytes ?? defaultOutputBytes);
  const child = await start(program, options);
  // Whatever it burns, we come first: what it starts inherits this.
  const { pid } = child;
  if (pid !== undefined) quietly(() => setPriority(pid, niceness));
  child.stdout.on('data', stdout.add);
  child.stderr.on('data', stderr.add);
  // A script that reads nothing closes its input under our words; that is its right.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);

  let exit: { readonly code: number | null; readonly signal: string | null } | null = null;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      resolve();
    });
  });
  const limit = waitFor(options.limitMs, options.signal);
  const marked = () => whatIsLeft(options.mark);
  const over = (async () => {
    await exited;
    for (let look = 0; (await marked()).length > 0 && !limit.isOver(); look += 1) {
      await Promise.race([pause(lookMs[Math.min(look, lookMs.length - 1)] ?? 1000), limit.over]);
    }
  })();

  await Promise.race([over, limit.over]);
  // The limit may fall while we look: what is gone by then went by itself.
  const isThroughByItself = !limit.isOver() || (exit !== null && (await marked()).length === 0);
  const ended = isThroughByItself ? 'itself' : options.signal?.aborted === true ? 'cancelled' : 'limit';
  limit.cancel();
  let survivors = 0;
  if (ended !== 'itself') survivors = await endAll(child, marked, over);
  // Somebody who was handed the pipes could hold them open for ever.
  child.stdout.destroy();
  child.stderr.destroy();
  child.stdin.destroy();
  const { code, signal } = exit ?? { code: null, signal: null };
  return {
    exitCode: code,
    signal,
    ended,
    survivors,
    durationMs: Math.round(performance.now() - begun),
    stdout: stdout.text(),
    stderr: stderr.text(),
  };
}

/** TERM to all of it, KILL to what is left; how many live on after that. */
async function endAll(
  child: ChildProcess,
  marked: () => Promise<readonly ProcessIdentity[]>,
  over: Promise<void>,
): Promise<number> {
  signalGroup(child, 'SIGTERM');
  for (const one of await marked()) quietly(() => signalProcess(one, 'SIGTERM'));
  // One that was stopped hears nothing else.
  signalGroup(child, 'SIGCONT');
  await Promise.race([Promise.all([over, gone(marked, graceMs)]), pause(graceMs)]);
  const deadline = performance.now() + clearMs;
  signalGroup(child, 'SIGKILL');
  for (;;) {
    const left = await marked();
    if (left.length === 0 || performance.now() > deadline) return left.length;
    // Held first, all of them: what multiplies faster than it is killed would otherwise never end.
    for (const one of left) quietly(() => pauseProcess(one));
    for (const one of await marked()) quietly(() => signalProcess(one, 'SIGKILL'));
    await pause(10);
  }
}

async function gone(marked: () => Promise<readonly ProcessIdentity[]>, forMs: number): Promise<void> {
  const deadline = performance.now() + forMs;
  while (performance.now() < deadline && (await marked()).length > 0) await pause(50);
}

/**
 * One look can miss a process that its parent made while the list was read, so an empty one counts only when it stays
 * empty.
 */
async function whatIsLeft(mark: ScriptOptions['mark']): Promise<readonly ProcessIdentity[]> {
  for (const waitMs of sureMs) {
    const found = await markedProcesses(mark);
    if (found.length > 0) return found;
    await pause(waitMs);
  }
  return markedProcesses(mark);
}

/** The living processes of this account that carry a mark in their environment. */
export async function markedProcesses(mark: {
  readonly name: string;
  readonly value: string;
}): Promise<readonly ProcessIdentity[]> {
  const sign = `${mark.name}=${mark.value}`;
  const listed = await listProcesses();
  const found = await Promise.all(
    listed.map(async ({ identity }) => ((await hasSign(identity.pid, sign)) ? identity : null)),
  );
  return found.filter((identity) => identity !== null);
}

async function hasSign(pid: number, sign: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/environ`, 'latin1')).split('\0').includes(sign);
  } catch {
    return false;
  }
}

const startAttempts = 50;

/**
 * A program that was written just now may count as still being written: any process that is being forked at this moment
 * holds our descriptor of it until it becomes what it is to be.
 */
async function start(program: string, options: ScriptOptions) {
  for (let attempt = 1; ; attempt += 1) {
    const begun = begin(program, options);
    // Node throws some refusals and announces others.
    const cause =
      begun instanceof Error
        ? begun
        : await new Promise<Error | null>((resolve) => {
            begun.once('spawn', () => resolve(null));
            begun.once('error', resolve);
          });
    if (cause === null && !(begun instanceof Error)) return begun;
    if (cause === null || !('code' in cause && cause.code === 'ETXTBSY') || attempt === startAttempts) {
      throw new VigilError('refused', `The script could not be started: ${cause?.message}.`, { cause });
    }
    await pause(10);
  }
}

function begin(program: string, options: ScriptOptions) {
  try {
    return spawn(program, [], {
      cwd: options.folder,
      // A session and group of its own, so that it is ended as one.
      detached: true,
      env: { ...options.environment, [options.mark.name]: options.mark.value },
      shell: false,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGCONT' | 'SIGKILL'): void {
  if (child.pid === undefined || child.pid <= 1) return;
  const group = -child.pid;
  // The number stays the group's for as long as anything is in it.
  quietly(() => process.kill(group, signal));
}

/** What is gone already needs no signal. */
function quietly(act: () => unknown): void {
  try {
    act();
  } catch {
    // It ended in between.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

interface Limit {
  readonly over: Promise<void>;
  isOver(): boolean;
  cancel(): void;
}

function waitFor(ms: number, signal: ScriptOptions['signal']): Limit {
  let isOver = false;
  let end: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    end = () => {
      isOver = true;
      resolve();
    };
  });
  const timer = setTimeout(end, ms);
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  return {
    over,
    isOver: () => isOver,
    cancel: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}
