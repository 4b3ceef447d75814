export interface Segment {
  readonly text: string;
  /** Which match it is, from 0; null between matches. */
  readonly match: number | null;
}

/** More highlights than this help nobody and cost a lot. */
export const mostMatches = 1000;

/** A text cut at every place where `wanted` stands, in any case. Empty `wanted` cuts nothing. */
export function findMatches(text: string, wanted: string): readonly Segment[] {
  if (wanted === '') return [{ text, match: null }];
  const pattern = new RegExp(wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu');
  const segments: Segment[] = [];
  let end = 0;
  let match = 0;
  for (const found of text.matchAll(pattern)) {
    if (match >= mostMatches) break;
    if (found.index > end) segments.push({ text: text.slice(end, found.index), match: null });
    segments.push({ text: found[0], match });
    end = found.index + found[0].length;
    match += 1;
  }
  if (end < text.length || segments.length === 0) segments.push({ text: text.slice(end), match: null });
  return segments;
}
