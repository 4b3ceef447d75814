/** Text from anywhere as one line without anything that a terminal, a reader or a header could obey, cut to a length. */
export function plainLine(text: string, length: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The same for each line of a text. */
export function plainLines(text: string, length: number): string {
  const lines = text.split('\n').map((line) => plainLine(line, length));
  const whole = lines.join('\n').trim();
  return whole.length <= length ? whole : `${whole.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
