import { useRef } from 'react';

/** A value that stands still while it is held, and is the present one otherwise. */
export function useHeld<T>(value: T, isHeld: boolean): T {
  const kept = useRef(value);
  if (!isHeld) kept.current = value;
  return kept.current;
}
