/**
 * Text of a guest, a file or a stranger, made fit for a tooltip, a menu or a title: one line, no control characters, no
 * marks that turn the reading direction, at most `length` characters.
 */
export function inOneLine(text: string, length: number): string {
  const shown = text
    .replace(/\p{Cc}+|[\u2028\u2029]+/gu, ' ')
    // Invisible format marks, private characters, lone surrogates.
    .replace(/[\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = [...shown];
  return characters.length > length
    ? `${characters
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`
    : shown;
}
