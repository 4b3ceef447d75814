import type { Connection } from '../../main/contract/connection.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';

/** A serial console as it is read and typed to. */
export interface ConsoleStream {
  /** Types; one keystroke after the other, in the order of the calls. */
  type(text: string): void;
  stop(): void;
}

export interface ConsoleStreamEars {
  output(bytes: Uint8Array): void;
  /** So many bytes went by that the log no longer holds. */
  dropped(bytes: number): void;
  /** Whether there is a process that can print and be typed to. */
  running(isRunning: boolean): void;
  failed(error: VigilError): void;
}

/** After a failure; an engine that comes back is asked at once by the next look. */
const tryAgainMs = 1000;
/** Bytes at once; what is pasted goes in pieces. */
const mostTyped = 3072;

/** Follows the console of a machine from the end of its log until it is stopped. */
export function openConsoleStream(connection: Connection, machine: string, ears: ConsoleStreamEars): ConsoleStream {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let typing: Promise<unknown> = Promise.resolve();

  const follow = async (): Promise<void> => {
    let from: number | undefined;
    while (!isOver) {
      try {
        const part = await connection.call('console.follow', from === undefined ? { machine } : { machine, from });
        if (isOver) return;
        // A log that became shorter was begun anew.
        if (from !== undefined && part.to < from) {
          from = undefined;
          continue;
        }
        from = part.to;
        if (part.dropped > 0) ears.dropped(part.dropped);
        const bytes = bytesOf(part.data);
        if (bytes.length > 0) ears.output(bytes);
        ears.running(part.running);
      } catch (error) {
        if (isOver) return;
        ears.failed(errorOf(failureOf(error)));
        await new Promise<void>((resolve) => {
          timer = setTimeout(resolve, tryAgainMs);
        });
      }
    }
  };
  void follow();

  return {
    type: (text) => {
      const bytes = new TextEncoder().encode(text);
      for (let start = 0; start < bytes.length; start += mostTyped) {
        const data = base64Of(bytes.subarray(start, start + mostTyped));
        typing = typing.then(() =>
          isOver
            ? undefined
            : connection.call('console.write', { machine, data }).catch((error: unknown) => {
                ears.failed(errorOf(failureOf(error)));
              }),
        );
      }
    },
    stop: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
