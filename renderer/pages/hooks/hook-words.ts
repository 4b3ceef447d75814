import type { HookOutcome } from '../../../main/contract/hook.ts';
import type { MarkKind } from '../../components/mark.tsx';

/** How runs of hooks look, and what is said beside the mark. */

export const outcomeLooks: Readonly<Record<HookOutcome, { readonly mark: MarkKind; readonly words: string }>> = {
  done: { mark: 'ok', words: 'done' },
  failed: { mark: 'crit', words: 'failed' },
  limit: { mark: 'crit', words: 'ended at its limit' },
  cancelled: { mark: 'off', words: 'ended with Vigil' },
  refused: { mark: 'warn', words: 'not run' },
  dropped: { mark: 'warn', words: 'not run' },
};

/** What stands in the editor for an event that has no script yet. */
export const newScript = `#!/bin/sh
# What happened is in VIGIL_EVENT_TYPE, VIGIL_VM_NAME and VIGIL_REASON, and as JSON on standard input.
set -eu
echo "$VIGIL_EVENT_TYPE: $VIGIL_VM_NAME"
`;
