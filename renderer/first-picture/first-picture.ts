import { shortTime } from '../format/times.ts';
import { drawPicture } from './draw-picture.ts';
import { keptPicture } from './kept-picture.ts';
import type { Picture } from './picture.ts';

/**
 * How the fleet was last seen, in front of a page that still waits for its engine. It says of when it is, nothing in it can
 * be pressed, and it goes as soon as the fleet itself is drawn, or a person does anything.
 */

let shown: HTMLElement | null = null;
let openedWith: Picture['theme'] | null = null;

/** As the app opens it. The part of the address that tells the pages apart; what reads it needs all of React. */
const fleet = '#/';

const acts = ['keydown', 'pointerdown', 'wheel', 'hashchange'] as const;

/** Draws what was kept, where the window opens with the fleet. Whether there was anything. */
export function showFirstPicture(): boolean {
  const picture = window.location.hash === fleet ? keptPicture() : null;
  if (picture === null) return false;
  const element = document.createElement('div');
  element.className = 'first-picture stale';
  element.inert = true;
  element.setAttribute('aria-hidden', 'true');
  for (const [token, face] of Object.entries(picture.faces)) element.style.setProperty(token, face);
  element.append(drawPicture(picture.parts));
  element.querySelector('.top-title')?.append(ofWhen(picture.takenAt));
  // Of all that it says this alone is known to be otherwise.
  element.querySelector('.rail-engine')?.replaceChildren('Reaching the engine');
  document.documentElement.dataset.theme = themeOf(picture);
  document.body.append(element);
  shown = element;
  openedWith = picture.theme;
  for (const act of acts) window.addEventListener(act, liftFirstPicture, { capture: true, once: true });
  return true;
}

export function isFirstPictureShown(): boolean {
  return shown !== null;
}

/** Takes it away; nothing where there is none. */
export function liftFirstPicture(): void {
  shown?.remove();
  shown = null;
  for (const act of acts) window.removeEventListener(act, liftFirstPicture, { capture: true });
}

/** The setting for the theme when the first picture was taken; null where none was shown. */
export function themeOfFirstPicture(): Picture['theme'] | null {
  return openedWith;
}

function themeOf({ theme }: Picture): 'light' | 'dark' {
  if (theme !== 'system') return theme;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function ofWhen(takenAt: number): HTMLElement {
  const words = document.createElement('span');
  words.className = 'first-picture-when';
  words.textContent = `as it was at ${shortTime(takenAt, Date.now())}`;
  return words;
}
