/** Azure keeps the last 4,096 bytes; ours is a limit for what is none of Azure's. */
const mostCharacters = 16_384;
const linux = /^Enable succeeded:\s*\n\[stdout\]\n([\s\S]*?)\n?\[stderr\]\n?([\s\S]*)$/;

/** What a script printed, its error output last; null when the result is none of a script. */
export function commandOutput(result: unknown): string | null {
  if (typeof result !== 'object' || result === null || !('value' in result) || !Array.isArray(result.value))
    return null;
  const entries: readonly unknown[] = result.value;
  const printed = entries.map(messageOf).filter((text) => text !== '');
  return printed.join('\n').slice(0, mostCharacters);
}

function messageOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || !('message' in entry)) return '';
  const message = typeof entry.message === 'string' ? entry.message : '';
  const parts = linux.exec(message);
  if (parts === null) return message.trimEnd();
  const [, out = '', err = ''] = parts;
  return [out.trimEnd(), err.trimEnd()].filter((text) => text !== '').join('\n');
}
