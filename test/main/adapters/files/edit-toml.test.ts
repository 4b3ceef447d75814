import { expect, it } from 'vitest';
import { lineOfTomlKey, setTomlValue } from '../../../../main/adapters/files/edit-toml.ts';

const set = (text: string) => setTomlValue(text, 'desktop', 'theme', 'dark');

it.each([
  ['', '[desktop]\ntheme = "dark"\n'],
  ['[recovery]\nstop_seconds = 5\n', '[recovery]\nstop_seconds = 5\n\n[desktop]\ntheme = "dark"\n'],
  ['[recovery]\nstop_seconds = 5', '[recovery]\nstop_seconds = 5\n\n[desktop]\ntheme = "dark"\n'],
  ['[desktop]\ntheme = "light" # mine\n', '[desktop]\ntheme = "dark" # mine\n'],
  ["[ desktop ] # look\n  theme   =   'light'\n", '[ desktop ] # look\n  theme   =   "dark"\n'],
  ['[desktop]\r\ntheme = "light"\r\n', '[desktop]\r\ntheme = "dark"\r\n'],
  ['[desktop]\n# theme = "light"\n\n[recovery]\n', '[desktop]\n# theme = "light"\ntheme = "dark"\n\n[recovery]\n'],
  ['[a]\ntheme = 1\n[desktop]\n[b]\ntheme = 2\n', '[a]\ntheme = 1\n[desktop]\ntheme = "dark"\n[b]\ntheme = 2\n'],
  ['desktop.theme = "light"\n[a]\n', 'desktop.theme = "dark"\n[a]\n'],
  ['[desktop]\ntheme = "a\\"b#c" # x\n', '[desktop]\ntheme = "dark" # x\n'],
])('%j becomes %j', (before, after) => expect(set(before)).toBe(after));

it.each(['[desktop]\ntheme = """light"""\n', '[desktop]\ntheme = [\n"light"]\n', '[desktop]\ntheme = "light" junk\n'])(
  '%j is left to a person',
  (before) => expect(set(before)).toBeNull(),
);

it.each([
  ['a = 1\n[recovery]\nstop_seconds = 5\n[x]\nstop_seconds = 9\n', ['recovery', 'stop_seconds'], 3],
  ['recovery.stop_seconds = 5\n', ['recovery', 'stop_seconds'], 1],
  ['[recovery]\n"stop_seconds"=5\n', ['recovery', 'stop_seconds'], 2],
  ['\n[recoveri]\nx = 1\n', ['recoveri'], 2],
  ['recoveri = 1\n', ['recoveri'], 1],
  ['[recovery]\n', ['recovery', 'stop_seconds'], null],
])('in %j the key %j stands in line %j', (text, place, line) => expect(lineOfTomlKey(text, place)).toBe(line));
