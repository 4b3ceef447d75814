/** Field names whose values never reach a log. */
const secretName =
  /pass(word|wd|phrase)?$|secret|token|authori[sz]ation|api[-_]?key|private[-_]?key|credential|cookie|connection[-_]?string/i;
/** Secrets inside a text: a header, an assignment, a user's password in an address. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
  [/\b([\w-]*(?:password|passwd|secret|token|api[-_]?key))(["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, '$1$2***'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+):[^\s/@]+@/gi, '$1:***@'],
];
const deepest = 6;
const longestText = 8192;
const mostItems = 100;

/** Any value as plain JSON with secrets masked, cut to a bounded size. Errors keep their chain of causes. */
export function plainFields(value: unknown): unknown {
  return plain(value, 0, new Set());
}

/** A text as it may be logged. */
export function maskText(text: string): string {
  const short = text.length > longestText ? `${text.slice(0, longestText)}... (${text.length} characters)` : text;
  return secretTexts.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), short);
}

function plain(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return '[itself]';
  if (depth >= deepest) return '[deeper]';
  above.add(value);
  try {
    if (value instanceof Error) return plainError(value, depth, above);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map || value instanceof Set) return plain([...value], depth, above);
    if (Array.isArray(value)) {
      const items = value.slice(0, mostItems).map((item) => plain(item, depth + 1, above));
      return value.length > mostItems ? [...items, `[${value.length - mostItems} more]`] : items;
    }
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, mostItems)
        .map(([name, item]) => [name, secretName.test(name) && item != null ? '***' : plain(item, depth + 1, above)]),
    );
  } finally {
    above.delete(value);
  }
}

function plainError(error: Error, depth: number, above: Set<object>): unknown {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: maskText(error.message),
    ...(code === undefined ? {} : { code: plain(code, depth + 1, above) }),
    ...(error.stack === undefined ? {} : { stack: maskText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: plain(error.cause, depth + 1, above) }),
    ...(error instanceof AggregateError ? { errors: plain(error.errors, depth + 1, above) } : {}),
  };
}
