import { useEffect } from 'react';
import { activityHref, alertsHref, fleetHref, forecastsHref, go, hooksHref, settingsHref } from '../route.ts';
import { isTaken } from './shortcuts.ts';

const places: Readonly<Record<string, string>> = {
  f: fleetHref,
  a: alertsHref,
  o: forecastsHref,
  c: activityHref,
  h: hooksHref,
  s: settingsHref,
};
const secondKeyWithinMs = 1200;

/** G and a letter go to a page; F6 goes to the next region of the window. */
export function useWindowKeys(): void {
  useEffect(() => {
    let pressedG = Number.NEGATIVE_INFINITY;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'F6') {
        event.preventDefault();
        focusRegion(event.shiftKey ? -1 : 1);
        return;
      }
      if (isTaken(event.target) || document.querySelector('.scrim') !== null) return;
      const key = event.key.toLowerCase();
      const href = event.timeStamp - pressedG < secondKeyWithinMs ? places[key] : undefined;
      pressedG = key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (href === undefined) return;
      event.preventDefault();
      go(href);
    };
    // Before the pages, so that the second letter is not also a key of the page.
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, []);
}

function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(here + step + regions.length) % regions.length];
  next?.querySelector<HTMLElement>('a[href], button, input, [tabindex="0"]')?.focus();
}
