import { formatTomlKey, formatTomlText, readTomlKey } from './toml-key.ts';

/** Changing single keys of a TOML text without touching anything else in it. Works line by line; the caller reads the
 * result again, because what looks like a key may stand in a text of several lines. */

/** A value that fits on one line. */
export type TomlValue = string | number | boolean | readonly (string | number)[];

/** One-line values only: what else there may be is for a person to edit. */
const oneLineValue =
  /^(?:"(?:[^"\\]|\\.)*"(?!")|'[^']*'(?!')|[+-]?[\w.+:-]+|\[(?:[\w\s,.+:-]|"(?:[^"\\]|\\.)*"|'[^']*')*\])/;

/**
 * The text with `key` of `[table]` set, everything else as it was; null when the present value is of a kind that this
 * does not understand.
 */
export function setTomlValue(text: string, table: readonly string[], key: string, value: TomlValue): string | null {
  const { lines, lineEnd } = split(text);
  const written = formatTomlValue(value);
  const read = readLines(lines);
  const place = [...table, key];
  const present = read.findIndex((line) => line.kind === 'key' && isSame(line.path, place));
  if (present >= 0) return replaced(lines, present, read[present]?.valueAt ?? 0, written, lineEnd);
  const start = headerOf(read, table);
  if (start < 0) return `${addTomlTable(text, table)}${formatTomlKey([key])} = ${written}${lineEnd}`;
  const last = lastOf(lines, read, start);
  return [...lines.slice(0, last + 1), `${formatTomlKey([key])} = ${written}`, ...lines.slice(last + 1)].join(lineEnd);
}

/**
 * The text without `key` of `[table]`, everything else as it was; null when the present value is of a kind that this does
 * not understand.
 */
export function removeTomlValue(text: string, table: readonly string[], key: string): string | null {
  const { lines, lineEnd } = split(text);
  const read = readLines(lines);
  const place = [...table, key];
  const present = read.findIndex((line) => line.kind === 'key' && isSame(line.path, place));
  if (present < 0) return text;
  // What could be replaced stands on this one line.
  if (replaced(lines, present, read[present]?.valueAt ?? 0, '0', lineEnd) === null) return null;
  return lines.filter((_, index) => index !== present).join(lineEnd);
}

/** The text with an empty `[table]` at its end. */
export function addTomlTable(text: string, table: readonly string[]): string {
  const { lineEnd } = split(text);
  const body = text === '' || text.endsWith('\n') ? text : `${text}${lineEnd}`;
  return `${body}${body === '' ? '' : lineEnd}[${formatTomlKey(table)}]${lineEnd}`;
}

/** The text without `[table]` and every key in it. Comments stay where they belong to nothing that goes. */
export function removeTomlTable(text: string, table: readonly string[]): string {
  const { lines, lineEnd } = split(text);
  const read = readLines(lines);
  const goes = new Set<number>();
  for (const [index, line] of read.entries()) {
    if (line.kind === 'key' && isWithin(line.path, table)) goes.add(index);
    if (line.kind !== 'header' || !isWithin(line.path, table)) continue;
    const last = lastOf(lines, read, index);
    for (let at = index; at <= last; at += 1) goes.add(at);
    // The blank lines that kept it apart from the next one.
    if (last + 1 < lines.length - 1 && (lines[last + 1] ?? '').trim() === '') goes.add(last + 1);
  }
  return lines.filter((_, index) => !goes.has(index)).join(lineEnd);
}

/** The text with `[table]`, and the tables below it, under another name; keys, comments and order stay. */
export function renameTomlTable(text: string, table: readonly string[], name: readonly string[]): string {
  const { lines, lineEnd } = split(text);
  const read = readLines(lines);
  return lines
    .map((line, index) => {
      const { kind, path, valueAt } = read[index] ?? { kind: 'other', path: [], valueAt: 0 };
      if (kind !== 'header' || !isWithin(path, table)) return line;
      const opening = /^[ \t]*\[\[?/.exec(line)?.[0] ?? '[';
      return `${opening}${formatTomlKey([...name, ...path.slice(table.length)])}${line.slice(valueAt)}`;
    })
    .join(lineEnd);
}

export function formatTomlValue(value: TomlValue): string {
  if (typeof value === 'string') return formatTomlText(value);
  if (typeof value !== 'object') return String(value);
  return `[${value.map(formatTomlValue).join(', ')}]`;
}

/** 1-based line of a key or table, or of the first thing in it, as far as lines tell; null when it is not found. */
export function lineOfTomlKey(text: string, place: readonly string[]): number | null {
  if (place.length === 0) return null;
  const index = readLines(split(text).lines).findIndex((line) => line.kind !== 'other' && isWithin(line.path, place));
  return index < 0 ? null : index + 1;
}

interface TomlLine {
  readonly kind: 'header' | 'key' | 'other';
  /** From the root of the file on. */
  readonly path: readonly string[];
  /** Where the value of a key begins; of a table, where its name ends. */
  readonly valueAt: number;
}

function readLines(lines: readonly string[]): readonly TomlLine[] {
  let table: readonly string[] = [];
  return lines.map((line): TomlLine => {
    const opening = /^[ \t]*\[\[?/.exec(line)?.[0];
    if (opening !== undefined) {
      const key = readTomlKey(line.slice(opening.length));
      const isWhole = key !== null && /^\]\]?[ \t]*(?:#.*)?$/.test(line.slice(opening.length + key.length));
      if (!isWhole) return { kind: 'other', path: [], valueAt: 0 };
      table = key.parts;
      return { kind: 'header', path: table, valueAt: opening.length + key.length };
    }
    const key = readTomlKey(line);
    const equals = key === null ? undefined : /^=[ \t]*/.exec(line.slice(key.length))?.[0];
    if (key === null || equals === undefined) return { kind: 'other', path: [], valueAt: 0 };
    return { kind: 'key', path: [...table, ...key.parts], valueAt: key.length + equals.length };
  });
}

function headerOf(read: readonly TomlLine[], table: readonly string[]): number {
  return read.findIndex((line) => line.kind === 'header' && isSame(line.path, table));
}

/**
 * The last line that belongs to the table that begins at `start`: comments right behind its keys are its own, those after
 * a blank line or right above the next table are about what follows.
 */
function lastOf(lines: readonly string[], read: readonly TomlLine[], start: number): number {
  const next = read.findIndex((line, index) => index > start && line.kind === 'header');
  const end = next < 0 ? lines.length : next;
  let last = start;
  for (let index = start + 1; index < end; index += 1) if (read[index]?.kind === 'key') last = index;
  while (last + 1 < end && (lines[last + 1] ?? '').trim() !== '') last += 1;
  if (last + 1 === next) while (last > start && /^\s*#/.test(lines[last] ?? '')) last -= 1;
  return last;
}

function replaced(
  lines: readonly string[],
  index: number,
  valueAt: number,
  written: string,
  lineEnd: string,
): string | null {
  const line = lines[index] ?? '';
  const old = oneLineValue.exec(line.slice(valueAt))?.[0];
  if (old === undefined) return null;
  const rest = line.slice(valueAt + old.length);
  if (!/^\s*(#.*)?$/.test(rest)) return null;
  return [...lines.slice(0, index), `${line.slice(0, valueAt)}${written}${rest}`, ...lines.slice(index + 1)].join(
    lineEnd,
  );
}

function split(text: string): { readonly lines: readonly string[]; readonly lineEnd: string } {
  return { lines: text === '' ? [] : text.split(/\r?\n/), lineEnd: text.includes('\r\n') ? '\r\n' : '\n' };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && isWithin(one, other);
}

function isWithin(path: readonly string[], table: readonly string[]): boolean {
  return path.length >= table.length && table.every((word, index) => path[index] === word);
}
