import { type PictureNode, svgTags } from './picture.ts';

const svgNamespace = 'http://www.w3.org/2000/svg';

/** Makes what a picture shows. Element by element: no text of it is ever read as markup. */
export function drawPicture(node: PictureNode): Node {
  if (typeof node === 'string') return document.createTextNode(node);
  const { tag, attributes, placing, within } = node;
  const element = svgTags.has(tag) ? document.createElementNS(svgNamespace, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const [name, value] of Object.entries(placing)) element.style.setProperty(name, value);
  element.append(...within.map(drawPicture));
  return element;
}
