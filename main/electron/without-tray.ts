import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Notifications } from './notifications.ts';

/** As main/assemble.ts answers it. */
type TrayHost = 'present' | 'absent' | 'unknown';

/** At login the panel may come up after the app: that long it is given, in steps. */
const patienceMs = [1000, 2000, 4000] as const;

export interface WithoutTrayParts {
  /** Bounded; never rejects. */
  find(): Promise<TrayHost>;
  pause(delayMs: number): Promise<void>;
  /** Folder of the app's own files in the data home. */
  readonly folder: string;
  readonly notifications: Notifications;
  /** Brings the window to the front. */
  show(): void;
  /** A tray has come to a desktop that had none: the icon has to be put there. */
  arrived(): void;
}

/** What the app does on a desktop that has no place for tray icons. */
export interface WithoutTray {
  /** As found last. A desktop that cannot be asked is taken to have a tray. */
  readonly hasTray: boolean;
  /**
   * Asks the desktop anew. Where there is no tray it waits some seconds for one to come, and then says so, once per data
   * home. Answers whether there is one.
   */
  look(): Promise<boolean>;
}

const saidFile = 'told-no-tray';

export function createWithoutTray({ find, pause, ...parts }: WithoutTrayParts): WithoutTray {
  const { folder, notifications, show, arrived } = parts;
  let hasTray = true;
  let looking: Promise<boolean> | null = null;

  async function look(): Promise<boolean> {
    const had = hasTray;
    await ask();
    if (!had || hasTray) return hasTray;
    for (const delayMs of patienceMs) {
      await pause(delayMs);
      if (await ask()) return true;
    }
    sayOnce();
    return false;
  }

  async function ask(): Promise<boolean> {
    const had = hasTray;
    hasTray = (await find()) !== 'absent';
    if (hasTray && !had) arrived();
    return hasTray;
  }

  function sayOnce(): void {
    const file = path.join(folder, saidFile);
    if (!notifications.supported || existsSync(file)) return;
    notifications.show({
      key: 'no tray',
      title: 'This desktop has no tray',
      body: 'Vigil stays in the list of windows: closing its window only minimises it. Ctrl+Q quits.',
      critical: false,
      clicked: show,
      // Only what was shown counts as said.
      shown: () => remember(file),
    });
  }

  return {
    get hasTray() {
      return hasTray;
    },
    look: () => {
      looking ??= look().finally(() => {
        looking = null;
      });
      return looking;
    },
  };
}

function remember(file: string): void {
  try {
    writeFileSync(file, '', { mode: 0o600 });
  } catch {
    // It is said once more at the next start.
  }
}
