import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { lineOfTomlKey } from './edit-toml.ts';
import { nearestKey } from './nearest-key.ts';

export type TomlTextReading<T> =
  | { readonly kind: 'good'; readonly value: T }
  /** `fault` follows the file's name: `line 3: unknown key ...`. */
  | { readonly kind: 'broken'; readonly fault: string };

/** What a TOML text says by a schema; missing keys take their defaults. Never throws. */
export function readTomlText<T>(text: string, schema: z.ZodType<T>): TomlTextReading<T> {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    return { kind: 'broken', fault: syntaxFault(error) };
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { kind: 'good', value: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'broken', fault: issue === undefined ? 'is not valid.' : issueFault(text, issue, schema) };
}

function syntaxFault(error: unknown): string {
  if (!(error instanceof TomlError)) return 'cannot be read as TOML.';
  const why = error.message.split('\n')[0]?.replace(/^Invalid TOML document:\s*/, '') ?? '';
  return `line ${error.line}: ${why}.`;
}

function issueFault(text: string, issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const above = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    return `${lineText(text, above)}${above.join('.')}: ${issue.message}`;
  }
  const key = issue.keys[0] ?? '';
  const known = keysBelow(above, schema);
  const near = nearestKey(key, known);
  const written = [...above, key].join('.');
  const advice = near === null ? `. The keys are ${known.join(', ')}.` : `; did you mean "${near}"?`;
  return `${lineText(text, [...above, key])}unknown key "${written}"${advice}`;
}

function lineText(text: string, place: readonly string[]): string {
  const line = lineOfTomlKey(text, place);
  return line === null ? '' : `line ${line}: `;
}

interface KeyTree {
  readonly properties?: Readonly<Record<string, KeyTree>>;
  /** What stands below names that people choose. */
  readonly additionalProperties?: KeyTree | boolean;
}

/** The keys that may stand below a table, from the schema itself. */
function keysBelow(place: readonly string[], schema: z.ZodType): readonly string[] {
  let tree: KeyTree | undefined = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as KeyTree;
  for (const key of place) {
    const below: KeyTree | boolean | undefined = tree?.properties?.[key] ?? tree?.additionalProperties;
    tree = typeof below === 'object' ? below : undefined;
  }
  return Object.keys(tree?.properties ?? {});
}
