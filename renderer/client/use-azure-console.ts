import { useCallback, useEffect, useState } from 'react';
import type { Connection } from '../../main/contract/connection.ts';
import type { Screenshot } from '../../main/contract/console.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import { useClient } from './client-context.tsx';

export interface KeptByAzure<T> {
  /** Null until it was read. */
  readonly value: T | null;
  /** Why it could not be read the last time; null when it could. */
  readonly error: VigilError | null;
  readonly isAsking: boolean;
  /** Asks anew. Nothing else does: each time Azure has to make an address, and counts it. */
  again(): void;
}

/** The end of what the machine wrote to its serial port, as the platform keeps it. */
export function useAzureLog(machine: Machine): KeptByAzure<{ readonly text: string }> {
  return useKeptByAzure(machine, askLog);
}

/** What the machine showed when the platform looked last. */
export function useAzureScreen(machine: Machine): KeptByAzure<Screenshot> {
  return useKeptByAzure(machine, askScreen);
}

const askLog = (connection: Connection, machine: string) => connection.call('azure.boot-log', { machine });
const askScreen = (connection: Connection, machine: string) => connection.call('machine.screenshot', { machine });

function useKeptByAzure<T>(
  { id }: Machine,
  ask: (connection: Connection, machine: string) => Promise<T>,
): KeptByAzure<T> {
  const { connection } = useClient();
  const [state, setState] = useState<Omit<KeptByAzure<T>, 'again'>>({ value: null, error: null, isAsking: true });
  const [asked, setAsked] = useState(0);
  const again = useCallback(() => setAsked((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each press asks anew
  useEffect(() => {
    let isCurrent = true;
    setState((before) => ({ ...before, isAsking: true }));
    ask(connection, id).then(
      (value) => isCurrent && setState({ value, error: null, isAsking: false }),
      (error: unknown) =>
        isCurrent && setState((before) => ({ ...before, error: errorOf(failureOf(error)), isAsking: false })),
    );
    return () => {
      isCurrent = false;
    };
  }, [ask, connection, id, asked]);
  return { ...state, again };
}
