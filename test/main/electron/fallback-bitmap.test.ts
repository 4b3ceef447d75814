import { expect, test } from 'vitest';
import { fallbackBitmap } from '../../../main/electron/fallback-bitmap.ts';
import { trayIcons } from '../../../main/electron/tray-view.ts';

const picture = (icon: (typeof trayIcons)[number], theme: 'light' | 'dark') =>
  Buffer.from(fallbackBitmap(icon, theme).pixels).toString('base64');

test('every state is distinct in shape, not in colour alone', () => {
  const shapes = trayIcons.map((icon) => {
    const { pixels } = fallbackBitmap(icon, 'light');
    return pixels.filter((_, index) => index % 4 === 3).join('');
  });
  expect(new Set(shapes).size).toBe(trayIcons.length);
});

test.each(trayIcons)('%s can be seen on a light and on a dark panel', (icon) => {
  const { width, height, pixels } = fallbackBitmap(icon, 'dark');
  expect(pixels.length).toBe(width * height * 4);
  expect(pixels.filter((value, index) => index % 4 === 3 && value > 0).length).toBeGreaterThan(40);
  expect(picture(icon, 'light')).not.toBe(picture(icon, 'dark'));
});
