import { useEffect, useRef, useState } from 'react';
import type { Connection } from '../../main/contract/connection.ts';
import type { EventName } from '../../main/contract/events.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import { useClient } from './client-context.tsx';
import { isInSight, onSight } from './page-sight.ts';

export interface Fresh<T> {
  /** Null until it is read; what was read stays until the next is there. */
  readonly value: T | null;
  readonly error: VigilError | null;
  retry(): void;
}

/**
 * What the engine says, read anew with each of these events and when an engine is there again; out of sight not before
 * the page is seen. Events that come while a reading is under way cost one more, however many they are. `read` and
 * `events` are the same objects until they are others.
 */
export function useFresh<T>(read: (connection: Connection) => Promise<T>, events: readonly EventName[]): Fresh<T> {
  const { connection } = useClient();
  const [state, setState] = useState<{
    readonly of: unknown;
    readonly value: T | null;
    readonly error: VigilError | null;
  }>({ of: read, value: null, error: null });
  const again = useRef<() => void>(() => {});
  useEffect(() => {
    let isOver = false;
    let isReading = false;
    let isOld = false;
    const readNow = async (): Promise<void> => {
      isOld = true;
      if (isReading || !isInSight()) return;
      isReading = true;
      while (isOld && !isOver && isInSight()) {
        isOld = false;
        try {
          const value = await read(connection);
          if (!isOver) setState({ of: read, value, error: null });
        } catch (error) {
          if (isOver) return;
          setState((before) => ({
            of: read,
            value: before.of === read ? before.value : null,
            error: errorOf(failureOf(error)),
          }));
        }
      }
      isReading = false;
    };
    again.current = () => void readNow();
    const undo = [
      ...events.map((name) => connection.subscribe(name, () => void readNow())),
      connection.subscribe('engine.connected', () => void readNow()),
      onSight(() => {
        if (isInSight() && isOld) void readNow();
      }),
    ];
    void readNow();
    return () => {
      isOver = true;
      for (const each of undo) each();
    };
  }, [connection, read, events]);
  // What was read of something else is not of this.
  const isOwn = state.of === read;
  return { value: isOwn ? state.value : null, error: isOwn ? state.error : null, retry: () => again.current() };
}
