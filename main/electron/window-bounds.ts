import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** In device-independent pixels. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const smallestWindow = { width: 900, height: 600 } as const;
export const usualWindow = { width: 1200, height: 780 } as const;

export interface WindowBounds {
  /** Null when nothing usable was remembered. */
  read(): Bounds | null;
  /** Losing it costs nothing: never throws. */
  write(bounds: Bounds): void;
}

/** Remembers where the window was, in `folder`. */
export function windowBoundsIn(folder: string): WindowBounds {
  const file = path.join(folder, 'window.json');
  return {
    read: () => {
      try {
        return boundsOf(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        return null;
      }
    },
    write: (bounds) => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const next = `${file}.next`;
        writeFileSync(next, JSON.stringify(bounds), { mode: 0o600 });
        renameSync(next, file);
      } catch {
        // The window opens in its usual place next time.
      }
    },
  };
}

function boundsOf(saved: Readonly<Record<string, unknown>>): Bounds | null {
  const [x, y, width, height] = [saved.x, saved.y, saved.width, saved.height];
  return isPixels(x) && isPixels(y) && isPixels(width) && isPixels(height) ? { x, y, width, height } : null;
}

function isPixels(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(Number(value)) <= 100_000;
}

/**
 * What to open with: the remembered bounds when enough of them lies on a screen that is there now (a person must be able
 * to reach the title bar), else the usual size, centred by the system.
 */
export function openingBounds(remembered: Bounds | null, screens: readonly Bounds[]): Bounds | typeof usualWindow {
  if (remembered === null) return usualWindow;
  const width = Math.max(remembered.width, smallestWindow.width);
  const height = Math.max(remembered.height, smallestWindow.height);
  const { x, y } = remembered;
  const reachable = screens.some(
    (screen) =>
      y >= screen.y &&
      y < screen.y + screen.height - 40 &&
      Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x) >= 200,
  );
  return reachable ? { x, y, width, height } : { ...usualWindow };
}
