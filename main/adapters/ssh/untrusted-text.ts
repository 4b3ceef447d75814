const longest = 200;

/** What the other side said, fit for a sentence of ours: one line, no control characters, at most 200 characters. */
export function cleanText(text: string): string {
  // Cut before the work: a hostile text may be as long as its sender likes.
  const plain = text
    .slice(0, longest * 4)
    .replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|\p{Co}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...plain];
  return characters.length <= longest ? plain : `${characters.slice(0, longest - 1).join('')}…`;
}
