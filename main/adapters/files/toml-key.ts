/** Keys of TOML as they stand in a line: `a`, `"a.b"`, `'a'`, and dotted ones made of these. */

const part = /^[ \t]*(?:([A-Za-z0-9_-]+)|("(?:[^"\\]|\\.)*")|'([^']*)')[ \t]*/;

export interface TomlKeyReading {
  readonly parts: readonly string[];
  /** How much of the text it took, blanks around it included. */
  readonly length: number;
}

/** The key that a text begins with; null when it begins with none. */
export function readTomlKey(text: string): TomlKeyReading | null {
  const parts: string[] = [];
  let length = 0;
  for (;;) {
    const found = part.exec(text.slice(length));
    if (found === null) return null;
    const [whole, bare, basic, literal] = found;
    const word = bare ?? literal ?? unquoted(basic ?? '');
    if (word === null) return null;
    parts.push(word);
    length += whole.length;
    if (text[length] !== '.') return { parts, length };
    length += 1;
  }
}

/** As it is written in a file: bare where that is possible. */
export function formatTomlKey(parts: readonly string[]): string {
  return parts.map((word) => (/^[A-Za-z0-9_-]+$/.test(word) ? word : formatTomlText(word))).join('.');
}

export function formatTomlText(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F');
}

function unquoted(basic: string): string | null {
  try {
    // The escapes of both are the same but for `\U` and `\e`, which nobody writes in a key.
    const word: unknown = JSON.parse(basic);
    return typeof word === 'string' ? word : null;
  } catch {
    return null;
  }
}
