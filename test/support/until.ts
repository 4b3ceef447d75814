import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, never for a time. Fails after `limitMs`, saying what it waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain: ${what}`);
    await sleep(5);
  }
}
