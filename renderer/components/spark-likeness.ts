import { sparkHeight, sparkWidth, traceSpark } from './trace-spark.ts';

const svgNamespace = 'http://www.w3.org/2000/svg';

/** What each canvas shows now: what was drawn on it cannot be read back as a line. */
const drawn = new WeakMap<Element, readonly (number | null)[]>();

/** Notes what was drawn on a canvas. */
export function rememberSpark(canvas: Element, values: readonly (number | null)[]): void {
  drawn.set(canvas, values);
}

/** The line on a canvas as elements, which look the same and can be kept; null for an element without such a line. */
export function sparkLikeness(element: Element): Element | null {
  const values = drawn.get(element);
  if (values === undefined) return null;
  const line = document.createElementNS(svgNamespace, 'path');
  line.setAttribute('d', pathOf(values));
  const likeness = document.createElementNS(svgNamespace, 'svg');
  likeness.setAttribute('class', element.getAttribute('class') ?? '');
  likeness.setAttribute('viewBox', `0 0 ${sparkWidth} ${sparkHeight}`);
  likeness.append(line);
  return likeness;
}

function pathOf(values: readonly (number | null)[]): string {
  const steps: string[] = [];
  const at = (x: number, y: number): string => `${rounded(x)} ${rounded(y)}`;
  traceSpark(
    { moveTo: (x, y) => steps.push(`M${at(x, y)}`), lineTo: (x, y) => steps.push(`L${at(x, y)}`) },
    values,
    sparkWidth,
    sparkHeight,
  );
  return steps.join('');
}

/** To a hundredth of a pixel. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
