import { randomInt } from 'node:crypto';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { type JsonLineSocket, openJsonLineSocket } from './json-line-socket.ts';

/**
 * Asks the guest's agent to power the guest off. The agent never confirms it: what counts is that the machine ends.
 * Only worth a try when the monitor says that the guest opened the port. Rejects with `timeout` or `unreachable`.
 */
export async function askGuestToPowerOff(
  path: string,
  clock: Clock,
  options: { readonly timeoutMs: number; readonly signal?: StopSignal },
): Promise<void> {
  const agent = await openAgent(path, clock, options);
  agent.send({ execute: 'guest-shutdown', arguments: { mode: 'powerdown' } });
  // An answer exists only when the agent refuses; leaving at once could cut the request off, so the caller's wait for the
  // machine's end closes the socket.
  clock.after(options.timeoutMs, agent.close);
}

/**
 * A connection whose answers are fresh: the agent may still hold replies to somebody's earlier questions, so it is given a
 * number of this very moment, and everything before that number comes back is thrown away.
 */
function openAgent(
  path: string,
  clock: Clock,
  options: { readonly timeoutMs: number; readonly signal?: StopSignal },
): Promise<JsonLineSocket> {
  const number = randomInt(1, 2 ** 31);
  return new Promise((resolve, reject) => {
    let socket: JsonLineSocket | null = null;
    let settled = false;
    const finish = (error: VigilError | null) => {
      if (settled) return;
      settled = true;
      undoLimit();
      options.signal?.removeEventListener('abort', onAbort);
      if (error === null && socket !== null) resolve(socket);
      else {
        socket?.close();
        reject(error ?? new VigilError('unreachable', 'The guest agent is gone.'));
      }
    };
    const undoLimit = clock.after(options.timeoutMs, () =>
      finish(new VigilError('timeout', `The guest agent did not answer within ${options.timeoutMs / 1000} s.`)),
    );
    const onAbort = () => finish(new VigilError('cancelled', 'Cancelled.'));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    openJsonLineSocket(
      path,
      {
        line: (message) => {
          if (message.return === number) finish(null);
        },
        closed: (reason) => finish(new VigilError('unreachable', `The guest agent is gone: ${reason}.`)),
      },
      options,
    ).then(
      (opened) => {
        socket = opened;
        if (settled) opened.close();
        else opened.sendAfterReset({ execute: 'guest-sync-delimited', arguments: { id: number } });
      },
      (error: unknown) =>
        finish(
          error instanceof VigilError ? error : new VigilError('unreachable', 'The guest agent cannot be reached.'),
        ),
    );
  });
}
