import {
  isPictureAttribute,
  isPicturePlacing,
  isPictureTag,
  type PictureElement,
  type PicturePart,
} from './picture.ts';

/** What stands in a picture for an element that draws itself; null for any other. */
export type Likeness = (element: Element) => Element | null;

/**
 * What can be seen of an element, as it stands there; null for what has no place in a picture. The last part is the element.
 */
export function takePicture(element: Element, likenessOf: Likeness = () => null): readonly PicturePart[] | null {
  const parts: PicturePart[] = [];
  const places = new Map<string, number>();

  function placeOf(part: PicturePart): number {
    const key = JSON.stringify(part);
    const before = places.get(key);
    if (before !== undefined) return before;
    places.set(key, parts.length);
    return parts.push(part) - 1;
  }

  function placeOfElement(shown: Element, takeWithin: (child: Element) => number | null): number | null {
    const tag = shown.localName;
    if (!isPictureTag(tag)) return null;
    // What a person has typed is no part of how the page opens.
    const children = tag === 'input' ? [] : [...shown.childNodes];
    const within = children.flatMap((child) => {
      if (child instanceof Text) return [placeOf(child.data)];
      const place = child instanceof Element ? takeWithin(child) : null;
      return place === null ? [] : [place];
    });
    return placeOf({ tag, attributes: attributesOf(shown), placing: placingOf(shown), within });
  }
  const takeWhole = (drawn: Element): number | null => placeOfElement(drawn, takeWhole);
  const take = (shown: Element): number | null => {
    if (!canBeSeen(shown)) return null;
    const likeness = likenessOf(shown);
    return likeness === null ? placeOfElement(shown, take) : takeWhole(likeness);
  };

  return take(element) === null ? null : parts;
}

/**
 * Not what lies below the edge, nor what has no place, nor what is only there to be read out; but what is chosen shows in
 * what it stands in.
 */
function canBeSeen(element: Element): boolean {
  return (
    element.getBoundingClientRect().top < window.innerHeight &&
    element.getClientRects().length > 0 &&
    (!element.classList.contains('visually-hidden') || isChecked(element))
  );
}

function isChecked(element: Element): boolean {
  return element instanceof HTMLInputElement && element.checked;
}

function attributesOf(element: Element): PictureElement['attributes'] {
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) if (isPictureAttribute(name)) attributes[name] = value;
  // The attribute tells how it began.
  delete attributes.checked;
  if (isChecked(element)) attributes.checked = '';
  return attributes;
}

function placingOf(element: Element): PictureElement['placing'] {
  if (!(element instanceof HTMLElement)) return {};
  const placing: Record<string, string> = {};
  for (const name of element.style) if (isPicturePlacing(name)) placing[name] = element.style.getPropertyValue(name);
  return placing;
}
