import type { TrayIcon } from './tray-view.ts';

export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** Blue, green, red, alpha per pixel, row by row. */
  readonly pixels: Uint8Array;
}

const size = 22;
const middle = (size - 1) / 2;

/** Distance from the middle, 0 to 1 at the edge of the drawing. */
const round = (x: number, y: number) => Math.hypot(x, y);

const shapes: Record<TrayIcon, (x: number, y: number) => boolean> = {
  calm: (x, y) => round(x, y) <= 1 && round(x, y) >= 0.65,
  working: (x, y) => round(x, y) <= 1 && (x < 0 || round(x, y) >= 0.65),
  attention: (x, y) => y <= 0.85 && Math.abs(x) <= (y + 1) / 2,
  alarm: (x, y) => round(x, y) <= 1,
  asleep: (x, y) => Math.abs(y) <= 0.2 && Math.abs(x) <= 1,
};

const colours = { light: [0x1e, 0x19, 0x15], dark: [0xee, 0xee, 0xee] } as const;

/** A plain shape per state, for an installation whose pictures are missing. */
export function fallbackBitmap(icon: TrayIcon, theme: 'light' | 'dark'): Bitmap {
  const pixels = new Uint8Array(size * size * 4);
  const [blue, green, red] = colours[theme];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const inside = shapes[icon]((column - middle) / (middle - 1), (row - middle) / (middle - 1));
      if (inside) pixels.set([blue, green, red, 255], (row * size + column) * 4);
    }
  }
  return { width: size, height: size, pixels };
}
