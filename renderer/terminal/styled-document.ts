/**
 * xterm writes its styles into `<style>` elements and `style` attributes, both of which the page's policy refuses. It is
 * given this document instead of the page's own: what it makes looks the same to it, and its styles arrive through style
 * sheets that a script builds, which the policy allows.
 */
export function styledDocument(page: Document): Document {
  const createElement = elementMaker(page);
  return new Proxy(page, {
    get: (target, key) => {
      if (key === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, key, target);
      // A method of the document works on the document alone.
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

/** xterm 6.0 asks the page itself for one of its style elements, whatever document it was given: only while it opens. */
export function whileStyled(page: Document, open: () => void): void {
  Object.defineProperty(page, 'createElement', { configurable: true, value: elementMaker(page) });
  try {
    open();
  } finally {
    Reflect.deleteProperty(page, 'createElement');
  }
}

function elementMaker(page: Document): (name: string) => HTMLElement {
  return (name) => {
    if (name === 'style') return styleElement(page);
    const element = plainElement(page, name);
    if (name === 'span') takeStyleAttribute(element);
    return element;
  };
}

/** An element without a look whose text is a style sheet of the page for as long as it stands in it. */
function styleElement(page: Document): HTMLElement {
  const sheet = new CSSStyleSheet();
  const element = plainElement(page, 'span');
  element.hidden = true;
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  Object.defineProperty(element, 'textContent', {
    get: () => [...sheet.cssRules].map(({ cssText }) => cssText).join('\n'),
    set: (text: string) => sheet.replaceSync(text),
  });
  const remove = element.remove.bind(element);
  element.remove = () => {
    page.adoptedStyleSheets = page.adoptedStyleSheets.filter((each) => each !== sheet);
    remove();
  };
  return element;
}

/** Also while the page's own way is another. */
function plainElement(page: Document, name: string): HTMLElement {
  return Reflect.apply(Document.prototype.createElement, page, [name]);
}

/** Colours of single characters come as the text of a `style` attribute. */
function takeStyleAttribute(element: HTMLElement): void {
  const setAttribute = element.setAttribute.bind(element);
  element.setAttribute = (name, value) => {
    if (name === 'style') element.style.cssText = value;
    else setAttribute(name, value);
  };
}
