import type { Socket } from 'node:net';
import type { Client } from 'ssh2';
import type { Clock } from '../../engine/ports/clock.ts';

/** An authenticated connection. Whoever opened it must `end` or `destroy` it. */
export interface SshConnection {
  readonly client: Client;
  readonly isOpen: boolean;
  /** Says goodbye and waits until the socket is gone, a quarter of a second at most. */
  end(): Promise<void>;
  /** At once; what runs on it fails. */
  destroy(): void;
  /** Called once when it is gone, at once when it is gone already. The result takes the listener away. */
  whenClosed(listener: () => void): () => void;
}

const goodbyeMs = 250;

/** `release` is called once, when the socket is gone. */
export function createSshConnection(client: Client, socket: Socket, clock: Clock, release: () => void): SshConnection {
  let isClosed = socket.closed;
  const listeners = new Set<() => void>();
  const closed = () => {
    isClosed = true;
    release();
    for (const listener of listeners) listener();
    listeners.clear();
  };
  if (isClosed) release();
  else socket.once('close', closed);
  const whenClosed = (listener: () => void) => {
    if (isClosed) listener();
    else listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    client,
    get isOpen() {
      return !isClosed && !socket.destroyed && socket.writable;
    },
    end: () =>
      new Promise((resolve) => {
        const cancel = clock.after(goodbyeMs, () => socket.destroy());
        whenClosed(() => {
          cancel();
          resolve();
        });
        if (!socket.writable) socket.destroy();
        // Not destroyed right away: a server that still writes would log a broken pipe at every check.
        client.end();
      }),
    destroy: () => {
      socket.destroy();
    },
    whenClosed,
  };
}
