import {
  isPictureAttribute,
  isPicturePlacing,
  isPictureTag,
  type PictureElement,
  type PictureNode,
} from './picture.ts';

/** What can be seen of an element, as it stands there; null for what has no place in a picture. */
export function takePicture(element: Element): PictureElement | null {
  const tag = element.localName;
  const box = element.getBoundingClientRect();
  // Neither what lies below the edge, nor what has no place, nor what is only there to be read out.
  if (!isPictureTag(tag) || box.top >= window.innerHeight || !hasPlace(element)) return null;
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) if (isPictureAttribute(name)) attributes[name] = value;
  // What a person has typed is no part of how the page opens, and a line is drawn anew.
  const within = tag === 'input' || tag === 'canvas' ? [] : [...element.childNodes].flatMap(nodeOf);
  return { tag, attributes, placing: placingOf(element), within };
}

function hasPlace(element: Element): boolean {
  return element.getClientRects().length > 0 && !element.classList.contains('visually-hidden');
}

function nodeOf(child: Node): readonly PictureNode[] {
  if (child instanceof Text) return [child.data];
  const node = child instanceof Element ? takePicture(child) : null;
  return node === null ? [] : [node];
}

function placingOf(element: Element): Readonly<Record<string, string>> {
  if (!(element instanceof HTMLElement)) return {};
  const placing: Record<string, string> = {};
  for (const name of element.style) if (isPicturePlacing(name)) placing[name] = element.style.getPropertyValue(name);
  return placing;
}
