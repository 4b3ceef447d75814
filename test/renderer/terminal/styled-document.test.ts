import { beforeEach, describe, expect, it, vi } from 'vitest';
import { styledDocument, whileStyled } from '../../../renderer/terminal/styled-document.ts';

/** jsdom has no style sheets that a script builds. */
class Sheet {
  cssRules: { cssText: string }[] = [];
  replaceSync(text: string): void {
    this.cssRules = text === '' ? [] : [{ cssText: text }];
  }
}

const sheets = () => document.adoptedStyleSheets as unknown as readonly Sheet[];

beforeEach(() => {
  vi.stubGlobal('CSSStyleSheet', Sheet);
  Object.defineProperty(document, 'adoptedStyleSheets', { configurable: true, writable: true, value: [] });
});

describe('the document that xterm is given', () => {
  it('is a document, and does what the page’s own does', () => {
    const styled = styledDocument(document);
    expect(styled).toBeInstanceOf(Document);
    expect(styled.createElement('div')).toBeInstanceOf(HTMLDivElement);
    expect(styled.body).toBe(document.body);
    expect(styled.querySelectorAll('body')).toHaveLength(1);
  });

  it('makes no style element: the text becomes a sheet, and goes with the element', () => {
    const element = styledDocument(document).createElement('style');
    expect(element).not.toBeInstanceOf(HTMLStyleElement);
    element.textContent = '.xterm { color: red }';
    expect(sheets().map(({ cssRules }) => cssRules[0]?.cssText)).toEqual(['.xterm { color: red }']);
    expect(element.childNodes).toHaveLength(0);
    element.remove();
    expect(sheets()).toEqual([]);
  });

  it('sets the style of a character without its attribute', () => {
    const element = styledDocument(document).createElement('span');
    const set = vi.spyOn(Element.prototype, 'setAttribute');
    element.setAttribute('style', 'color: red;');
    expect(element.style.color).toBe('red');
    expect(set).not.toHaveBeenCalled();
    set.mockRestore();
  });
});

it('the page itself makes no style element while xterm opens, and is its old self afterwards', () => {
  let made: HTMLElement | undefined;
  whileStyled(document, () => {
    made = document.createElement('style');
  });
  expect(made).not.toBeInstanceOf(HTMLStyleElement);
  expect(document.createElement('style')).toBeInstanceOf(HTMLStyleElement);
  expect(() =>
    whileStyled(document, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(document.createElement('style')).toBeInstanceOf(HTMLStyleElement);
});
