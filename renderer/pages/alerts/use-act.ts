import { useCallback, useState } from 'react';
import { errorOf, failureOf } from '../../../main/contract/failure.ts';
import { useToast } from '../../components/toasts.tsx';
import { visibleText } from '../../format/visible-text.ts';

/** Does what a person pressed; a refusal is said in the corner with its way out. `busy` until it is done. */
export function useAct(): {
  readonly busy: boolean;
  act(work: () => Promise<unknown>): Promise<boolean>;
} {
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const act = useCallback(
    async (work: () => Promise<unknown>): Promise<boolean> => {
      setBusy(true);
      try {
        await work();
        return true;
      } catch (error) {
        const { message, hint } = errorOf(failureOf(error));
        toast({ mark: 'crit', stays: true, text: visibleText(hint === undefined ? message : `${message} ${hint}`) });
        return false;
      } finally {
        setBusy(false);
      }
    },
    [toast],
  );
  return { busy, act };
}
