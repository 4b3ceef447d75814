import { useSyncExternalStore } from 'react';

/** What a canvas needs of the theme in force; the same object until theme or display change. */
export interface SparkInk {
  readonly line: string;
  readonly ground: string;
  /** Device pixels per pixel of the page. */
  readonly density: number;
}

/** Reads the tokens once per theme and density, not once per line. */
function createInkStore() {
  const known = new Map<string, SparkInk>();
  return {
    get: (): SparkInk => {
      const density = window.devicePixelRatio || 1;
      const key = `${document.documentElement.dataset.theme ?? ''} ${density}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const tokens = getComputedStyle(document.documentElement);
      const ink = {
        line: tokens.getPropertyValue('--spark').trim(),
        ground: tokens.getPropertyValue('--line').trim(),
        density,
      };
      known.set(key, ink);
      return ink;
    },
    subscribe: (changed: () => void): (() => void) => {
      const observer = new MutationObserver(changed);
      observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
      // Another density comes as another size of the window.
      window.addEventListener('resize', changed);
      return () => {
        observer.disconnect();
        window.removeEventListener('resize', changed);
      };
    },
  };
}

const store = createInkStore();

export function useSparkInk(): SparkInk {
  return useSyncExternalStore(store.subscribe, store.get);
}
