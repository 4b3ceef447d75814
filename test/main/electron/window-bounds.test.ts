import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openingBounds, usualWindow, windowBoundsIn } from '../../../main/electron/window-bounds.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'vigil-bounds-'));
const file = path.join(folder, 'window.json');
afterEach(() => rmSync(file, { force: true }));

test('what was written is read again, by its owner alone', () => {
  windowBoundsIn(folder).write({ x: 10, y: 20, width: 1000, height: 700 });
  expect(windowBoundsIn(folder).read()).toEqual({ x: 10, y: 20, width: 1000, height: 700 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each([
  '',
  'no json',
  '{}',
  '[]',
  'null',
  '{"x":1e99,"y":0,"width":1,"height":1}',
  '{"x":"1","y":0,"width":1,"height":1}',
])('a file that says %j is as good as none', (text) => {
  writeFileSync(file, text);
  expect(windowBoundsIn(folder).read()).toBeNull();
});

test('a folder that cannot be written is no fault', () => {
  writeFileSync(file, 'in the way');
  chmodSync(file, 0o400);
  expect(() => windowBoundsIn(path.join(file, 'below')).write({ x: 0, y: 0, width: 1, height: 1 })).not.toThrow();
  expect(readFileSync(file, 'utf8')).toBe('in the way');
});

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
test.each([
  ['nothing remembered', null, usualWindow],
  ['inside the screen', { x: 10, y: 20, width: 1000, height: 700 }, { x: 10, y: 20, width: 1000, height: 700 }],
  ['smaller than we draw', { x: 10, y: 20, width: 10, height: 10 }, { x: 10, y: 20, width: 900, height: 600 }],
  [
    'mostly off the side, still to be caught',
    { x: 1700, y: 0, width: 1000, height: 700 },
    { x: 1700, y: 0, width: 1000, height: 700 },
  ],
  ['on a screen that is gone', { x: 5000, y: 0, width: 1000, height: 700 }, usualWindow],
  ['title bar above the screen', { x: 0, y: -500, width: 1000, height: 700 }, usualWindow],
  ['title bar below the screen', { x: 0, y: 1070, width: 1000, height: 700 }, usualWindow],
])('a window opens sensibly: %s', (_what, remembered, bounds) => {
  expect(openingBounds(remembered, [screen])).toEqual(bounds);
});
