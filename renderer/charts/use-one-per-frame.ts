import { useEffect, useState } from 'react';

/**
 * Hands a list on one item per frame, so that no frame has to draw all of them. An item that is still to come stays what
 * it was; null before its first turn.
 */
export function useOnePerFrame<T>(items: readonly T[] | null): readonly (T | null)[] {
  const [shown, setShown] = useState<readonly (T | null)[]>([]);
  useEffect(() => {
    if (items === null) return;
    let next = 0;
    let frame = 0;
    const turn = (): void => {
      const index = next;
      next += 1;
      setShown((before) => items.map((item, place) => (place <= index ? item : (before[place] ?? null))));
      if (next < items.length) frame = requestAnimationFrame(turn);
    };
    frame = requestAnimationFrame(turn);
    return () => cancelAnimationFrame(frame);
  }, [items]);
  return shown;
}
