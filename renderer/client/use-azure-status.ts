import { useCallback, useEffect, useState } from 'react';
import type { AzureStatus } from '../../main/contract/azure.ts';
import { failureOf } from '../../main/contract/failure.ts';
import { signInFlowOf } from './azure-sign-in.ts';
import { useClient } from './client-context.tsx';
import { useNotices, useSettings, useStore } from './use-engine.ts';

export interface AzureStatusView {
  /** Null until it is known. */
  readonly status: AzureStatus | null;
  /** Why it could not be read the last time. */
  readonly error: string | null;
  refresh(): Promise<void>;
}

/** Who is signed in to Azure and what belongs to the fleet; read anew when something about it changed. */
export function useAzureStatus(): AzureStatusView {
  const { connection } = useClient();
  const [status, setStatus] = useState<AzureStatus | null>(null);
  const [error, setError] = useState<string | null>(null);
  const step = useStore(signInFlowOf(connection).step).kind;
  const azure = useSettings()?.azure;
  const said = useNotices()
    .filter(({ id }) => id.startsWith('azure'))
    .map(({ text }) => text)
    .join('\n');
  const refresh = useCallback(async () => {
    try {
      setStatus(await connection.call('azure.status', {}));
      setError(null);
    } catch (fault) {
      setError(failureOf(fault).message);
    }
  }, [connection]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them says that it may have changed
  useEffect(() => void refresh(), [refresh, step, azure, said]);
  // Another face may have begun or ended it.
  useEffect(() => connection.subscribe('azure.sign-in-changed', () => void refresh()), [connection, refresh]);
  return { status, error, refresh };
}
