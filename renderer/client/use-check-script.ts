import { useCallback, useEffect, useState } from 'react';
import type { CheckScript } from '../../main/contract/check-script.ts';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import { useClient } from './client-context.tsx';

export interface CheckScriptReading {
  /** Null until it was read. */
  readonly script: CheckScript | null;
  readonly error: VigilError | null;
  /** Approves the bytes that were read. */
  approve(): void;
}

/**
 * The script that checks a machine, read anew with every check: each announces the machine. `path` is what it is known to
 * be. While its text is looked at it is held as it was: what is approved is what was seen.
 */
export function useCheckScript(machine: Machine, path: string, isHeld: boolean): CheckScriptReading {
  const { connection } = useClient();
  const [state, setState] = useState<Pick<CheckScriptReading, 'script' | 'error'>>({ script: null, error: null });
  const { id } = machine;
  const take = useCallback((asked: Promise<CheckScript | null>) => {
    asked.then(
      (script) => setState({ script, error: null }),
      (error: unknown) => setState((before) => ({ ...before, error: errorOf(failureOf(error)) })),
    );
  }, []);
  const read = useCallback(() => take(connection.call('check-script.get', { machine: id })), [connection, id, take]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a machine that was announced again, or another path, is read anew
  useEffect(() => {
    if (!isHeld) read();
  }, [read, path, machine, isHeld]);
  const sha256 = state.script?.sha256 ?? '';
  const approve = useCallback(
    () => take(connection.call('check-script.approve', { machine: id, sha256 })),
    [connection, id, sha256, take],
  );
  return { ...state, approve };
}
