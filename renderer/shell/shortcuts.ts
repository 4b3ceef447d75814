import { useEffect, useRef } from 'react';

/** Keys of the whole window. Single keys are off while a field has the focus or a layer lies above the page. */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** `k`, `Escape`, `mod+k` (Ctrl, on macOS Cmd). */
export function matchesShortcut(press: KeyPress, shortcut: string): boolean {
  const needsMod = shortcut.startsWith('mod+');
  const key = needsMod ? shortcut.slice(4) : shortcut;
  const pressed = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return pressed === key && (press.ctrlKey || press.metaKey) === needsMod && !press.altKey;
}

/** What happens inside an editor is seen from here as happening to the editor. */
const typed = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], .code-editor';

/** Whether a key belongs to something nearer than the window. */
export function isTaken(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(`${typed}, .layer`) !== null;
}

/** `mod+` shortcuts also work while typing. The youngest listener of a key wins. */
export function useShortcut(shortcut: string, act: () => void): void {
  const now = useRef(act);
  now.current = act;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || !matchesShortcut(event, shortcut)) return;
      if (!shortcut.startsWith('mod+') && (isTaken(event.target) || document.querySelector('.scrim') !== null)) return;
      event.preventDefault();
      now.current();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [shortcut]);
}
