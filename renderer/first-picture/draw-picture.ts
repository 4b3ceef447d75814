import { type PictureElement, type PicturePart, svgTags } from './picture.ts';

const svgNamespace = 'http://www.w3.org/2000/svg';

/**
 * Makes what a picture shows. Element by element: no text of it is ever read as markup. What is there more than once is
 * made once and copied, which the browser does by itself.
 */
export function drawPicture(parts: readonly PicturePart[]): Node {
  const drawn: Node[] = [];
  const placed = new Set<Node>();
  const take = (place: number): Node => {
    const node = drawn[place] ?? new Text();
    if (placed.has(node)) return node.cloneNode(true);
    placed.add(node);
    return node;
  };
  for (const part of parts) drawn.push(typeof part === 'string' ? new Text(part) : drawElement(part, take));
  return drawn.at(-1) ?? new Text();
}

function drawElement({ tag, attributes, placing, within }: PictureElement, take: (place: number) => Node): Element {
  const element = svgTags.has(tag) ? document.createElementNS(svgNamespace, tag) : document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name] ?? '');
  for (const name in placing) element.style.setProperty(name, placing[name] ?? '');
  for (const place of within) element.append(take(place));
  return element;
}
