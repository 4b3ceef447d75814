/** Brings the page into sight or out of it, as the browser does when its window is shown or minimised. */
export function setSight(isSeen: boolean): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: isSeen ? 'visible' : 'hidden' });
  Object.defineProperty(document, 'hidden', { configurable: true, value: !isSeen });
  document.dispatchEvent(new Event('visibilitychange'));
}
