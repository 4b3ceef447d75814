import { useSyncExternalStore } from 'react';
import { isInSight, onSight } from '../client/page-sight.ts';

/** One clock for all ages on the page. It ticks once a second while anything listens and the page is in sight. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let unwatch: (() => void) | undefined;

function tick(): void {
  timer = undefined;
  for (const listener of [...listeners]) listener();
  schedule();
}

function schedule(): void {
  if (timer !== undefined || listeners.size === 0 || !isInSight()) return;
  timer = setTimeout(tick, 1000 - (Date.now() % 1000));
}

/** Out of sight no timer is left; back in sight every age is told at once. */
function sightChanged(): void {
  clearTimeout(timer);
  timer = undefined;
  if (isInSight()) tick();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  unwatch ??= onSight(sightChanged);
  schedule();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    unwatch?.();
    unwatch = undefined;
    clearTimeout(timer);
    timer = undefined;
  };
}

/** Text that depends on the time. The component is drawn again only when the text changes. */
export function useTimely(textAt: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => textAt(Date.now()));
}
