import { useEffect, useState } from 'react';
import { errorOf, failureOf, type VigilError } from '../../main/contract/failure.ts';
import type { Hook, HookRunSummary } from '../../main/contract/hook.ts';
import { useClient } from './client-context.tsx';

export interface Hooks {
  /** Null until they were read. */
  readonly hooks: readonly Hook[] | null;
  /** The last ones of all machines, newest first. */
  readonly runs: readonly HookRunSummary[];
  readonly error: VigilError | null;
}

const runsShown = 100;

/** Every hook and how the last ones went, read anew whenever the journal tells of one. */
export function useHooks(): Hooks {
  const { connection } = useClient();
  const [state, setState] = useState<Hooks>({ hooks: null, runs: [], error: null });
  useEffect(() => {
    let asked = 0;
    const read = () => {
      asked += 1;
      const mine = asked;
      Promise.all([connection.call('hook.list', {}), connection.call('hook.runs', { limit: runsShown })]).then(
        ([hooks, runs]) => mine === asked && setState({ hooks, runs, error: null }),
        (error: unknown) => mine === asked && setState((before) => ({ ...before, error: errorOf(failureOf(error)) })),
      );
    };
    // First listen, then ask: nothing falls between.
    const ends = [
      connection.subscribe('journal.appended', ({ action }) => action.startsWith('hook.') && read()),
      connection.subscribe('engine.connected', read),
    ];
    read();
    return () => {
      asked = -1;
      for (const end of ends) end();
    };
  }, [connection]);
  return state;
}
