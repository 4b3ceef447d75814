import { randomInt } from 'node:crypto';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { cleanText } from './guest-agent-answers.ts';
import { isObject, type JsonLineSocket, openJsonLineSocket } from './json-line-socket.ts';

/**
 * One connection to the agent inside a guest whose answers are fresh. One question at a time. It ends with the first
 * question that is not answered in time: what comes later would be taken for the answer to something else.
 */
export interface AgentSession {
  /** Rejects with `refused` (the agent's own words, cleaned), `timeout`, `cancelled` or `unreachable`. */
  execute(command: string, args?: Readonly<Record<string, unknown>>, timeoutMs?: number): Promise<unknown>;
  /** For a word that is not answered. */
  send(command: string, args?: Readonly<Record<string, unknown>>): void;
  readonly closed: Promise<void>;
  close(): void;
}

export interface AgentLimits {
  /** For the opening, and for each question. */
  readonly timeoutMs: number;
  readonly signal?: StopSignal;
}

/** The longest honest answer is a list of file systems. */
const maxLineBytes = 256 * 1024;
const maxBytes = 1024 * 1024;

/**
 * The agent may still hold replies to somebody's earlier questions, so it is given a number of this very moment, and
 * everything before that number comes back is thrown away. Only worth a try when the monitor says that the guest opened
 * the port. Rejects with `timeout`, `cancelled` or `unreachable`.
 */
export async function openAgent(path: string, clock: Clock, limits: AgentLimits): Promise<AgentSession> {
  let heard: (line: Readonly<Record<string, unknown>>) => void = () => {};
  let fail: (error: VigilError) => void = () => {};
  let markClosed: () => void = () => {};
  let end: VigilError | null = null;
  const closed = new Promise<void>((resolve) => {
    markClosed = resolve;
  });
  const socket = await openJsonLineSocket(
    path,
    {
      line: (line) => heard(line),
      closed: (reason) => {
        end ??= new VigilError('unreachable', `The guest agent is gone: ${reason}.`);
        fail(end);
        markClosed();
      },
    },
    { ...limits, maxLineBytes, maxBytes },
  );

  const ask = (
    say: (socket: JsonLineSocket) => void,
    timeoutMs: number,
    answerOf: (line: Readonly<Record<string, unknown>>) => { value: unknown } | { error: VigilError } | null,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const settle = () => {
        undoLimit();
        limits.signal?.removeEventListener('abort', onAbort);
        heard = () => {};
        fail = () => {};
      };
      const giveUp = (error: VigilError) => {
        settle();
        end ??= error;
        socket.close();
        reject(error);
      };
      const undoLimit = clock.after(timeoutMs, () =>
        giveUp(new VigilError('timeout', `The guest agent did not answer within ${timeoutMs / 1000} s.`)),
      );
      const onAbort = () => giveUp(new VigilError('cancelled', 'Cancelled.'));
      limits.signal?.addEventListener('abort', onAbort, { once: true });
      fail = giveUp;
      heard = (line) => {
        const answer = answerOf(line);
        if (answer === null) return;
        settle();
        if ('error' in answer) reject(answer.error);
        else resolve(answer.value);
      };
      if (end !== null) giveUp(end);
      else if (limits.signal?.aborted === true) onAbort();
      else say(socket);
    });

  const number = randomInt(1, 2 ** 31);
  await ask(
    (opened) => opened.sendAfterReset({ execute: 'guest-sync-delimited', arguments: { id: number } }),
    limits.timeoutMs,
    (line) => (line.return === number ? { value: null } : null),
  );
  let lastId = 0;
  const wordOf = (execute: string, args: Readonly<Record<string, unknown>> | undefined) => {
    lastId += 1;
    return { execute, id: lastId, ...(args === undefined ? {} : { arguments: args }) };
  };
  return {
    execute: (command, args, timeoutMs = limits.timeoutMs) => {
      const word = wordOf(command, args);
      return ask(
        (opened) => opened.send(word),
        timeoutMs,
        (line) => answerTo(line, word.id),
      );
    },
    send: (command, args) => socket.send(wordOf(command, args)),
    closed,
    close: () => socket.close(),
  };
}

/** Null for what answers nothing, or something else: agents since QEMU 5 repeat the id, older ones leave it out. */
function answerTo(
  line: Readonly<Record<string, unknown>>,
  id: number,
): { value: unknown } | { error: VigilError } | null {
  if (line.id !== undefined && line.id !== id) return null;
  if ('return' in line) return { value: line.return };
  if (!('error' in line)) return null;
  const words = isObject(line.error) && typeof line.error.desc === 'string' ? cleanText(line.error.desc, 200) : null;
  return { error: new VigilError('refused', `The guest agent refused: ${words ?? 'no reason given'}.`) };
}
