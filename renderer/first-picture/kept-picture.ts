import { type Picture, pictureOf } from './picture.ts';

const key = 'first-picture';
/** In characters. A window full of machines takes some sixty thousand. */
const most = 500_000;

/** The picture that was kept last; null where there is none that can be drawn. */
export function keptPicture(): Picture | null {
  try {
    const text = window.localStorage.getItem(key);
    return text === null ? null : pictureOf(text);
  } catch {
    return null;
  }
}

/** Keeps a picture for the next start, in the profile of this window; null forgets the one there is. Never throws. */
export function keepPicture(picture: Picture | null): void {
  try {
    const text = picture === null ? '' : JSON.stringify(picture);
    if (text === '' || text.length > most) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, text);
  } catch {
    // The next start waits for the engine.
  }
}
