import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { isObject, openJsonLineSocket } from './json-line-socket.ts';

/** A word from the monitor that nobody asked for. `generation` is that of the connection it came over. */
export interface QmpEvent {
  readonly generation: number;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970 by QEMU's clock; null when it did not say. */
  readonly atMs: number | null;
}

/**
 * One connection to a QEMU monitor, past its greeting and ready for commands. It ends once and never comes back; nothing
 * is thrown outside of `execute`.
 */
export interface QmpClient {
  readonly isOpen: boolean;
  /** Rejects with `refused` (QEMU's own words), `timeout`, `cancelled` or `unreachable`. A late answer is dropped. */
  execute(
    command: string,
    args?: Readonly<Record<string, unknown>>,
    options?: { readonly timeoutMs?: number; readonly signal?: StopSignal },
  ): Promise<unknown>;
  close(): void;
}

export interface QmpOptions {
  readonly path: string;
  readonly generation: number;
  readonly clock: Clock;
  /** For connect, greeting and handshake together: a second client is left without a greeting until the first one leaves. */
  readonly timeoutMs: number;
  readonly signal?: StopSignal;
  readonly onEvent: (event: QmpEvent) => void;
  /** Once, also after `close`. */
  readonly onClosed: (reason: string) => void;
}

const commandTimeoutMs = 2000;

interface Waiting {
  settle(outcome: { readonly value: unknown } | { readonly error: VigilError }): void;
}

export async function connectQmp(options: QmpOptions): Promise<QmpClient> {
  const { clock } = options;
  const deadline = clock.monotonicNow() + options.timeoutMs;
  const waiting = new Map<number, Waiting>();
  let open = true;
  let lastId = 0;
  let greeted: ((version: unknown) => void) | null = null;

  const onClosed = (reason: string) => {
    open = false;
    for (const entry of [...waiting.values()]) {
      entry.settle({ error: new VigilError('unreachable', `QEMU's monitor is gone: ${reason}.`) });
    }
    options.onClosed(reason);
  };
  const greeting = new Promise<unknown>((resolve) => {
    greeted = resolve;
  });
  const socket = await openJsonLineSocket(
    options.path,
    {
      line: (message) => {
        if ('QMP' in message) greeted?.(message.QMP);
        else if (typeof message.event === 'string')
          options.onEvent(eventOf(message.event, message, options.generation));
        else if (typeof message.id === 'number') waiting.get(message.id)?.settle(answerOf(message));
      },
      closed: onClosed,
    },
    { timeoutMs: options.timeoutMs, ...(options.signal === undefined ? {} : { signal: options.signal }) },
  );

  const ask = (
    what: string,
    timeoutMs: number,
    signal: StopSignal | undefined,
    begin: (id: number) => void,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      const undoLimit = clock.after(timeoutMs, () =>
        entry.settle({ error: new VigilError('timeout', `QEMU did not answer ${what} within ${timeoutMs / 1000} s.`) }),
      );
      const onAbort = () => entry.settle({ error: new VigilError('cancelled', 'Cancelled.') });
      const entry: Waiting = {
        settle: (outcome) => {
          if (!waiting.delete(id)) return;
          undoLimit();
          signal?.removeEventListener('abort', onAbort);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value);
        },
      };
      waiting.set(id, entry);
      if (!open) entry.settle({ error: new VigilError('unreachable', "QEMU's monitor is gone.") });
      else if (signal?.aborted) onAbort();
      else {
        signal?.addEventListener('abort', onAbort, { once: true });
        begin(id);
      }
    });
  const execute: QmpClient['execute'] = (command, args, limits = {}) =>
    ask(command, limits.timeoutMs ?? commandTimeoutMs, limits.signal, (id) =>
      socket.send({ execute: command, id, ...(args === undefined ? {} : { arguments: args }) }),
    );

  try {
    await ask('with its greeting', left(clock, deadline), options.signal, (id) => {
      void greeting.then((version) => waiting.get(id)?.settle({ value: version }));
    });
    await execute('qmp_capabilities', undefined, {
      timeoutMs: left(clock, deadline),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    socket.close();
    throw error;
  }
  return {
    get isOpen() {
      return open;
    },
    execute,
    close: () => socket.close(),
  };
}

function left(clock: Clock, deadline: number): number {
  return Math.max(1, deadline - clock.monotonicNow());
}

function answerOf(message: Readonly<Record<string, unknown>>): { value: unknown } | { error: VigilError } {
  const fault = message.error;
  if (fault === undefined) return { value: message.return };
  const text = isObject(fault) && typeof fault.desc === 'string' ? fault.desc : 'no reason given';
  return { error: new VigilError('refused', `QEMU refused: ${text}`) };
}

function eventOf(name: string, message: Readonly<Record<string, unknown>>, generation: number): QmpEvent {
  const { data, timestamp } = message;
  const seconds = isObject(timestamp) ? timestamp.seconds : undefined;
  const micros = isObject(timestamp) ? timestamp.microseconds : undefined;
  return {
    generation,
    name,
    data: isObject(data) ? data : {},
    atMs: typeof seconds === 'number' && typeof micros === 'number' ? seconds * 1000 + micros / 1000 : null,
  };
}
