import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { AlertRules } from '../../contract/alert-rule.ts';
import { nearestKey } from './nearest-key.ts';

export type AlertRulesText =
  | { readonly kind: 'good'; readonly rules: AlertRules; readonly document: Document }
  | { readonly kind: 'broken'; readonly faults: readonly [RulesFault, ...RulesFault[]] };

export interface RulesFault {
  /** From 1; null where none can be named. */
  readonly line: number | null;
  /** `rules.0.metric: ...`. */
  readonly message: string;
}

/** What follows the file's name: `line 3: rules.0.metric: ...`. */
export function faultText({ line, message }: RulesFault): string {
  return line === null ? message : `line ${line}: ${message}`;
}

/** More than a person mends at once. */
const mostFaults = 20;

/**
 * What a text says about alerts; JSON is such a text as well. Never throws. A fault names places and keys, never a value:
 * an address that messages go to may be a secret.
 */
export function readAlertRulesText(text: string): AlertRulesText {
  const lines = new LineCounter();
  let document: Document;
  let raw: unknown;
  try {
    document = parseDocument(text, { uniqueKeys: true, lineCounter: lines, prettyErrors: false, logLevel: 'error' });
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined)
      return broken({ line: lines.linePos(error.pos[0]).line, message: withoutContent(error.message) });
    const odd = oddPlace(document);
    if (odd !== null) return broken({ line: lines.linePos(odd.at).line, message: odd.what });
    raw = document.toJS() ?? {};
  } catch {
    return broken({ line: null, message: 'cannot be read as YAML.' });
  }
  const parsed = AlertRules.safeParse(raw);
  if (parsed.success) return { kind: 'good', rules: parsed.data, document };
  const [first, ...others] = parsed.error.issues
    .slice(0, mostFaults)
    .map((issue) => issueFault(document, lines, issue));
  return broken(first ?? { line: null, message: 'is not valid.' }, ...others);
}

function broken(...faults: [RulesFault, ...RulesFault[]]): AlertRulesText {
  return { kind: 'broken', faults };
}

function issueFault(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): RulesFault {
  const place = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const written = place.join('.');
  if (issue.code !== 'unrecognized_keys') {
    const field = written === '' ? '' : `${written}: `;
    return { line: nearestLine(document, lines, place), message: `${field}${issue.message}` };
  }
  const key = issue.keys[0] ?? '';
  const known = keysBelow(issue.path.map(String));
  const near = nearestKey(key, known);
  const advice = near === null ? `. The keys are ${known.join(', ')}.` : `; did you mean "${near}"?`;
  // What is no word may be a value that slipped into the place of a key.
  const shown = /^[a-z][a-z_-]{0,31}$/i.test(key) ? key : '…';
  const message = `unknown key "${[...place, shown].join('.')}"${advice}`;
  return { line: nearestLine(document, lines, [...place, key]), message };
}

/** Where the key stands; of one that is missing, where what should hold it begins. */
function nearestLine(document: Document, lines: LineCounter, place: readonly (string | number)[]): number | null {
  for (let length = place.length; length >= 0; length -= 1) {
    const line = lineOf(document, lines, place.slice(0, length));
    if (line !== null) return line;
  }
  return null;
}

function lineOf(document: Document, lines: LineCounter, place: readonly (string | number)[]): number | null {
  const key = place.at(-1);
  const above = place.length <= 1 ? document.contents : document.getIn(place.slice(0, -1), true);
  const pair = isMap(above) ? above.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
  const node = isNode(pair?.key) ? pair.key : document.getIn(place, true);
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? null : lines.linePos(start).line;
}

interface KeyTree {
  readonly properties?: Readonly<Record<string, KeyTree>>;
  readonly items?: KeyTree;
  readonly anyOf?: readonly KeyTree[];
}

let whole: KeyTree | null = null;

function keysBelow(place: readonly string[]): readonly string[] {
  whole ??= z.toJSONSchema(AlertRules, { io: 'input', unrepresentable: 'any' }) as KeyTree;
  let tree: KeyTree | undefined = whole;
  for (const key of place) tree = tree?.properties?.[key] ?? tree?.items;
  const trees = tree?.properties === undefined ? (tree?.anyOf ?? []) : [tree];
  return trees.flatMap(({ properties }) => Object.keys(properties ?? {}));
}

/** Anchors and aliases may stand for any amount of text, tags for any type: rules need none of them. */
function oddPlace(document: Document): { readonly at: number; readonly what: string } | null {
  let odd: { readonly at: number; readonly what: string } | null = null;
  visit(document, {
    Pair: (_key, { key }) => {
      if (isScalar(key) && typeof key.value === 'string') return undefined;
      odd = { at: (isNode(key) ? key.range?.[0] : undefined) ?? 0, what: 'a key must be a plain word.' };
      return visit.BREAK;
    },
    Node: (_key, node) => {
      const isOdd = !('value' in node || 'items' in node) || ('anchor' in node && node.anchor !== undefined);
      if (!isOdd && node.tag === undefined) return undefined;
      odd = { at: node.range?.[0] ?? 0, what: 'anchors, aliases and tags (&, * and !) are not taken here.' };
      return visit.BREAK;
    },
  });
  return odd;
}

/** The parser's own words, up to where they repeat what stands in the file. */
function withoutContent(text: string): string {
  const [said = ''] = text.split(/[\n:;"'`%!*&@\\]/);
  return `${said.trim().replace(/\.$/, '')}.`;
}
