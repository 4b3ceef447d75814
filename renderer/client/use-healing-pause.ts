import { useEffect, useState } from 'react';
import { type HealingPause, healingNotice } from '../../main/contract/healing.ts';
import { useClient } from './client-context.tsx';
import { useNotices } from './use-engine.ts';

/** Whether healing is paused, and until when; null until it is known. Read anew when the engine's word about it changes. */
export function useHealingPause(): HealingPause | null {
  const { connection } = useClient();
  const [pause, setPause] = useState<HealingPause | null>(null);
  const said = useNotices().find(({ id }) => id === healingNotice)?.text;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the engine says of it is when it changed
  useEffect(() => {
    let isCurrent = true;
    connection.call('lifecycle.healing-pause', {}).then(
      (found) => isCurrent && setPause(found),
      // Without an engine nothing is known; the strip above the page says that there is none.
      () => isCurrent && setPause(null),
    );
    return () => {
      isCurrent = false;
    };
  }, [connection, said]);
  return pause;
}
