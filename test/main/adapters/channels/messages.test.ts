import { describe, expect, it } from 'vitest';
import { discordMessage } from '../../../../main/adapters/channels/discord-message.ts';
import { insightsMessage, readConnection } from '../../../../main/adapters/channels/insights-message.ts';
import { mailMessage } from '../../../../main/adapters/channels/mail-message.ts';
import { slackMessage } from '../../../../main/adapters/channels/slack-message.ts';
import { teamsMessage } from '../../../../main/adapters/channels/teams-message.ts';
import { webhookMessage } from '../../../../main/adapters/channels/webhook-message.ts';
import { sampleMessage } from './sample-message.ts';

/** What a machine could be made to say. */
const hostile = {
  ...sampleMessage,
  title: 'x <!channel> @everyone **b** <script>alert(1)</script>\r\nBcc: all@tests.test',
  body: '<@U1> &amp; [a](https://evil.test) `c`\u202e\u0007\n"q"',
};

describe('text from anywhere', () => {
  it('mentions nobody and links to nothing in Slack', () => {
    const { text, attachments } = JSON.parse(slackMessage(hostile));
    for (const said of [text, attachments[0].text, attachments[0].fallback]) expect(said).not.toMatch(/[<>]/);
    expect(attachments[0].text).toContain('&lt;@U1&gt; &amp;amp; ');
    expect(attachments[0].mrkdwn_in).toEqual([]);
  });

  it('mentions nobody and is no markup in Discord', () => {
    const { allowed_mentions, embeds } = JSON.parse(discordMessage(hostile));
    expect(allowed_mentions).toEqual({ parse: [] });
    expect(embeds[0].title).toContain('\\*\\*b\\*\\*');
    expect(embeds[0].description).toContain('\\[a\\]\\(');
  });

  it('stands in Teams in runs that know no markup', () => {
    const { body } = JSON.parse(teamsMessage(hostile)).attachments[0].content;
    expect(new Set(body.map(({ type }: { readonly type: string }) => type))).toEqual(new Set(['RichTextBlock']));
  });

  it('is neither a header nor an element in mail', () => {
    const { subject, html, text } = mailMessage(hostile);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/<a |<img|src=/);
    expect(text).toContain('[a](https://evil.test)');
  });

  it('has no character that changes how the rest is read, on any channel', () => {
    for (const said of [
      slackMessage(hostile),
      discordMessage(hostile),
      teamsMessage(hostile),
      mailMessage(hostile).html,
    ])
      for (const bad of ['\u202e', '\\u202e', '\u0007', '\\u0007']) expect(said).not.toContain(bad);
  });

  it('that is very long is cut to what each channel takes', () => {
    const long = { ...sampleMessage, title: 'ü'.repeat(5000), body: `${'*'.repeat(100)}\n`.repeat(3000) };
    const { embeds } = JSON.parse(discordMessage(long));
    expect(embeds[0].title.length).toBeLessThanOrEqual(256);
    expect(embeds[0].description.length).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(teamsMessage(long))).toBeLessThan(28 * 1024);
    expect(Buffer.byteLength(slackMessage(long))).toBeLessThan(100_000);
    expect(mailMessage(long).subject.length).toBeLessThan(250);
  });
});

describe('how it stands', () => {
  it('is told by colour and word: firing, over, a test, a repeat', () => {
    expect(slackMessage(sampleMessage)).toContain('#e09f1f');
    expect(slackMessage({ ...sampleMessage, isOver: true })).toContain('#2e9e5b');
    expect(mailMessage({ ...sampleMessage, severity: 'critical' }).subject).toContain('CRITICAL');
    expect(mailMessage({ ...sampleMessage, isOver: true }).subject).toContain('RESOLVED');
    expect(JSON.parse(webhookMessage({ ...sampleMessage, isTest: true })).status).toBe('test');
    expect(slackMessage(sampleMessage)).not.toContain('repeat');
    for (const said of [slackMessage, discordMessage, teamsMessage])
      expect(said({ ...sampleMessage, isRepeat: true })).toContain('may be a repeat');
    expect(JSON.parse(webhookMessage({ ...sampleMessage, isRepeat: true })).mayBeRepeat).toBe(true);
  });

  it('carries the key of its alert on every channel', () => {
    const [{ key } = { key: '' }] = sampleMessage.alerts;
    for (const said of [slackMessage, discordMessage, teamsMessage, webhookMessage])
      expect(said(sampleMessage)).toContain(key);
    expect(mailMessage(sampleMessage).text).toContain(key);
    expect(insightsMessage(sampleMessage, 'i')).toContain(key);
  });
});

describe('a connection string', () => {
  const key = '2c1f3c1e-0000-4000-8000-000000000001';
  it('names the key and where to', () => {
    expect(
      readConnection(
        `InstrumentationKey=${key};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/`,
      ),
    ).toEqual({
      key,
      url: 'https://westeurope-5.in.applicationinsights.azure.com/v2.1/track',
    });
    expect(readConnection(`InstrumentationKey=${key}`)?.url).toBe('https://dc.services.visualstudio.com/v2.1/track');
  });

  it.each([
    '',
    'InstrumentationKey=',
    'InstrumentationKey=x;IngestionEndpoint=https://a',
    `IngestionEndpoint=https://a`,
    `InstrumentationKey=${key};IngestionEndpoint=nowhere`,
  ])('%s is none', (text) => expect(readConnection(text)).toBeNull());
});
