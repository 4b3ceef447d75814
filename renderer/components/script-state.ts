import type { HookState } from '../../main/contract/hook.ts';
import type { MarkKind } from './mark.tsx';

/** How it looks whether a script may run, and what is said beside the mark. */
export const scriptStates: Readonly<Record<HookState, { readonly mark: MarkKind; readonly words: string }>> = {
  approved: { mark: 'ok', words: 'approved' },
  waiting: { mark: 'pause', words: 'waits for approval' },
  changed: { mark: 'warn', words: 'changed since it was approved' },
  refused: { mark: 'crit', words: 'may not be run' },
};
