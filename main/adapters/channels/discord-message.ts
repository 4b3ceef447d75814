import type { ChannelMessage } from '../../engine/ports/channels.ts';
import { colourOf, footOf } from './message-look.ts';
import { plainLine, plainLines } from './plain-line.ts';

/** Longer texts are refused by Discord; counted after the escapes. */
const longestTitle = 256;
const longestBody = 4096;
const longestFoot = 1024;

/** For a webhook of Discord: one embed in which nothing is markup, and nobody can be mentioned. */
export function discordMessage(message: ChannelMessage): string {
  return JSON.stringify({
    username: 'Vigil',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: fitting(plainLine(message.title, longestTitle), longestTitle),
        description: fitting(plainLines(message.body, longestBody), longestBody),
        color: colourOf(message),
        timestamp: message.at,
        footer: { text: plainLine(footOf(message), longestFoot) },
      },
    ],
  });
}

function fitting(text: string, length: number): string {
  const whole = escaped(text);
  if (whole.length <= length) return whole;
  // Each character becomes two at most.
  return escaped(plainLines(text, Math.floor(length / 2)));
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+.!|~<>@:-]/g, '\\$&');
}
