import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { drawPicture } from '../../renderer/first-picture/draw-picture.ts';
import { facesInUse } from '../../renderer/first-picture/faces.ts';
import { liftFirstPicture, showFirstPicture } from '../../renderer/first-picture/first-picture.ts';
import { keepPicture, keptPicture } from '../../renderer/first-picture/kept-picture.ts';
import { type Picture, type PicturePart, pictureOf } from '../../renderer/first-picture/picture.ts';
import { takePicture } from '../../renderer/first-picture/take-picture.ts';

const takenAt = Date.parse('2026-03-17T20:30:15Z');

beforeEach(() => {
  window.location.hash = '#/';
  vi.stubGlobal('matchMedia', () => ({ matches: true }));
  // jsdom lays nothing out: here everything has a place but what says that it has none.
  vi.spyOn(Element.prototype, 'getClientRects').mockImplementation(function (this: Element) {
    return (this.hasAttribute('hidden') ? [] : [{}]) as unknown as DOMRectList;
  });
});

afterEach(() => {
  liftFirstPicture();
  window.localStorage.clear();
  document.documentElement.removeAttribute('data-theme');
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function elementOf(html: string): Element {
  const place = document.createElement('div');
  place.innerHTML = html;
  return place.firstElementChild as Element;
}

function partsOf(element: Element): readonly PicturePart[] {
  const parts = takePicture(element);
  if (parts === null) throw new Error('There is nothing to see.');
  return parts;
}

function pictureWith(html: string, more: Partial<Picture> = {}): Picture {
  const faces = { '--font': 'Inter', '--font-mono': 'monospace' };
  return { takenAt, theme: 'system', faces, parts: partsOf(elementOf(html)), ...more };
}

const fleet = `<div class="app"><h1 class="top-title">Fleet</h1><span class="rail-engine">Engine running</span>
  <div role="row" class="fleet-row" style="transform: translateY(30px);"><bdi>build-vm</bdi><svg viewBox="0 0 14 14">
  <circle cx="7" cy="7" r="5"></circle></svg></div></div>`;

describe('a picture', () => {
  it('is drawn as what it was taken of looked', () => {
    const drawn = drawPicture(pictureWith(fleet).parts) as Element;
    expect(drawn.outerHTML).toBe(elementOf(fleet).outerHTML);
    expect(drawn.querySelector('circle')?.namespaceURI).toBe('http://www.w3.org/2000/svg');
  });

  it('holds nothing that leads anywhere, runs, names or loads something, nor what was typed', () => {
    const field = elementOf(
      '<div id="x" onclick="go()"><a href="https://example.com" title="t">a</a><img src="x.png"><script>go()</script><input type="text" value="typed"><iframe></iframe></div>',
    );
    expect(takePicture(field)).toEqual([
      'a',
      { tag: 'a', attributes: {}, placing: {}, within: [0] },
      { tag: 'input', attributes: { type: 'text' }, placing: {}, within: [] },
      { tag: 'div', attributes: {}, placing: {}, within: [1, 2] },
    ]);
  });

  it('lists once what is there more than once, and draws it as often as it was', () => {
    const twice = '<ul><li class="a"><b>–</b></li><li class="a"><b>–</b></li><li class="b"><b>–</b>–</li></ul>';
    const parts = partsOf(elementOf(twice));
    expect(parts).toHaveLength(5);
    expect((drawPicture(parts) as Element).outerHTML).toBe(twice);
  });

  it('has a likeness in the place of what draws itself', () => {
    const likenessOf = (element: Element) =>
      element.localName === 'canvas' ? elementOf('<svg><path d="M0 0"></path></svg>') : null;
    const parts = takePicture(elementOf('<div>a<canvas class="spark"></canvas></div>'), likenessOf);
    expect((drawPicture(parts ?? []) as Element).outerHTML).toBe('<div>a<svg><path d="M0 0"></path></svg></div>');
  });

  it('leaves out what lies below the edge, has no place, or is only read out', () => {
    const list = elementOf(
      '<ul><li>seen</li><li hidden>hidden</li><li class="visually-hidden">said</li><li>low</li></ul>',
    );
    vi.spyOn(list.lastElementChild as Element, 'getBoundingClientRect').mockReturnValue({
      top: window.innerHeight,
    } as DOMRect);
    expect((drawPicture(partsOf(list)) as Element).textContent).toBe('seen');
  });

  it('shows what is chosen, also where the field itself is not seen', () => {
    const choice = elementOf(
      '<p><input type="radio" class="visually-hidden"><input type="radio" class="visually-hidden" checked=""></p>',
    );
    const [first, second] = choice.querySelectorAll('input');
    if (first !== undefined) first.checked = true;
    if (second !== undefined) second.checked = false;
    const drawn = drawPicture(partsOf(choice)) as Element;
    expect([...drawn.querySelectorAll('input')].map(({ checked }) => checked)).toEqual([true]);
  });

  it('keeps hostile names as text', () => {
    const name = elementOf('<b></b>');
    name.textContent = '<img src=x onerror=alert(1)>';
    const drawn = drawPicture(partsOf(name)) as Element;
    expect([drawn.childElementCount, drawn.textContent]).toEqual([0, '<img src=x onerror=alert(1)>']);
  });

  const whole = pictureWithout({});
  function pictureWithout(change: Readonly<Record<string, unknown>>): string {
    const window = { tag: 'div', attributes: { class: 'app' }, placing: { height: '30px' }, within: [0] };
    return pictureOfParts(['a', { ...window, ...change }]);
  }
  function pictureOfParts(parts: unknown): string {
    const faces = { '--font': '"DejaVu Sans Condensed"', '--font-mono': 'monospace' };
    return JSON.stringify({ takenAt, theme: 'dark', faces, parts });
  }
  /** Each part has the one before it twice. */
  const doubled = (times: number) => [
    'a',
    ...Array.from({ length: times }, (_, before) => part('div', [before, before])),
  ];
  const part = (tag: string, within: readonly unknown[]) => ({ tag, attributes: {}, placing: {}, within });

  it('is read back as it was kept', () => {
    expect(JSON.stringify(pictureOf(whole))).toBe(whole);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['another theme', whole.replace('"dark"', '"pink"')],
    ['no moment', whole.replace(String(takenAt), '"now"')],
    ['a face that is more than a name', whole.replace('monospace', 'x; background: url(x)')],
    ['a tag that runs', pictureWithout({ tag: 'script' })],
    ['a tag that runs, further in', pictureOfParts([part('img', []), part('div', [0])])],
    ['an attribute that runs', pictureWithout({ attributes: { onclick: 'go()' } })],
    ['an attribute that leads away', pictureWithout({ attributes: { href: 'x' } })],
    ['a value that is no text', pictureWithout({ attributes: { class: 1 } })],
    ['a placing that loads', pictureWithout({ placing: { background: 'url(x)' } })],
    ['a list for attributes', pictureWithout({ attributes: [] })],
    ['nothing within', pictureWithout({ within: undefined })],
    ['a part within that is no place', pictureWithout({ within: ['0'] })],
    ['a part in itself', pictureWithout({ within: [1] })],
    ['a part that is not there', pictureWithout({ within: [-1] })],
    ['half a part', pictureWithout({ within: [0.5] })],
    ['no parts', pictureOfParts([])],
    ['parts that are no list', pictureOfParts({ 0: part('div', []) })],
    ['no element for its window', pictureOfParts(['a'])],
    ['more to draw than a window can show', pictureOfParts(doubled(40))],
  ])('is none with %s', (_what, text) => {
    expect(pictureOf(text)).toBeNull();
  });
});

describe('the faces in use', () => {
  afterEach(() => document.documentElement.removeAttribute('style'));

  it('are the first of each list that is there: a name that only ends like a generic one has to be found', async () => {
    document.documentElement.style.setProperty('--font', 'Inter, system-ui, sans-serif');
    document.documentElement.style.setProperty('--font-mono', 'ui-monospace, "SF Mono", monospace');
    // Nothing is measured here, so that no face is known to be there but those that always are.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    expect(facesInUse()).toEqual({ '--font': 'sans-serif', '--font-mono': 'monospace' });
  });
});

describe('how the fleet was last seen', () => {
  const shown = () => document.querySelector<HTMLElement>('body > .first-picture');

  it('stands in front of a window that opens, says of when it is, and cannot be pressed or read as true', () => {
    keepPicture(pictureWith(fleet));
    expect(showFirstPicture()).toBe(true);
    expect(shown()?.querySelector('.fleet-row')?.textContent).toContain('build-vm');
    expect(shown()?.querySelector('.top-title')?.textContent).toMatch(/^Fleet ?as it was at 17 Mar \d\d:30$/);
    expect(shown()?.querySelector('.rail-engine')?.textContent).toBe('Reaching the engine');
    expect([shown()?.inert, shown()?.getAttribute('aria-hidden')]).toEqual([true, 'true']);
    expect(shown()?.style.getPropertyValue('--font')).toBe('Inter');
  });

  it.each([
    ['system', 'dark'],
    ['light', 'light'],
  ] as const)('has the theme that was set, %s on a dark desktop: %s', (theme, drawn) => {
    keepPicture(pictureWith(fleet, { theme }));
    showFirstPicture();
    expect(document.documentElement.dataset.theme).toBe(drawn);
  });

  it('is not there where nothing was kept, or what was kept is no picture, or the window opens elsewhere', () => {
    expect(showFirstPicture()).toBe(false);
    window.localStorage.setItem('first-picture', '{"window":"<b>"}');
    expect(showFirstPicture()).toBe(false);
    keepPicture(pictureWith(fleet));
    window.location.hash = '#/machines/1';
    expect(showFirstPicture()).toBe(false);
    expect(shown()).toBeNull();
  });

  it.each(['keydown', 'pointerdown', 'wheel'])('goes when a person acts: %s', (act) => {
    keepPicture(pictureWith(fleet));
    showFirstPicture();
    document.body.dispatchEvent(new Event(act, { bubbles: true }));
    expect(shown()).toBeNull();
  });

  it('is forgotten when it is said, and never grows without bounds', () => {
    keepPicture(pictureWith(fleet));
    keepPicture(null);
    expect(keptPicture()).toBeNull();
    keepPicture(pictureWith(fleet));
    keepPicture(pictureWith(`<p>${'x'.repeat(600_000)}</p>`));
    expect(keptPicture()).toBeNull();
  });
});
