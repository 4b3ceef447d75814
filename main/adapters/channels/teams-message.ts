import type { ChannelMessage } from '../../engine/ports/channels.ts';
import { footOf, stateWord } from './message-look.ts';
import { plainLine, plainLines } from './plain-line.ts';

const styles = { info: 'accent', warning: 'warning', critical: 'attention' } as const;

/**
 * For a workflow of Teams ("When a Teams webhook request is received"): an adaptive card of text runs, in which nothing is
 * markup. Teams refuses messages beyond 28 KiB.
 */
export function teamsMessage(message: ChannelMessage): string {
  const colour = message.isOver ? 'good' : styles[message.severity];
  return JSON.stringify({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            lines(stateWord(message).toUpperCase(), { color: colour, weight: 'bolder', size: 'small' }),
            lines(plainLine(message.title, 250), { weight: 'bolder', size: 'medium' }),
            ...plainLines(message.body, 8000)
              .split('\n')
              .map((line) => lines(line, {})),
            lines(footOf(message), { isSubtle: true, size: 'small' }),
          ],
        },
      },
    ],
  });
}

function lines(text: string, look: Readonly<Record<string, unknown>>): unknown {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...look }] };
}
