import { expect, it } from 'vitest';
import { discordMessage } from '../../../../main/adapters/channels/discord-message.ts';
import { plainLine, plainLines } from '../../../../main/adapters/channels/plain-line.ts';
import { previewMessage } from '../../../../main/adapters/channels/preview-message.ts';
import { slackMessage } from '../../../../main/adapters/channels/slack-message.ts';
import { teamsMessage } from '../../../../main/adapters/channels/teams-message.ts';
import { sampleMessage } from './sample-message.ts';

/** What a machine could be made to say. */
const hostile = {
  ...sampleMessage,
  title: 'x <!channel> @everyone **b** &amp; <b>',
  body: '<@U1> &amp; [a](https://evil.test) `c` \\_ d\u202e\u0007\n"q" #1 ~s~ |x|',
};

it.each(['slack', 'discord', 'teams', 'email'] as const)(
  '%s shows a person the very words, whatever stands in them, and never more',
  (channel) => {
    for (const message of [sampleMessage, hostile]) {
      const { title, body, foot } = previewMessage(channel, message);
      expect(title).toContain(plainLine(message.title, 200));
      expect(body).toContain(plainLines(message.body, 1000));
      expect(foot).toContain(message.alerts[0]?.key);
    }
  },
);

it('what it says is sent is what is sent', () => {
  for (const [channel, made] of [
    ['slack', slackMessage],
    ['discord', discordMessage],
    ['teams', teamsMessage],
  ] as const)
    expect(JSON.parse(previewMessage(channel, hostile).sent ?? '')).toEqual(JSON.parse(made(hostile)));
  expect(previewMessage('email', hostile).sent).toMatch(/^<!doctype html>/);
  expect(previewMessage('webhook', sampleMessage).sent).toContain('"rule_name": "high_cpu"');
});

it('colour and word stand where the receiver shows them', () => {
  expect(previewMessage('slack', sampleMessage)).toMatchObject({ colour: '#e09f1f', word: null });
  expect(previewMessage('discord', { ...sampleMessage, isOver: true })).toMatchObject({ colour: '#2e9e5b' });
  expect(previewMessage('teams', sampleMessage)).toMatchObject({ word: 'WARNING' });
  expect(previewMessage('email', { ...sampleMessage, isOver: true })).toMatchObject({
    title: '[Vigil] RESOLVED: web-1: high_cpu',
    word: 'RESOLVED',
  });
});

it('the key of a resource of Application Insights is no part of it', () => {
  expect(previewMessage('appinsights', sampleMessage).sent).toContain('"iKey": ""');
});
