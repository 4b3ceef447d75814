import { setTimeout as sleep } from 'node:timers/promises';
import type { Face } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { TransportLog } from '../surroundings.ts';
import { findEngine, seemsAlive } from './find-engine.ts';
import { connectSocket, type SocketConnection } from './socket-connection.ts';

/** An engine process that was just started and has not answered yet. */
export interface StartedEngine {
  /** Null while it lives, then how it ended (`exit code 1`). */
  ended(): string | null;
  /** Last lines it wrote. */
  logTail(): Promise<string>;
}

export interface EngineClientOptions {
  readonly home: string;
  /** How to start a headless engine when none runs; absent: refuse instead. */
  readonly start?: (home: string) => Promise<StartedEngine>;
  readonly face: Face;
  readonly log: TransportLog;
  /** Time limit per call, see `connectSocket`. */
  readonly callMs?: number;
  readonly limits?: Partial<EngineClientLimits>;
}

export interface EngineClientLimits {
  /** For an engine that holds the home but does not answer yet: it may still be reconciling, which takes at most 5 s. */
  readonly settleMs: number;
  /** From the start of a new engine to its first answer. */
  readonly readyMs: number;
  readonly pollMs: number;
}

const defaults: EngineClientLimits = { settleMs: 6_000, readyMs: 20_000, pollMs: 40 };

/**
 * Connects to the engine of a data home, starting one if allowed and needed. Throws `unreachable` with what is known:
 * that none runs, or how the one that was started ended and the last lines of its log.
 */
export async function connectToEngine(options: EngineClientOptions): Promise<SocketConnection> {
  const limits = { ...defaults, ...options.limits };
  const found = await connectWhileAlive(options, limits);
  if (found !== null) return found;
  if (options.start === undefined) {
    throw new VigilError('unreachable', `No engine runs for ${options.home}.`, {
      hint: 'Start one with `vigil lifecycle daemon start`.',
    });
  }
  return await connectToNew(await options.start(options.home), options, limits);
}

/** Waits only as long as an engine that holds the home seems to live. Null: there is none. */
async function connectWhileAlive(
  options: EngineClientOptions,
  limits: EngineClientLimits,
): Promise<SocketConnection | null> {
  const deadline = performance.now() + limits.settleMs;
  for (;;) {
    const lock = await findEngine(options.home);
    if (lock === null) return null;
    const connection = await tryConnect(lock.socket, options);
    if (connection !== null) return connection;
    if (!seemsAlive(lock) || performance.now() > deadline) return null;
    await sleep(limits.pollMs);
  }
}

async function connectToNew(
  engine: StartedEngine,
  options: EngineClientOptions,
  limits: EngineClientLimits,
): Promise<SocketConnection> {
  const deadline = performance.now() + limits.readyMs;
  for (;;) {
    // Asked before the attempt: an engine that gave up because another one was faster leaves that one to be found.
    const ended = engine.ended();
    const connection = ended === null ? await tryOnce(options) : await connectWhileAlive(options, limits);
    if (connection !== null) return connection;
    if (ended !== null) throw await failedStart(`The engine ended at once (${ended}).`, engine);
    if (performance.now() > deadline) {
      throw await failedStart(`The engine did not answer within ${limits.readyMs / 1000} s.`, engine);
    }
    await sleep(limits.pollMs);
  }
}

async function tryOnce(options: EngineClientOptions): Promise<SocketConnection | null> {
  const lock = await findEngine(options.home);
  return lock === null ? null : await tryConnect(lock.socket, options);
}

/** Null when nobody answers; an engine that answers and refuses is an error at once. */
async function tryConnect(path: string, options: EngineClientOptions): Promise<SocketConnection | null> {
  const { face, log, callMs } = options;
  try {
    return await connectSocket({ path, face, log, ...(callMs === undefined ? {} : { callMs }) });
  } catch (error) {
    if (error instanceof VigilError && error.code === 'unreachable') return null;
    throw error;
  }
}

async function failedStart(sentence: string, engine: StartedEngine): Promise<VigilError> {
  const tail = (await engine.logTail()).trim();
  return new VigilError('unreachable', sentence, tail === '' ? {} : { hint: `It said: ${tail}` });
}
