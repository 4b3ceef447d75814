/** From one round of readings to the next, in seconds: what + and - step through. */
export const intervalSteps: readonly number[] = [10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** The next shorter interval, or the next longer one; null where there is none. */
export function stepInterval(seconds: number, direction: 'faster' | 'slower'): number | null {
  const found =
    direction === 'faster'
      ? intervalSteps.findLast((step) => step < seconds)
      : intervalSteps.find((step) => step > seconds);
  return found ?? null;
}
