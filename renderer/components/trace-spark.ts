/** Of a line the size of a word. */
export const sparkWidth = 48;
export const sparkHeight = 18;

/** What a line is drawn with. */
export interface SparkPen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** Room for the pen at the edges. */
const edge = 1.5;

/**
 * Moves the pen along a series: a value that is not known ends a part, and nothing joins two of them. The newest value
 * stands at the right edge; 0 lies at the bottom and 100 at the top, whatever the values are. A value alone is a line of no
 * length, which round ends make a dot.
 */
export function traceSpark(
  pen: SparkPen,
  values: readonly (number | null)[],
  width: number,
  height: number,
  places = 24,
): void {
  const step = (width - 2 * edge) / (places - 1);
  const first = Math.max(0, values.length - places);
  let isAlone = false;
  let isOpen = false;
  let [x, y] = [0, 0];
  for (let index = first; index < values.length; index += 1) {
    const value = values[index] ?? null;
    if (value === null) {
      if (isAlone) pen.lineTo(x, y);
      isAlone = false;
      isOpen = false;
      continue;
    }
    x = width - edge - (values.length - 1 - index) * step;
    y = height - edge - (Math.min(100, Math.max(0, value)) / 100) * (height - 2 * edge);
    if (isOpen) pen.lineTo(x, y);
    else pen.moveTo(x, y);
    isAlone = !isOpen;
    isOpen = true;
  }
  if (isAlone) pen.lineTo(x, y);
}
