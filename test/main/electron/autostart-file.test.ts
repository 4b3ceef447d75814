import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { autostartEntry } from '../../../main/electron/autostart-entry.ts';
import { autostartFolder, removeAutostartEntry, writeAutostartEntry } from '../../../main/electron/autostart-file.ts';

const entry = { command: ['/opt/vigil/vigil', '--hidden'], icon: null, home: '/home/me/.vigil' } as const;
let config: string;
let file: string;

beforeEach(() => {
  config = mkdtempSync(path.join(tmpdir(), 'vigil-config-'));
  file = path.join(config, 'autostart', 'vigil.desktop');
});
afterEach(() => rmSync(config, { recursive: true, force: true }));

test('a relative XDG_CONFIG_HOME counts as absent', () => {
  expect(autostartFolder({ XDG_CONFIG_HOME: 'here' }, '/home/me')).toBe('/home/me/.config/autostart');
  expect(autostartFolder({}, '/home/me')).toBe('/home/me/.config/autostart');
  expect(autostartFolder({ XDG_CONFIG_HOME: '/x' }, '/home/me')).toBe('/x/autostart');
});

test('is written whole, for us alone, with nothing beside it', () => {
  writeAutostartEntry(file, entry, true);
  expect(readFileSync(file, 'utf8')).toBe(autostartEntry(entry));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(readdirSync(path.dirname(file))).toEqual(['vigil.desktop']);
});

test('follows the app to another place, and goes', () => {
  writeAutostartEntry(file, entry, true);
  writeAutostartEntry(file, { ...entry, command: ['/new/vigil', '--hidden'] }, false);
  expect(readFileSync(file, 'utf8')).toContain('Exec=/new/vigil --hidden');
  removeAutostartEntry(file, entry.home);
  expect(existsSync(file)).toBe(false);
  removeAutostartEntry(file, entry.home);
});

test('a file of somebody else is neither overwritten nor removed', () => {
  mkdirSync(path.dirname(file));
  writeFileSync(file, '[Desktop Entry]\nExec=/my/own\n');
  expect(() => writeAutostartEntry(file, entry, true)).toThrow('was not made by Vigil and is left alone');
  removeAutostartEntry(file, entry.home);
  expect(readFileSync(file, 'utf8')).toBe('[Desktop Entry]\nExec=/my/own\n');
});

test('a link is left alone, and so is what it leads to', () => {
  mkdirSync(path.dirname(file));
  const elsewhere = path.join(config, 'dotfile');
  writeFileSync(elsewhere, autostartEntry(entry));
  symlinkSync(elsewhere, file);
  expect(() => writeAutostartEntry(file, entry, true)).toThrow('left alone');
  removeAutostartEntry(file, entry.home);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
});

test('what was switched off in the desktop stays off until someone asks for it again', () => {
  writeAutostartEntry(file, entry, true);
  const off = `${readFileSync(file, 'utf8')}Hidden=true\n`;
  writeFileSync(file, off);
  writeAutostartEntry(file, entry, false);
  expect(readFileSync(file, 'utf8')).toBe(off);
  writeAutostartEntry(file, entry, true);
  expect(readFileSync(file, 'utf8')).toBe(autostartEntry(entry));
});

test('a folder that cannot be made is told, and nothing is left', () => {
  writeFileSync(path.join(config, 'autostart'), 'a file in the way');
  expect(() => writeAutostartEntry(file, entry, true)).toThrow('could not be changed: ENOTDIR');
});
