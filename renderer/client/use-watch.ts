import { useCallback, useEffect, useState } from 'react';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { WatchStatus } from '../../main/contract/lifecycle.ts';
import type { Machine } from '../../main/contract/machine.ts';
import { useClient } from './client-context.tsx';

export interface Watch {
  readonly status: WatchStatus | null;
  readonly error: VigilError | null;
  /** Takes what a change answered, before it is read again. */
  take(status: WatchStatus): void;
}

/** How a machine is watched and how that goes, read anew with every check: each announces the machine. */
export function useWatch(machine: Machine): Watch {
  const { connection } = useClient();
  const [state, setState] = useState<Omit<Watch, 'take'>>({ status: null, error: null });
  const { id } = machine;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a machine that was announced again has been checked or changed
  useEffect(() => {
    let isCurrent = true;
    connection.call('lifecycle.status', { machine: id }).then(
      ([status]) => isCurrent && setState({ status: status ?? null, error: null }),
      (error: unknown) => isCurrent && setState((before) => ({ ...before, error: errorOf(failureOf(error)) })),
    );
    return () => {
      isCurrent = false;
    };
  }, [connection, id, machine]);
  const take = useCallback((status: WatchStatus) => setState({ status, error: null }), []);
  return { ...state, take };
}
