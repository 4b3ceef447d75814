import { useSyncExternalStore } from 'react';

/** One clock for all ages on the page. It ticks once a second while anything listens and the window can be seen. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

function tick(): void {
  timer = undefined;
  if (document.visibilityState === 'visible') for (const listener of [...listeners]) listener();
  schedule();
}

function schedule(): void {
  if (timer !== undefined || listeners.size === 0) return;
  timer = setTimeout(tick, 1000 - (Date.now() % 1000));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  document.addEventListener('visibilitychange', listener);
  schedule();
  return () => {
    listeners.delete(listener);
    document.removeEventListener('visibilitychange', listener);
    if (listeners.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

/** Text that depends on the time. The component is drawn again only when the text changes. */
export function useTimely(textAt: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => textAt(Date.now()));
}
