import { setTimeout as pause } from 'node:timers/promises';

type Truthy<T> = Exclude<T, false | null | undefined | '' | 0>;

const shortestPollMs = 10;

/**
 * Asks until the answer is truthy and hands it over; an error means: not yet. For what another process does and nobody
 * announces. Fails after `limitMs`, telling `what` and the last answer. Where it takes minutes and an answer costs something,
 * `pollMs` leaves the processor to what is waited for.
 */
export async function eventually<T>(
  what: string,
  question: () => T | Promise<T>,
  limitMs = 15_000,
  pollMs = shortestPollMs,
): Promise<Truthy<Awaited<T>>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await attempt(question);
    if ('value' in answer && answer.value) return answer.value as Truthy<Awaited<T>>;
    if (performance.now() > deadline) {
      const last = 'value' in answer ? JSON.stringify(answer.value) : String(answer.error);
      throw new Error(`Waited ${limitMs} ms in vain for ${what}. Last answer: ${last}`);
    }
    await pause(pollMs);
  }
}

async function attempt<T>(question: () => T | Promise<T>): Promise<{ value: Awaited<T> } | { error: unknown }> {
  try {
    return { value: await question() };
  } catch (error) {
    return { error };
  }
}
