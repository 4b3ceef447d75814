import { useCallback, useEffect, useRef, useState } from 'react';
import type { Episode } from '../../main/contract/alert.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import { useClient } from './client-context.tsx';

export interface AlertHistory {
  /** The one that fired last first; null until they are read. */
  readonly episodes: readonly Episode[] | null;
  readonly hasOlder: boolean;
  readonly isReading: boolean;
  readonly error: VigilError | null;
  loadOlder(): void;
  retry(): void;
}

const pageSize = 200;
/** A window that is left open for weeks must not collect all of them. */
const most = 10_000;

/** Every alert of the last 90 days, page by page; what changes comes in above. */
export function useAlertHistory(): AlertHistory {
  const { connection } = useClient();
  const [state, setState] = useState<{
    readonly byId: ReadonlyMap<string, Episode> | null;
    readonly hasOlder: boolean;
    readonly isReading: boolean;
    readonly error: VigilError | null;
  }>({ byId: null, hasOlder: false, isReading: true, error: null });
  const isReading = useRef(false);
  const wantsNewest = useRef(false);

  const read = useCallback(
    async (before: string | undefined): Promise<void> => {
      if (isReading.current) {
        // What changed meanwhile must not be missed.
        if (before === undefined) wantsNewest.current = true;
        return;
      }
      isReading.current = true;
      setState((known) => ({ ...known, isReading: true }));
      try {
        const page = await connection.call('alert.history', {
          limit: pageSize,
          ...(before === undefined ? {} : { before }),
        });
        setState((known) => {
          const byId = new Map([...(known.byId ?? []), ...page.map((each) => [each.id, each] as const)]);
          const isFirst = before === undefined && known.byId !== null;
          const hasOlder = isFirst ? known.hasOlder : page.length === pageSize && byId.size < most;
          return { byId, hasOlder, isReading: false, error: null };
        });
      } catch (error) {
        setState((known) => ({ ...known, isReading: false, error: errorOf(failureOf(error)) }));
      } finally {
        isReading.current = false;
      }
      if (!wantsNewest.current) return;
      wantsNewest.current = false;
      await read(undefined);
    },
    [connection],
  );

  useEffect(() => {
    const undo = [
      connection.subscribe('alerts.changed', () => void read(undefined)),
      connection.subscribe('engine.connected', () => void read(undefined)),
    ];
    void read(undefined);
    return () => {
      for (const each of undo) each();
    };
  }, [connection, read]);

  const episodes =
    state.byId === null
      ? null
      : [...state.byId.values()].sort((a, b) => (b.firedAt ?? b.since).localeCompare(a.firedAt ?? a.since));
  const oldest = episodes?.at(-1)?.firedAt ?? null;
  return {
    episodes,
    hasOlder: state.hasOlder,
    isReading: state.isReading,
    error: state.error,
    loadOlder: () => {
      // A millisecond on, so that those of the same moment are not passed over.
      if (state.hasOlder && oldest !== null) void read(new Date(Date.parse(oldest) + 1).toISOString());
    },
    retry: () => void read(undefined),
  };
}
