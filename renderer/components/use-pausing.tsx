import { failureOf } from '../../main/contract/failure.ts';
import { useClient } from '../client/client-context.tsx';
import { ForeignText } from './foreign-text.tsx';
import { useToast } from './toasts.tsx';

export interface Pausing {
  /** Without `seconds`, until a person lets it go on. */
  pause(seconds?: number): void;
  resume(): void;
}

/** Pauses healing and lets it go on; a refusal is told, the rest is shown by the engine's own word. */
export function usePausing(): Pausing {
  const { connection } = useClient();
  const toast = useToast();
  const tell = (error: unknown) =>
    toast({ mark: 'crit', stays: true, text: <ForeignText>{failureOf(error).message}</ForeignText> });
  return {
    pause: (seconds) => {
      connection.call('lifecycle.pause', { seconds: seconds ?? 'until-resumed' }).catch(tell);
    },
    resume: () => {
      connection.call('lifecycle.resume', {}).catch(tell);
    },
  };
}
