import type { ChannelMessage } from '../../engine/ports/channels.ts';
import { colourOf, footOf } from './message-look.ts';
import { plainLine, plainLines } from './plain-line.ts';

/** For an incoming webhook of Slack: an attachment without any markup, so that nothing in it can mention or link. */
export function slackMessage(message: ChannelMessage): string {
  const title = escaped(plainLine(message.title, 250));
  const body = escaped(plainLines(message.body, 30_000));
  return JSON.stringify({
    text: title,
    attachments: [
      {
        color: `#${colourOf(message).toString(16).padStart(6, '0')}`,
        fallback: title,
        text: body,
        footer: escaped(footOf(message)),
        ts: Math.floor(Date.parse(message.at) / 1000),
        mrkdwn_in: [],
      },
    ],
  });
}

/** The three characters by which Slack knows what is not text. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
