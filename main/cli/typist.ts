import type { Connection } from '../contract/connection.ts';

/** Keys on their way to a machine, in their order. */
export interface Typist {
  type(bytes: Uint8Array): void;
  readonly isBusy: boolean;
  /** Resolves when everything typed so far was taken or given up. */
  finished(): Promise<void>;
}

const atOnceBytes = 3072;
/** Beyond it the newest are left out: the machine reads slower than a file can be pasted into it. */
const waitingBytes = 1024 * 1024;
const tryAgainMs = 100;
/** So long a machine may leave its keys unread before they are given up. */
const patienceMs = 10_000;

/** `gaveUp` is told once in a row of failures. */
export function createTypist(connection: Connection, machine: string, gaveUp: (error: unknown) => void): Typist {
  let waiting: Buffer = Buffer.alloc(0);
  let work: Promise<void> | null = null;
  let isTold = false;

  const send = async (): Promise<void> => {
    while (waiting.length > 0) {
      const part = waiting.subarray(0, atOnceBytes);
      try {
        await patiently(() => connection.call('console.write', { machine, data: part.toString('base64') }));
        isTold = false;
      } catch (error) {
        waiting = Buffer.alloc(0);
        if (!isTold) gaveUp(error);
        isTold = true;
        return;
      }
      waiting = waiting.subarray(part.length);
    }
  };

  return {
    type: (bytes) => {
      if (bytes.length === 0 || waiting.length > waitingBytes) return;
      waiting = Buffer.concat([waiting, bytes]);
      work ??= send().finally(() => {
        work = null;
      });
    },
    get isBusy() {
      return work !== null;
    },
    finished: async () => {
      while (work !== null) await work;
    },
  };
}

/** A machine reads its keys at its own pace. */
async function patiently(attempt: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'refused';
      if (!isFull || performance.now() > deadline) throw error;
    }
    await new Promise<void>((resolve) => {
      setTimeout(resolve, tryAgainMs);
    });
  }
}
