export interface SparkPoint {
  readonly x: number;
  readonly y: number;
}

/** Room for the pen at the edges. */
const edge = 1.5;

/**
 * The unbroken parts of a series as points of a picture: a value that is not known ends a part, and nothing joins two of
 * them. The newest value stands at the right edge; 0 lies at the bottom and 100 at the top, whatever the values are.
 */
export function sparkSegments(
  values: readonly (number | null)[],
  width: number,
  height: number,
  places = 24,
): readonly (readonly SparkPoint[])[] {
  const step = (width - 2 * edge) / (places - 1);
  const segments: SparkPoint[][] = [];
  let open: SparkPoint[] | null = null;
  const shown = values.slice(-places);
  for (const [index, value] of shown.entries()) {
    if (value === null) {
      open = null;
      continue;
    }
    if (open === null) {
      open = [];
      segments.push(open);
    }
    const share = Math.min(100, Math.max(0, value)) / 100;
    open.push({
      x: width - edge - (shown.length - 1 - index) * step,
      y: height - edge - share * (height - 2 * edge),
    });
  }
  return segments;
}
