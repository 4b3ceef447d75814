/** Text as it would be typed into a shell; a plain word stays plain. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
