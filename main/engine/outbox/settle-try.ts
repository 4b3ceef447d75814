import type { SendOutcome } from '../ports/channels.ts';
import type { DeliveryRecord } from '../ports/delivery-records.ts';
import { leastAttempts, lifeMs } from './pace.ts';

/** What becomes of a row by the outcome of a try that carried it: pure. `now`: wall-clock milliseconds. */
export function settleTry(
  row: DeliveryRecord,
  outcome: SendOutcome,
  now: number,
  isOwnNetworkDown: boolean,
): DeliveryRecord {
  switch (outcome.kind) {
    case 'delivered':
      return { ...row, state: 'delivered', attempts: row.attempts + 1, deliveredAt: now, reason: outcome.receipt };
    case 'refused':
      return { ...row, state: 'parked', attempts: row.attempts + 1, reason: outcome.reason };
    case 'failed': {
      const isCounted = !(isOwnNetworkDown && outcome.isUnreached);
      const tried = {
        ...row,
        attempts: row.attempts + (isCounted ? 1 : 0),
        mayHaveArrived: row.mayHaveArrived || outcome.mayHaveArrived,
      };
      if (tried.attempts >= leastAttempts && now - row.at >= lifeMs)
        return { ...tried, state: 'parked', reason: `It was tried for three days. ${outcome.reason}` };
      return { ...tried, state: 'waiting', reason: outcome.reason };
    }
  }
}

/** A row as an earlier life of the engine left it: a try that was under way may have arrived. */
export function takenUp(row: DeliveryRecord): DeliveryRecord {
  return row.state === 'sending' ? { ...row, state: 'waiting', mayHaveArrived: true } : row;
}
