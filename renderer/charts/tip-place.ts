/** Where the words about a place on a chart stand: beside it, on its roomier side, and never beyond the chart. */
export interface TipPlace {
  readonly isLeft: boolean;
  /** Pixels. */
  readonly maxWidth: number;
}

/** Between the place and the words, as in the style sheet. */
export const tipGap = 8;
/** A line longer than this is hard to read at a glance. */
const widest = 280;

/** `x` from the left edge of a chart that is `width` wide, in pixels. */
export function tipPlace(x: number, width: number): TipPlace {
  const isLeft = x > width / 2;
  return { isLeft, maxWidth: Math.min(widest, (isLeft ? x : width - x) - tipGap) };
}
