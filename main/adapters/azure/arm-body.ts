/** What Azure prints, read without believing any of it: pure. */
export type Row = Readonly<Record<string, unknown>>;

/** The object in a body; an empty one where there is none. */
export function bodyOf(text: string | null | undefined): Row {
  try {
    return part(JSON.parse(text ?? ''));
  } catch {
    return {};
  }
}

/** An object, or an empty one. */
export function part(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {};
}

/** A text that says something, or null. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
