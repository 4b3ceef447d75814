/**
 * Text from machines, files and other people, made safe to show in one line: direction marks (which can make a name read
 * as another) are dropped, everything else without a shape of its own becomes a visible sign.
 */
export function visibleText(text: string): string {
  return text
    .replace(/[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/\p{Cc}/gu, '\u{fffd}');
}
