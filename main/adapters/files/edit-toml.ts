/** Changing single keys of a TOML text without touching anything else in it. */

/** A value that fits on one line. */
export type TomlValue = string | number | boolean;

const header = /^\s*\[/;
/** One-line values only: what else there may be is for a person to edit. */
const oneLineValue = /^(?:"(?:[^"\\]|\\.)*"(?!")|'[^']*'(?!')|[+-]?[\w.+:-]+)/;

/**
 * The text with `key` of `[table]` set, everything else as it was; null when the present value is of a kind that this
 * does not understand. The caller reads the result again: what looks like a key may stand in a text of several lines.
 */
export function setTomlValue(text: string, table: string, key: string, value: TomlValue): string | null {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text === '' ? [] : text.split(/\r?\n/);
  const written = formatTomlValue(value);
  const firstHeader = lines.findIndex((line) => header.test(line));
  const dotted = keyPattern(`${escaped(table)}\\s*\\.\\s*${escaped(key)}`);
  const rootEnd = firstHeader < 0 ? lines.length : firstHeader;
  const atRoot = lines.slice(0, rootEnd).findIndex((line) => dotted.test(line));
  if (atRoot >= 0) return replaced(lines, atRoot, dotted, written, lineEnd);

  const start = lines.findIndex((line) => new RegExp(`^\\s*\\[\\s*${escaped(table)}\\s*\\]\\s*(?:#.*)?$`).test(line));
  if (start < 0) {
    const body = text === '' || text.endsWith('\n') ? text : `${text}${lineEnd}`;
    return `${body}${body === '' ? '' : lineEnd}[${table}]${lineEnd}${key} = ${written}${lineEnd}`;
  }
  const length = lines.slice(start + 1).findIndex((line) => header.test(line));
  const end = length < 0 ? lines.length : start + 1 + length;
  const plain = keyPattern(escaped(key));
  const within = lines.slice(start + 1, end).findIndex((line) => plain.test(line));
  if (within >= 0) return replaced(lines, start + 1 + within, plain, written, lineEnd);
  let last = end - 1;
  while (last > start && (lines[last] ?? '').trim() === '') last -= 1;
  return [...lines.slice(0, last + 1), `${key} = ${written}`, ...lines.slice(last + 1)].join(lineEnd);
}

export function formatTomlValue(value: TomlValue): string {
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('\u007f', '\\u007F');
  return String(value);
}

function replaced(
  lines: readonly string[],
  index: number,
  pattern: RegExp,
  written: string,
  lineEnd: string,
): string | null {
  const line = lines[index] ?? '';
  const before = pattern.exec(line)?.[0] ?? '';
  const old = oneLineValue.exec(line.slice(before.length))?.[0];
  if (old === undefined) return null;
  const rest = line.slice(before.length + old.length);
  if (!/^\s*(#.*)?$/.test(rest)) return null;
  return [...lines.slice(0, index), `${before}${written}${rest}`, ...lines.slice(index + 1)].join(lineEnd);
}

function keyPattern(key: string): RegExp {
  return new RegExp(`^\\s*(?:${key})\\s*=\\s*`);
}

function escaped(word: string): string {
  return `["']?${word.replace(/[^\w-]/g, '\\$&')}["']?`;
}

/** 1-based line of a key, as far as lines tell; null when it is not found. */
export function lineOfTomlKey(text: string, place: readonly string[]): number | null {
  const key = place.at(-1);
  if (key === undefined) return null;
  const table = place.slice(0, -1).join('.');
  let current = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const opened = /^\s*\[\[?\s*([^\]]+?)\s*\]/.exec(line)?.[1]?.replaceAll(/["'\s]/g, '');
    if (opened !== undefined) {
      current = opened;
      if (opened === place.join('.')) return index + 1;
      continue;
    }
    const found = /^\s*([^=#]+?)\s*=/.exec(line)?.[1]?.replaceAll(/["'\s]/g, '');
    if (found === undefined) continue;
    const full = current === '' ? found : `${current}.${found}`;
    if (full === (table === '' ? key : `${table}.${key}`) || full.startsWith(`${place.join('.')}.`)) return index + 1;
  }
  return null;
}
