import type { AzureAct, AzureAnswer, AzureFault, AzureLook, AzureProgress, AzureSending } from '../ports/azure.ts';
import type { AzureWorkRecord } from '../ports/azure-records.ts';

/**
 * The life of one order, as pure steps: (what is recorded, what was answered, now) -> what to record, what to do next.
 * Invariants:
 * 1. `send` is the next step of a new order alone. Nothing that was ever recorded as sent or unsure leads back to it.
 * 2. Every order ends, at its deadline at the latest; where nobody can tell how, that is its end.
 */
export type WorkStep =
  | { readonly kind: 'send' }
  | { readonly kind: 'follow'; readonly inMs: number }
  /** Looks at the machine itself: Azure does not say what became of the order. */
  | { readonly kind: 'look'; readonly inMs: number }
  | { readonly kind: 'end'; readonly outcome: WorkOutcome };

export type WorkOutcome =
  /** `note`: how it is known that it is done, where Azure did not say. */
  | { readonly kind: 'done'; readonly output: string | null; readonly note: string | null }
  | { readonly kind: 'failed'; readonly fault: AzureFault }
  /** Whether it was taken is not known, and will not be. */
  | { readonly kind: 'unknown'; readonly fault: AzureFault };

export interface WorkTurn {
  readonly work: AzureWorkRecord;
  readonly next: WorkStep;
}

/** An operation may be asked about 15 times a minute. */
const firstFollowMs = 10_000;
const lookMs = 10_000;
/** So long after the first look at a machine that shows nothing of the order, nothing will come of it. */
const unsureMs = 120_000;
/**
 * How far the clocks are apart is known to a second, and to as long as an answer takes. A change so soon after an order is
 * none of the order's: taking it for one would be to claim what nobody knows.
 */
const clockDoubtMs = 5000;

const minute = 60_000;
const deadlines: Readonly<Record<AzureAct['verb'], number>> = {
  start: 30 * minute,
  stop: 30 * minute,
  restart: 30 * minute,
  // Recorded: up to 23 minutes.
  deallocate: 60 * minute,
  redeploy: 60 * minute,
  delete: 60 * minute,
  resize: 45 * minute,
  tags: 15 * minute,
  snapshot: 120 * minute,
  // A script may run for 90 minutes.
  'run-command': 100 * minute,
};

export function deadlineOf(verb: AzureAct['verb'], nowMs: number): number {
  return nowMs + deadlines[verb];
}

/** Where a new engine goes on from. */
export function takenUp(work: AzureWorkRecord): WorkTurn {
  if (work.phase === 'sent' && work.ticket !== null) return { work, next: { kind: 'follow', inMs: 0 } };
  return unsure(work, 0);
}

export function afterSending(work: AzureWorkRecord, sending: AzureSending): WorkTurn {
  switch (sending.kind) {
    case 'accepted':
      return {
        work: { ...work, phase: 'sent', ticket: sending.ticket },
        next: { kind: 'follow', inMs: firstFollowMs },
      };
    case 'done':
      return ended(work, { kind: 'done', output: sending.output, note: null });
    case 'refused':
      return ended(work, { kind: 'failed', fault: sending.fault });
    case 'unsure':
      return unsure(work, lookMs);
  }
}

export function afterFollowing(work: AzureWorkRecord, progress: AzureProgress, nowMs: number): WorkTurn {
  switch (progress.kind) {
    case 'done':
      return ended(work, { kind: 'done', output: progress.output, note: null });
    case 'failed':
      return ended(work, { kind: 'failed', fault: progress.fault });
    case 'lost':
      return unsure(work, 0);
    case 'under-way':
      if (nowMs >= work.deadlineAt) return ended(work, { kind: 'unknown', fault: tooLong });
      return { work, next: { kind: 'follow', inMs: progress.askInMs } };
    case 'not-told':
      if (nowMs >= work.deadlineAt) return ended(work, { kind: 'unknown', fault: progress.fault });
      return { work, next: { kind: 'follow', inMs: progress.askInMs } };
  }
}

/** `clockAheadMs`: of this computer before Azure's, so that moments of the two can be compared. */
export function afterLooking(
  work: AzureWorkRecord,
  answer: AzureAnswer<AzureLook>,
  nowMs: number,
  clockAheadMs: number,
): WorkTurn {
  if (!answer.ok) {
    if (answer.fault.kind === 'not-found') {
      return work.order.act.verb === 'delete'
        ? ended(work, { kind: 'done', output: null, note: 'it is gone from Azure' })
        : ended(work, { kind: 'failed', fault: answer.fault });
    }
    if (nowMs >= work.deadlineAt) return ended(work, { kind: 'unknown', fault: answer.fault });
    return { work, next: { kind: 'look', inMs: Math.max(lookMs, answer.fault.retryAfterMs ?? 0) } };
  }
  const look = answer.value;
  const seen: AzureWorkRecord = { ...work, lookedAt: work.lookedAt ?? nowMs };
  if (isReached(seen, look, clockAheadMs)) {
    return ended(seen, { kind: 'done', output: null, note: 'Azure did not say so, but it is as it was asked for' });
  }
  const isChanging = !['succeeded', 'failed', 'canceled'].includes((look.power.provisioning ?? '').toLowerCase());
  const waitsUntil = isChanging ? seen.deadlineAt : (seen.lookedAt ?? nowMs) + unsureMs;
  if (nowMs >= waitsUntil) return ended(seen, { kind: 'unknown', fault: noTrace });
  return { work: seen, next: { kind: 'look', inMs: lookMs } };
}

/** Whether the machine shows that the order was carried out: it is as was asked for, and it changed since. */
function isReached(
  { order, sentAt, before }: AzureWorkRecord,
  { vm, power }: AzureLook,
  clockAheadMs: number,
): boolean {
  const { act } = order;
  const changedSince = power.changedAt !== null && power.changedAt > sentAt - clockAheadMs + clockDoubtMs;
  switch (act.verb) {
    case 'start':
      return power.state === 'running' && (changedSince || before !== 'running');
    case 'restart':
    case 'redeploy':
      return power.state === 'running' && changedSince;
    case 'stop':
      return power.state === 'stopped' && (changedSince || before !== 'stopped');
    case 'deallocate':
      return power.state === 'deallocated' && (changedSince || before !== 'deallocated');
    case 'resize':
      return vm.size?.toLowerCase() === act.size.toLowerCase();
    case 'tags':
      return sameTags(vm.tags, act.tags);
    case 'delete':
    case 'snapshot':
    case 'run-command':
      return false;
  }
}

function sameTags(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

function unsure(work: AzureWorkRecord, inMs: number): WorkTurn {
  return { work: { ...work, phase: 'unsure' }, next: { kind: 'look', inMs } };
}

function ended(work: AzureWorkRecord, outcome: WorkOutcome): WorkTurn {
  return { work, next: { kind: 'end', outcome } };
}

const tooLong: AzureFault = {
  kind: 'cut',
  message: 'Azure has not finished it within the time it may take.',
  hint: 'Look at the machine in the portal.',
  retryAfterMs: null,
};

const noTrace: AzureFault = {
  kind: 'cut',
  message: 'Azure did not say whether it took the order, and the machine shows nothing of it.',
  hint: 'It was not sent again. Look at the machine, and ask once more if it is still needed.',
  retryAfterMs: null,
};
