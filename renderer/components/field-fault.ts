/** Who says that something is wrong, and how to get out of it. */
export interface FieldFault {
  /** A key of the form; `forwards.0.host` for a port. */
  readonly field: string;
  readonly message: string;
  readonly hint?: string;
  /** A value that would be accepted instead. */
  readonly suggestion?: string;
}

/** What a schema has against a value, as at most one fault per field. */
export function faultsOfSchema(
  parsed:
    | { readonly success: true }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { path: readonly PropertyKey[]; message: string }[] };
      },
): readonly FieldFault[] {
  if (parsed.success) return [];
  const faults = new Map<string, FieldFault>();
  for (const { path, message } of parsed.error.issues) {
    const field = path.map(String).join('.');
    if (!faults.has(field)) faults.set(field, { field, message });
  }
  return [...faults.values()];
}

/** A whole decimal number, or the text as it is, for the schema to refuse: `1e3` and `0x10` are slips, not numbers. */
export function numberOf(text: string): number | string {
  return /^\d{1,12}$/.test(text.trim()) ? Number(text.trim()) : text;
}
