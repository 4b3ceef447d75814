import { stripVTControlCharacters } from 'node:util';

/**
 * Text from a machine or a file, fit for a terminal: without escape sequences, control characters and characters that
 * turn the direction of writing. Tabs and line ends become spaces.
 */
export function plainText(text: string): string {
  let plain = '';
  for (const character of stripVTControlCharacters(text)) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x09 || code === 0x0a || code === 0x0d) plain += ' ';
    else if (!isUnseen(code)) plain += character;
  }
  return plain;
}

/** JSON that is harmless on a terminal too: what JSON itself leaves bare is escaped. */
export function plainJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  let plain = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    plain += code !== 0x0a && isUnseen(code) ? `\\u${code.toString(16).padStart(4, '0')}` : character;
  }
  return plain;
}

function isUnseen(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    code === 0x061c ||
    (code >= 0x200e && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  );
}
