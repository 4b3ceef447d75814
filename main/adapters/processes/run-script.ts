import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { VigilError } from '../../contract/failure.ts';
import type { ProcessIdentity, ScriptEnd, ScriptOptions } from '../../engine/ports/processes.ts';
import { createCappedOutput } from './capped-output.ts';
import { ownTurn } from './own-turn.ts';
import { isProcessAlive, pauseProcess, signalProcess, ticksNow } from './process-table.ts';
import { createScriptFamily, type ScriptFamily } from './script-family.ts';
import { drainSteadily } from './steady-drain.ts';

/** Between TERM and KILL. */
const defaultGraceMs = 5000;
/** Of a script and all that it starts; ours is 0. */
const niceness = 10;
/** After KILL: how long the kernel may take to clear up. The rest of the 6 s is for saying so. */
const clearMs = 900;
/** Between looks for what a script left running, soon at first. */
const lookMs = [20, 50, 100, 250, 500, 1000];
/** The same once it was told to end. */
const endingLookMs = 100;
/** Between two looks that follow a KILL: what lived was held, or is too young to have gone far. */
const killedSureMs = [5];
/** What multiplies while it is held is looked for this often before it is killed all the same. */
const holdLooks = 8;
const defaultOutputBytes = 1024 * 1024;

/**
 * `runScript` of the processes port. A script is whatever it started: it has ended when all of that has, and at the limit
 * all of it is ended. Descendants are known by the mark in their environment, wherever they moved to.
 */
export async function runScript(program: string, options: ScriptOptions): Promise<ScriptEnd> {
  const begun = performance.now();
  const stdout = createCappedOutput(options.maxOutputBytes ?? defaultOutputBytes);
  const stderr = createCappedOutput(options.maxOutputBytes ?? defaultOutputBytes);
  // A second of leeway: the clock that processes are dated by is read in whole ticks.
  const family = createScriptFamily(options.mark, ticksNow() - 100);
  const child = await start(program, options);
  // Whatever it burns, we come first: what it starts inherits this.
  const { pid } = child;
  if (pid !== undefined) quietly(() => setPriority(pid, niceness));
  const drains = [drainSteadily(child.stdout, stdout.add), drainSteadily(child.stderr, stderr.add)];
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
  // Of the whole run: what starting it took is no longer its own.
  const limit = waitFor(begun + options.limitMs, options.signal);
  let isSettled = false;
  const gone = (async () => {
    await exited;
    for (let look = 0; !isSettled && (await family.isAlive()); look += 1) {
      if (limit.isOver()) await pause(endingLookMs);
      else await Promise.race([pause(lookMs[Math.min(look, lookMs.length - 1)]), limit.over]);
    }
  })();

  await Promise.race([gone, limit.over]);
  // The limit may fall while we look: what is gone by then went by itself.
  const isThroughByItself = !limit.isOver() || (exit !== null && !(await family.isAlive()));
  const ended = isThroughByItself ? 'itself' : options.signal?.aborted === true ? 'cancelled' : 'limit';
  limit.cancel();
  const killAt = limit.overAt() + (options.graceMs ?? defaultGraceMs);
  const survivors = ended === 'itself' ? 0 : await endAll(child, family, gone, killAt);
  isSettled = true;
  if (ended === 'itself') await Promise.all(drains.map((drain) => drain.ended()));
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

/** TERM to all of it, KILL to what is left at `killAt`; how many live on after that. */
async function endAll(child: ChildProcess, family: ScriptFamily, gone: Promise<void>, killAt: number): Promise<number> {
  const grace = pause(Math.max(0, killAt - performance.now()), 'over');
  signalGroup(child, 'SIGTERM');
  for (const one of await family.look()) quietly(() => signalProcess(one, 'SIGTERM'));
  // One that was stopped hears nothing else.
  signalGroup(child, 'SIGCONT');
  if ((await Promise.race([gone, grace])) !== 'over') return 0;
  signalGroup(child, 'SIGKILL');
  const deadline = Math.max(killAt, performance.now()) + clearMs;
  for (let blow = 1; ; blow += 1) {
    // Nearly all are known and end at the first blow; what does not is worth the looks that holding it takes.
    const left = blow === 1 ? family.found : await held(family);
    for (const one of left) quietly(() => signalProcess(one, 'SIGKILL'));
    while (left.some(isProcessAlive) && performance.now() < deadline) await pause(5);
    if (!(await family.isAlive(killedSureMs))) return 0;
    if (performance.now() > deadline) return (await family.look()).length;
  }
}

/** All of it, held still: what multiplies faster than it is killed would otherwise never end. */
async function held(family: ScriptFamily): Promise<readonly ProcessIdentity[]> {
  const still = new Map<number, number>();
  for (let look = 1; ; look += 1) {
    const left = await family.look();
    const moving = left.filter(({ pid, startTime }) => still.get(pid) !== startTime);
    if (moving.length === 0 || look === holdLooks) return left;
    for (const one of moving) {
      quietly(() => pauseProcess(one));
      still.set(one.pid, one.startTime);
    }
  }
}

const startAttempts = 50;

/**
 * A program that was written just now may count as still being written: any process that is being forked at this moment
 * holds our descriptor of it until it becomes what it is to be.
 */
async function start(program: string, options: ScriptOptions) {
  for (let attempt = 1; ; attempt += 1) {
    await ownTurn();
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

interface Limit {
  readonly over: Promise<void>;
  isOver(): boolean;
  /** When it was over, or would have been had the computer had the time to say so. */
  overAt(): number;
  cancel(): void;
}

function waitFor(at: number, signal: ScriptOptions['signal']): Limit {
  let overAt: number | null = null;
  let end: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    end = () => {
      overAt ??= Math.min(at, performance.now());
      resolve();
    };
  });
  const timer = setTimeout(end, Math.max(0, at - performance.now()));
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  return {
    over,
    isOver: () => overAt !== null,
    overAt: () => overAt ?? at,
    cancel: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    },
  };
}
