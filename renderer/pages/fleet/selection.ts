import { useCallback, useMemo, useRef, useState } from 'react';

/** Which machines are picked. Ids stay picked when a filter hides them from sight, and leave when their machine does. */
export interface Selection {
  readonly size: number;
  readonly ids: ReadonlySet<string>;
  has(id: string): boolean;
  toggle(id: string): void;
  /** Toggles; extended, picks everything between the last one picked and this one. */
  choose(id: string, extend: boolean): void;
  /** Picks everything between the last one picked and this one, both included. */
  extend(id: string): void;
  setAll(ids: readonly string[]): void;
  clear(): void;
}

/** The ids from one to another, in the order shown; just the second where the first is not shown. */
export function between(order: readonly string[], from: string | null, to: string): readonly string[] {
  const start = from === null ? -1 : order.indexOf(from);
  const end = order.indexOf(to);
  if (start === -1 || end === -1) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}

export function useSelection(order: readonly string[]): Selection {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const orderNow = useRef(order);
  orderNow.current = order;
  const anchor = useRef<string | null>(null);

  const toggle = useCallback((id: string) => {
    anchor.current = id;
    setPicked((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const extend = useCallback((id: string) => {
    const range = between(orderNow.current, anchor.current, id);
    anchor.current ??= id;
    setPicked((before) => new Set([...before, ...range]));
  }, []);
  const choose = useCallback((id: string, far: boolean) => (far ? extend(id) : toggle(id)), [extend, toggle]);
  const setAll = useCallback((ids: readonly string[]) => setPicked(new Set(ids)), []);
  const clear = useCallback(() => {
    anchor.current = null;
    setPicked(new Set());
  }, []);

  return useMemo(
    () => ({
      size: picked.size,
      ids: picked,
      has: (id: string) => picked.has(id),
      toggle,
      choose,
      extend,
      setAll,
      clear,
    }),
    [picked, toggle, choose, extend, setAll, clear],
  );
}
