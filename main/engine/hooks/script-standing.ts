import { VigilError } from '../../contract/failure.ts';
import type { Hook } from '../../contract/hook.ts';
import type { HookScripts } from '../ports/hook-scripts.ts';
import type { HookApproval } from '../ports/state-store.ts';

/** Whether a script may run as it lies there: what was examined against what was approved. */
export type ScriptStanding = Pick<Hook, 'state' | 'reason' | 'sha256' | 'approvedBy' | 'approvedAt'>;

export type Examined =
  | { readonly kind: 'sound'; readonly sha256: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Pure. `hint` is the command that approves it. */
export function standingOf(found: Examined, approval: HookApproval | undefined, hint: string): ScriptStanding {
  const common = {
    sha256: found.kind === 'sound' ? found.sha256 : null,
    approvedBy: approval?.by ?? null,
    approvedAt: approval?.at ?? null,
  };
  if (found.kind === 'refused') return { ...common, state: 'refused', reason: found.reason };
  const how = `Look at it, then run: ${hint}`;
  if (approval === undefined) return { ...common, state: 'waiting', reason: `Nobody approved it yet. ${how}` };
  if (approval.sha256 !== found.sha256) {
    return { ...common, state: 'changed', reason: `It is no longer what was approved. ${how}` };
  }
  return { ...common, state: 'approved', reason: null };
}

/** The present bytes of a script that may be approved; rejects with `refused` in words where it may not be run. */
export async function soundHash(scripts: HookScripts, path: string): Promise<string> {
  const found = await scripts.examine(path);
  if (found.kind === 'refused') throw new VigilError('refused', found.reason, { field: 'path' });
  return found.sha256;
}

/** The same, for bytes that somebody looked at. */
export async function lookedAtHash(scripts: HookScripts, path: string, lookedAt: string): Promise<string> {
  const now = await soundHash(scripts, path);
  if (lookedAt === now) return now;
  throw new VigilError('conflict', `${path} has changed since it was looked at.`, {
    field: 'sha256',
    hint: 'Look at it again.',
  });
}
