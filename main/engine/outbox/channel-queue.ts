import type { AlertChannel } from '../../contract/alert-rule.ts';
import { createStopSource, type StopSignal } from '../../contract/stop-signal.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { ChannelMessage, SendOutcome } from '../ports/channels.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryRecord } from '../ports/delivery-records.ts';
import type { Log } from '../ports/log.ts';
import { composeMessage } from './compose-message.ts';
import { nextAllowed, recentOnly, retryDelay } from './pace.ts';
import { type Conversation, nextBatch } from './plan-sending.ts';
import { settleTry, takenUp } from './settle-try.ts';

/**
 * What one channel has still to say. Invariants:
 * 1. One try at a time; it is written down before it is made, and its outcome before the next.
 * 2. A row leaves only when it was delivered; one that is parked stays until a later message carries it or a person has it
 *    sent again.
 * 3. It waits for nobody but its own receiver.
 */
export interface ChannelQueue {
  /** Not delivered, oldest first. */
  readonly rows: readonly DeliveryRecord[];
  /** Why the last try failed; null when it did not. */
  readonly trouble: string | null;
  /** Wall-clock milliseconds; null when nothing waits for a moment. */
  readonly nextTryAt: number | null;
  /** Rows that are being written. */
  add(rows: readonly DeliveryRecord[]): void;
  /** A parked row is to be sent again. */
  resend(row: DeliveryRecord): void;
  /** Something has changed that may let it go on. */
  wake(): void;
  /** Gives a try that is under way a moment to end. */
  stop(): Promise<void>;
}

export interface ChannelQueuePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Pick<Ledger, 'commit' | 'record'>;
  /** Characters for names in one message. */
  readonly room: number;
  readonly mostNames: number;
  /** 0 up to, not including, 1. */
  chance(): number;
  /** One try; never rejects. Null: the channel is off or not set up, so nothing can be sent. */
  send(message: ChannelMessage, batch: readonly Conversation[], signal: StopSignal): Promise<SendOutcome> | null;
  isOwnNetworkDown(): boolean;
  /** A try has ended, with the rows it carried as they are now. */
  settled(outcome: SendOutcome, rows: readonly DeliveryRecord[], failures: number): void;
}

/** While the state database refuses to be written. */
const storageRetryMs = 5000;
/** While our own network is down. */
const networkRetryMs = 15_000;
const graceMs = 3000;

export function createChannelQueue(
  channel: AlertChannel,
  ports: ChannelQueuePorts,
  stored: readonly DeliveryRecord[],
): ChannelQueue {
  const { clock, ledger } = ports;
  let rows = stored.map(takenUp);
  let sentAt: readonly number[] = [];
  let failures = 0;
  let pausedUntil = 0;
  let trouble: string | null = null;
  let isStopped = false;
  let underWay: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;
  let nextTryAt: number | null = null;
  const stopping = createStopSource();

  const replace = (changed: readonly DeliveryRecord[]): void => {
    const byId = new Map(changed.map((row) => [row.id, row]));
    rows = rows.map((row) => byId.get(row.id) ?? row).filter(({ state }) => state !== 'delivered');
  };
  const wake = (): void => {
    if (isStopped || underWay !== null) return;
    cancelTimer?.();
    cancelTimer = null;
    nextTryAt = null;
    const batch = nextBatch(rows, ports.room);
    if (batch.length === 0) return;
    const now = clock.monotonicNow();
    const from = Math.max(pausedUntil, nextAllowed(sentAt, now));
    if (from > now) {
      cancelTimer = clock.after(from - now, wake);
      nextTryAt = clock.wallNow() + (from - now);
      return;
    }
    underWay = attempt(batch)
      .catch((error: unknown) => {
        pausedUntil = clock.monotonicNow() + storageRetryMs;
        ports.log.write('error', 'outbox', `a try of ${channel} failed`, { error });
      })
      .then(() => {
        underWay = null;
        wake();
      });
  };

  const attempt = async (batch: readonly Conversation[]): Promise<void> => {
    const carried = batch.flat();
    const claimed = carried.map((row): DeliveryRecord => ({ ...row, state: 'sending' }));
    await ledger.commit(claimed.map(change));
    if (isStopped) return;
    const message = composeMessage(batch, clock.wallNow(), ports.mostNames);
    const outcome = (await ports.send(message, batch, stopping.signal)) ?? switchedOff;
    const isDown = outcome.kind === 'failed' && outcome.isUnreached && ports.isOwnNetworkDown();
    const after = carried.map((row) => settleTry(row, outcome, clock.wallNow(), isDown));
    replace(after);
    ledger.record(after.map(change));
    pause(outcome, isDown);
    ports.settled(outcome, after, failures);
  };
  const pause = (outcome: SendOutcome, isDown: boolean): void => {
    const now = clock.monotonicNow();
    const wasReached = outcome.kind !== 'failed' || !outcome.isUnreached;
    if (wasReached) sentAt = [...recentOnly(sentAt, now), now];
    if (outcome.kind !== 'failed') {
      failures = 0;
      trouble = outcome.kind === 'refused' ? outcome.reason : null;
      return;
    }
    trouble = outcome.reason;
    if (isDown) {
      pausedUntil = now + networkRetryMs;
      return;
    }
    failures += 1;
    pausedUntil = now + retryDelay(failures, outcome.retryAfterMs, ports.chance());
  };

  return {
    get rows() {
      return rows;
    },
    get trouble() {
      return trouble;
    },
    get nextTryAt() {
      return nextTryAt;
    },
    add: (added) => {
      rows = [...rows, ...added];
      wake();
    },
    resend: (row) => {
      replace([row]);
      pausedUntil = 0;
      wake();
    },
    wake,
    stop: async () => {
      isStopped = true;
      cancelTimer?.();
      if (underWay === null) return;
      const cancelGrace = clock.after(graceMs, () => stopping.stop('Vigil stops'));
      await underWay;
      cancelGrace();
    },
  };
}

const switchedOff: SendOutcome = { kind: 'refused', reason: 'The channel is off or not set up.' };

function change(delivery: DeliveryRecord): { readonly kind: 'delivery-put'; readonly delivery: DeliveryRecord } {
  return { kind: 'delivery-put', delivery };
}
