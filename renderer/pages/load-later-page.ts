import type { LaterPage } from './later-page.tsx';

/** Every page but the first one. */
export async function loadLaterPage(): Promise<{ readonly LaterPage: typeof LaterPage }> {
  return import('./later-page.tsx');
}
