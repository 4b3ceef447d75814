import { expect, it } from 'vitest';
import {
  lineOfTomlKey,
  removeTomlTable,
  renameTomlTable,
  setTomlValue,
} from '../../../../main/adapters/files/edit-toml.ts';

const set = (text: string) => setTomlValue(text, ['desktop'], 'theme', 'dark');

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

it.each([
  ['[vms.web]\nenabled = true\n', ['vms', 'web'], '[vms.web]\nenabled = false\n'],
  ['[vms."a.b"]\nenabled = true # on\n', ['vms', 'a.b'], '[vms."a.b"]\nenabled = false # on\n'],
  ["[ vms . 'a.b' ]\n", ['vms', 'a.b'], "[ vms . 'a.b' ]\nenabled = false\n"],
  ['[vms."a\\"b"]\n', ['vms', 'a"b'], '[vms."a\\"b"]\nenabled = false\n'],
  ['[vms]\nweb.enabled = true\n', ['vms', 'web'], '[vms]\nweb.enabled = false\n'],
  ['vms.web.enabled = true\n', ['vms', 'web'], 'vms.web.enabled = false\n'],
  ['', ['vms', 'a.b'], '[vms."a.b"]\nenabled = false\n'],
  ['[vms.a.b]\n', ['vms', 'a.b'], '[vms.a.b]\n\n[vms."a.b"]\nenabled = false\n'],
  ['[vms.webs]\nenabled = true\n', ['vms', 'web'], '[vms.webs]\nenabled = true\n\n[vms.web]\nenabled = false\n'],
  ['[vms.a]\nx = 1\n# about b\n[vms.b]\n', ['vms', 'a'], '[vms.a]\nx = 1\nenabled = false\n# about b\n[vms.b]\n'],
])('in %j, of table %j, a key is set: %j', (before, table, after) =>
  expect(setTomlValue(before, table, 'enabled', false)).toBe(after),
);

it.each([
  ['[vms.a]\nx = 1\n\n[vms.b]\ny = 2\n', '[vms.b]\ny = 2\n'],
  ['# all\n\n[vms.a]\n# mine\nx = 1 # one\n# about b\n[vms.b]\ny = 2\n', '# all\n\n# about b\n[vms.b]\ny = 2\n'],
  ['[vms.b]\ny = 2\n\n[vms.a]\nx = 1\n\n# the end\n', '[vms.b]\ny = 2\n\n# the end\n'],
  ['[vms]\na.x = 1\nb.y = 2\n', '[vms]\nb.y = 2\n'],
  ['[vms.a.hooks]\nz = 1\n[vms.ab]\n', '[vms.ab]\n'],
  ['[vms.b]\r\ny = 2\r\n', '[vms.b]\r\ny = 2\r\n'],
  ['', ''],
])('%j without the table vms.a is %j', (before, after) => expect(removeTomlTable(before, ['vms', 'a'])).toBe(after));

it.each([
  ['# a\n[vms.a] # mine\nx = 1\n[vms.b]\n', '# a\n[vms."n.1"] # mine\nx = 1\n[vms.b]\n'],
  ['[vms.a]\r\n[ vms.a.hooks ]\r\nz = 1\r\n', '[vms."n.1"]\r\n[vms."n.1".hooks]\r\nz = 1\r\n'],
  ['[vms]\na.x = 1\n', '[vms]\na.x = 1\n'],
  ['[vms.ab]\n', '[vms.ab]\n'],
])('%j with the table vms.a under another name is %j', (before, after) =>
  expect(renameTomlTable(before, ['vms', 'a'], ['vms', 'n.1'])).toBe(after),
);

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
  ['[vms."a.b"]\nenabled = 1\n', ['vms', 'a.b', 'enabled'], 2],
  ['[vms.a.b]\nenabled = 1\n', ['vms', 'a.b', 'enabled'], null],
  ['x = 1\n[daemon.recovery]\n', ['daemon'], 2],
])('in %j the key %j stands in line %j', (text, place, line) => expect(lineOfTomlKey(text, place)).toBe(line));
