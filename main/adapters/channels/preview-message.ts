import { z } from 'zod';
import type { ChannelMessage, MessagePreview, RemoteChannel } from '../../engine/ports/channels.ts';
import { discordMessage } from './discord-message.ts';
import { insightsMessage } from './insights-message.ts';
import { mailMessage } from './mail-message.ts';
import { colourOf, stateWord } from './message-look.ts';
import { slackMessage } from './slack-message.ts';
import { teamsMessage } from './teams-message.ts';
import { webhookMessage } from './webhook-message.ts';

/**
 * What a receiver makes of a message: the very text that is sent, read back as the receiver reads it. A word that its
 * escapes would spoil is spoilt here too.
 */
export function previewMessage(channel: RemoteChannel, message: ChannelMessage): MessagePreview {
  switch (channel) {
    case 'slack':
      return slackPreview(slackMessage(message));
    case 'discord':
      return discordPreview(discordMessage(message));
    case 'teams':
      return teamsPreview(teamsMessage(message), message);
    case 'email':
      return mailPreview(message);
    case 'webhook':
      return listed(message, webhookMessage(message));
    case 'appinsights':
      // The key of the resource is a secret, and no part of what anybody reads there.
      return listed(message, insightsMessage(message, ''));
  }
}

const Slack = z.object({
  text: z.string(),
  attachments: z.array(z.object({ color: z.string(), text: z.string(), footer: z.string() })),
});

function slackPreview(sent: string): MessagePreview {
  const { text, attachments } = Slack.parse(JSON.parse(sent));
  const [card] = attachments;
  const read = (words: string): string =>
    words.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return {
    title: read(text),
    body: read(card?.text ?? ''),
    foot: read(card?.footer ?? ''),
    colour: card?.color ?? null,
    word: null,
    sent: indented(sent),
  };
}

const Discord = z.object({
  embeds: z.array(
    z.object({
      title: z.string(),
      description: z.string(),
      color: z.number(),
      footer: z.object({ text: z.string() }),
    }),
  ),
});

function discordPreview(sent: string): MessagePreview {
  const [card] = Discord.parse(JSON.parse(sent)).embeds;
  const read = (words: string): string => words.replace(/\\([\\`*_{}[\]()#+.!|~<>@:-])/g, '$1');
  return {
    title: read(card?.title ?? ''),
    body: read(card?.description ?? ''),
    foot: card?.footer.text ?? null,
    colour: card === undefined ? null : hex(card.color),
    word: null,
    sent: indented(sent),
  };
}

const Teams = z.object({
  attachments: z.array(
    z.object({
      content: z.object({
        body: z.array(z.object({ inlines: z.array(z.object({ text: z.string() })) })),
      }),
    }),
  ),
});

function teamsPreview(sent: string, message: ChannelMessage): MessagePreview {
  const blocks = Teams.parse(JSON.parse(sent)).attachments.flatMap(({ content }) =>
    content.body.map(({ inlines }) => inlines.map(({ text }) => text).join('')),
  );
  const [word = null, title = '', ...rest] = blocks;
  return {
    title,
    body: rest.slice(0, -1).join('\n'),
    foot: rest.at(-1) ?? null,
    colour: hex(colourOf(message)),
    word,
    sent: indented(sent),
  };
}

function mailPreview(message: ChannelMessage): MessagePreview {
  const { subject, text, html } = mailMessage(message);
  const [said = '', foot = ''] = text.split('\n-- \n');
  return {
    title: subject,
    body: said.trim(),
    foot: foot.trim(),
    colour: hex(colourOf(message)),
    word: stateWord(message).toUpperCase(),
    sent: html,
  };
}

/** For receivers that are programs: they show what is sent. */
function listed({ title, body }: ChannelMessage, sent: string): MessagePreview {
  return { title, body, foot: null, colour: null, word: null, sent: indented(sent) };
}

function indented(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2);
}

function hex(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}
