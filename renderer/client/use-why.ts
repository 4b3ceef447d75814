import { useCallback, useEffect, useState } from 'react';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Explanation } from '../../main/contract/healing.ts';
import type { Machine } from '../../main/contract/machine.ts';
import { useClient } from './client-context.tsx';

export interface Why {
  readonly explanation: Explanation | null;
  readonly error: VigilError | null;
  /** Reads it anew: after a change whose answer says less. */
  refresh(): void;
}

/** Why a machine is as it is; read anew when it was checked or changed, and when something was decided about it. */
export function useWhy(machine: Machine): Why {
  const { connection } = useClient();
  const [state, setState] = useState<Omit<Why, 'refresh'>>({ explanation: null, error: null });
  const [reading, setReading] = useState(0);
  const { id } = machine;
  const refresh = useCallback(() => setReading((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a machine that was announced again has been checked or changed
  useEffect(() => {
    let isCurrent = true;
    connection.call('machine.why', { machine: id }).then(
      (explanation) => isCurrent && setState({ explanation, error: null }),
      (error: unknown) => isCurrent && setState((before) => ({ ...before, error: errorOf(failureOf(error)) })),
    );
    return () => {
      isCurrent = false;
    };
  }, [connection, id, machine, reading]);
  useEffect(
    () =>
      connection.subscribe('journal.appended', ({ machineId, action }) => {
        // A pause of healing is of no machine, and decides over each of them.
        if (action.startsWith('healing.') && (machineId === undefined || machineId === id)) refresh();
      }),
    [connection, id, refresh],
  );
  return { ...state, refresh };
}
