import type { ChannelMessage } from '../../engine/ports/channels.ts';
import { colourOf, footOf, stateWord } from './message-look.ts';
import { plainLine, plainLines } from './plain-line.ts';

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Longer bodies are cut: mail servers and people both give up. */
const longestBody = 60_000;

/** One message of mail, as text and as HTML that loads nothing from anywhere. */
export function mailMessage(message: ChannelMessage): MailText {
  const title = plainLine(message.title, 200);
  const body = plainLines(message.body, longestBody);
  const foot = footOf(message);
  const colour = `#${colourOf(message).toString(16).padStart(6, '0')}`;
  const word = stateWord(message).toUpperCase();
  return {
    subject: `[Vigil] ${word}: ${title}`,
    text: `${title}\n\n${body}\n\n-- \n${foot}\n`,
    html: [
      '<!doctype html><html lang="en"><body style="margin:0;padding:16px;font-family:system-ui,sans-serif;color:#1c1f24;background:#fff">',
      `<div style="border-left:4px solid ${colour};padding:4px 16px">`,
      `<p style="margin:0;color:${colour};font-size:12px;font-weight:700">${escaped(word)}</p>`,
      `<h1 style="margin:4px 0 12px;font-size:18px">${escaped(title)}</h1>`,
      ...body.split('\n').map((line) => `<p style="margin:0 0 8px">${escaped(line)}</p>`),
      `</div><p style="margin:16px 0 0;font-size:12px;color:#666">${escaped(foot)}</p></body></html>`,
    ].join('\n'),
  };
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
