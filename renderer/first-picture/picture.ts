import type { Settings } from '../../main/contract/settings.ts';
import type { Faces } from './faces.ts';

/** A drawn thing as plain data: text, or an element. */
export type PicturePart = string | PictureElement;

export interface PictureElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Properties of style that are set by script instead of by a class. */
  readonly placing: Readonly<Record<string, string>>;
  /** Where in the list the parts in it stand: before it. */
  readonly within: readonly number[];
}

/** How the fleet was last seen in this window. */
export interface Picture {
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  /** The setting, not what came of it. */
  readonly theme: Settings['desktop']['theme'];
  readonly faces: Faces;
  /** The last one is the window. What is there more than once, as most of a row is, is listed once. */
  readonly parts: readonly PicturePart[];
}

/** A full window has a thousand. */
const mostDrawn = 20_000;

const themes: readonly Picture['theme'][] = ['system', 'light', 'dark'];

export const svgTags: ReadonlySet<string> = new Set([
  'svg',
  'path',
  'circle',
  'rect',
  'line',
  'polyline',
  'polygon',
  'g',
]);

const htmlTags: ReadonlySet<string> = new Set(
  'a b bdi button canvas div fieldset footer h1 h2 h3 header i input kbd label li main nav ol p section small span strong time ul'.split(
    ' ',
  ),
);

/** What gives looks. Nothing that leads anywhere, runs, names or loads something. */
const attributeNames: ReadonlySet<string> = new Set([
  ...'class role type checked placeholder viewBox d cx cy r x y x1 x2 y1 y2 rx width height points fill'.split(' '),
  ...'fill-rule stroke stroke-width stroke-linecap stroke-linejoin'.split(' '),
  ...'aria-current aria-sort aria-selected aria-pressed aria-checked aria-disabled data-state'.split(' '),
]);

const placingNames: ReadonlySet<string> = new Set(['height', 'width', 'transform', 'left', 'top']);

export function isPictureTag(tag: string): boolean {
  return htmlTags.has(tag) || svgTags.has(tag);
}

export function isPictureAttribute(name: string): boolean {
  return attributeNames.has(name);
}

export function isPicturePlacing(name: string): boolean {
  return placingNames.has(name);
}

/** Kept text as a picture; null for anything that is not one of ours in every part. */
export function pictureOf(text: string): Picture | null {
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== 'object' || kept === null) return null;
    const { takenAt, theme, faces, parts } = kept as Record<string, unknown>;
    const known = themes.find((each) => each === theme);
    if (typeof takenAt !== 'number' || !Number.isFinite(takenAt) || known === undefined) return null;
    return isFaces(faces) && areParts(parts) ? { takenAt, theme: known, faces, parts } : null;
  } catch {
    return null;
  }
}

function isFaces(value: unknown): value is Faces {
  if (typeof value !== 'object' || value === null) return false;
  const { '--font': text, '--font-mono': mono } = value as Record<string, unknown>;
  return [text, mono].every((each) => typeof each === 'string' && /^[\w "'-]{1,100}$/.test(each));
}

function areParts(value: unknown): value is readonly PicturePart[] {
  if (!Array.isArray(value) || typeof value.at(-1) === 'string') return false;
  /** How many are drawn for each part: a short list can stand for more than any window holds. */
  const drawn: number[] = [];
  for (const part of value as readonly unknown[]) {
    if (typeof part !== 'string' && !isElement(part)) return false;
    let count = 1;
    // What does not come before it has no count yet, and makes this no number.
    if (typeof part !== 'string') for (const place of part.within) count += drawn[place] ?? Number.NaN;
    if (!(count <= mostDrawn)) return false;
    drawn.push(count);
  }
  return drawn.length > 0;
}

function isElement(value: unknown): value is PictureElement {
  if (typeof value !== 'object' || value === null) return false;
  const { tag, attributes, placing, within } = value as Record<string, unknown>;
  return (
    typeof tag === 'string' &&
    isPictureTag(tag) &&
    hasOnly(attributes, isPictureAttribute) &&
    hasOnly(placing, isPicturePlacing) &&
    Array.isArray(within) &&
    within.every((place) => typeof place === 'number')
  );
}

function hasOnly(value: unknown, isKnown: (name: string) => boolean): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(([name, each]) => isKnown(name) && typeof each === 'string')
  );
}
