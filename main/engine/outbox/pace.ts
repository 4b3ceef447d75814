/** How quickly a channel may speak, and how long it waits after a failure: pure. Milliseconds. */

/** At most so many messages within a minute on one channel, however much goes wrong. */
export const messagesInWindow = 5;
const windowMs = 60_000;
/** After the first, second ... message of a minute: what comes meanwhile goes into the next one together. */
const gapsMs = [1000, 5000, 15_000, 20_000];

/** From when on the next message may go, by the moments of the last ones, oldest first; 0 for at once. */
export function nextAllowed(sentAt: readonly number[], now: number): number {
  const recent = sentAt.filter((at) => now - at < windowMs);
  const last = recent.at(-1);
  if (last === undefined) return 0;
  const [oldest] = recent.slice(-messagesInWindow);
  if (recent.length >= messagesInWindow && oldest !== undefined) return oldest + windowMs;
  return last + (gapsMs[recent.length - 1] ?? windowMs);
}

/** What of the moments still matters. */
export function recentOnly(sentAt: readonly number[], now: number): readonly number[] {
  return sentAt.filter((at) => now - at < windowMs);
}

const shortestRetryMs = 1000;
const longestRetryMs = 600_000;
/** A receiver that asks for more is asked again after so long. */
const longestAskedMs = 3_600_000;

/**
 * Before the try that follows the `failures`-th failure in a row. Any delay between the shortest and twice the one before,
 * so that many senders do not come back together; never before what the receiver asked for. `chance`: 0 up to, not including, 1.
 */
export function retryDelay(failures: number, askedMs: number | null, chance: number): number {
  const ceiling = Math.min(longestRetryMs, shortestRetryMs * 2 ** Math.min(failures, 20));
  const own = shortestRetryMs + chance * (ceiling - shortestRetryMs);
  const asked = askedMs === null || !Number.isFinite(askedMs) ? 0 : Math.min(Math.max(0, askedMs), longestAskedMs);
  return Math.round(Math.max(own, asked));
}

/** After so long nothing more is tried, but no sooner than after three tries. */
export const lifeMs = 72 * 3_600_000;
export const leastAttempts = 3;
