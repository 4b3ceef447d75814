import { useCallback, useState } from 'react';

/**
 * One of a few ways to look at a page, kept for the next time on this computer. What was kept and is no choice any more,
 * or cannot be kept, is the first choice.
 */
export function useKept<T extends string>(key: string, choices: readonly T[]): readonly [T, (next: T) => void] {
  const [value, setValue] = useState<T>(() => keptChoice(key, choices));
  const keep = useCallback(
    (next: T) => {
      setValue(next);
      try {
        window.localStorage.setItem(key, next);
      } catch {
        // It holds for as long as the page does.
      }
    },
    [key],
  );
  return [value, keep];
}

function keptChoice<T extends string>(key: string, choices: readonly T[]): T {
  const [first] = choices;
  if (first === undefined) throw new Error('There is nothing to choose from.');
  try {
    const kept = window.localStorage.getItem(key);
    return choices.find((choice) => choice === kept) ?? first;
  } catch {
    return first;
  }
}
