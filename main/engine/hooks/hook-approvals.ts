import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { HookApproval, StateChange } from '../ports/state-store.ts';

/** Which bytes of which script a person approved. A change of the bytes takes the approval away; nothing gives it back by itself. */
export interface HookApprovals {
  of(path: string): HookApproval | undefined;
  /** Holds once `keep` was called; the change makes it last. */
  prepare(path: string, sha256: string, by: string): { readonly change: StateChange; readonly keep: () => void };
}

export function createHookApprovals(
  ports: { readonly clock: Clock; readonly ledger: Ledger },
  stored: readonly HookApproval[],
): HookApprovals {
  const approvals = new Map(stored.map((approval) => [approval.path, approval]));
  return {
    of: (path) => approvals.get(path),
    prepare: (path, sha256, by) => {
      const approval: HookApproval = { path, sha256, by, at: isoTime(ports.clock.wallNow()) };
      return { change: { kind: 'hook-approval-put', approval }, keep: () => void approvals.set(path, approval) };
    },
  };
}
