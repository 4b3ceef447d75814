/** Menus lie inside of the page's main landmark, so that nothing on the page is outside of all landmarks. */
export function layerRoot(): HTMLElement | null {
  return document.querySelector('main');
}
