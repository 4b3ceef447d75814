import { inOneLine } from './one-line.ts';

export interface NotificationText {
  readonly title: string;
  readonly body: string;
}

const titleLength = 100;
const bodyLength = 300;

/**
 * Words that may come from a guest, made fit for the desktop: one line each, of limited length, and on Linux a body without
 * markup. Notification services there may read `<b>`, `<a href>` and `<img>` in a body, but never in a title.
 */
export function notificationText({ title, body }: NotificationText, platform: NodeJS.Platform): NotificationText {
  const line = inOneLine(body, bodyLength);
  return { title: inOneLine(title, titleLength), body: platform === 'linux' ? withoutMarkup(line) : line };
}

function withoutMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
