import type { DeliveryRecord } from '../ports/delivery-records.ts';

/** What is said next on one channel: pure. */

/** What one channel has still to say of one alert, oldest first. The last row is how it stands; it speaks for all of them. */
export type Conversation = readonly [DeliveryRecord, ...DeliveryRecord[]];

/** So many alerts at once go into one message. */
export const groupFrom = 3;

/**
 * What the next message carries; empty when nothing waits. Every row that waits belongs to the message of its alert, so
 * nothing is ever said after what followed it: whoever was not told that it fires hears of begin and end together.
 * `room`: characters for the names of machines in a summary.
 */
export function nextBatch(rows: readonly DeliveryRecord[], room: number): readonly Conversation[] {
  const waiting = conversationsOf(rows).filter((conversation) => conversation.some(({ state }) => state !== 'parked'));
  // What failed least goes first, so that one message that nobody takes does not hold up the others.
  const ordered = waiting.toSorted((a, b) => attemptsOf(a) - attemptsOf(b));
  if (ordered.length < groupFrom) return ordered.slice(0, 1);
  const batch: Conversation[] = [];
  let left = room;
  for (const conversation of ordered) {
    const [{ machine, rule }] = conversation;
    left -= (machine ?? rule).length + separatorLength;
    if (batch.length > 0 && left < 0) break;
    batch.push(conversation);
  }
  return batch;
}

const separatorLength = 2;

function conversationsOf(rows: readonly DeliveryRecord[]): readonly Conversation[] {
  const found = new Map<string, [DeliveryRecord, ...DeliveryRecord[]]>();
  for (const row of rows) {
    const present = found.get(row.episode);
    if (present === undefined) found.set(row.episode, [row]);
    else present.push(row);
  }
  return [...found.values()];
}

function attemptsOf(conversation: Conversation): number {
  return Math.max(...conversation.map(({ attempts }) => attempts));
}
