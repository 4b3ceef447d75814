import type { Connection } from '../contract/connection.ts';
import type { EngineHost } from '../contract/engine-status.ts';
import { VigilError } from '../contract/failure.ts';
import type { TransportLog } from '../transport/surroundings.ts';
import { createSwitchingConnection } from '../transport/switching-connection.ts';

/** An engine this app can speak to, here or in another process. */
export interface EngineSeat {
  readonly connection: Connection;
  readonly host: EngineHost;
  /** Process id of the engine. */
  readonly pid: number;
  /** Resolves with a sentence when the engine is there no more; never for an engine of our own. */
  readonly gone: Promise<string>;
  /** Stops an engine of our own in order; lets go of another's. Never throws. */
  leave(): Promise<void>;
}

export interface EngineSessionParts {
  /** Becomes the engine of this data home; rejects with `conflict` while a living one holds it. */
  host(): Promise<EngineSeat>;
  /** Attaches to the living engine of this data home. */
  attach(): Promise<EngineSeat>;
  readonly clock: {
    monotonicNow(): number;
    after(delayMs: number, action: () => void): () => void;
  };
  readonly log: TransportLog;
}

export interface EngineSession {
  /** Outlives engines; announces `engine.connected` and `engine.disconnected`. */
  readonly connection: Connection;
  /** Why there is no engine now; null while there is one. */
  readonly noEngine: string | null;
  /** Told whenever `noEngine` changes. One listener. */
  onChange(listener: () => void): void;
  /** Begins to look for an engine, and never ceases until `stop`. */
  start(): void;
  /** Final. Resolves when our own engine has stopped or the other's connection is closed. */
  stop(): Promise<void>;
}

const firstDelayMs = 100;
const longestDelayMs = 5000;
/** An engine that leaves sooner than this is no reason to hurry for the next one. */
const settledMs = 5000;

/**
 * Keeps the app supplied with an engine: hosts one when the data home is free, attaches to the one that holds it otherwise,
 * and does so again, with growing pauses, whenever the engine goes away.
 *
 * Invariants: at most one seat is held at a time; after `stop` none is held and none is sought.
 */
export function createEngineSession({ host, attach, clock, log }: EngineSessionParts): EngineSession {
  const connection = createSwitchingConnection(log);
  let noEngine: string | null = 'It is starting.';
  let notify = () => {};
  let stopping = false;
  let seeking: Promise<void> = Promise.resolve();
  let announceStop = () => {};
  const stopped = new Promise<void>((resolve) => {
    announceStop = resolve;
  });

  function become(reason: string | null): void {
    if (noEngine === reason) return;
    noEngine = reason;
    notify();
  }

  async function seek(): Promise<void> {
    let delayMs = firstDelayMs;
    while (!stopping) {
      const seat = await findSeat();
      if (seat !== null) {
        const since = clock.monotonicNow();
        await sitOn(seat);
        if (clock.monotonicNow() - since >= settledMs) delayMs = firstDelayMs;
      }
      if (!stopping) await pause(delayMs);
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    }
  }

  async function findSeat(): Promise<EngineSeat | null> {
    try {
      return await host().catch((error: unknown) => {
        if (error instanceof VigilError && error.code === 'conflict') return attach();
        throw error;
      });
    } catch (error) {
      log.write('warn', 'app', 'no engine could be had', { error });
      become(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  async function sitOn(seat: EngineSeat): Promise<void> {
    if (!stopping) {
      become(null);
      connection.use(seat.connection, { host: seat.host, pid: seat.pid });
      const reason = await Promise.race([seat.gone, stopped.then(() => 'Vigil quits.')]);
      become(reason);
      connection.drop(reason);
    }
    await seat.leave();
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(delayMs, resolve);
      void stopped.then(() => {
        cancel();
        resolve();
      });
    });
  }

  return {
    connection,
    get noEngine() {
      return noEngine;
    },
    onChange: (listener) => {
      notify = listener;
    },
    start: () => {
      seeking = seek();
    },
    stop: async () => {
      stopping = true;
      announceStop();
      await seeking;
    },
  };
}
