import { describe, expect, it } from 'vitest';
import { type AlertChannel, AlertRules } from '../../../../main/contract/alert-rule.ts';
import { type ChannelSetup, setUpChannel } from '../../../../main/engine/outbox/set-up-channels.ts';
import type { Secrets } from '../../../../main/engine/ports/secrets.ts';

const canary = 'canary';
const config = (text: unknown) => AlertRules.parse({ notification_config: text }).notification_config;
const withSecrets = (slots: readonly string[], plain: Secrets['plain'] = {}): Secrets => ({
  has: (slot) => slots.includes(slot),
  read: () => canary,
  source: (slot) => (slots.includes(slot) ? 'environment' : null),
  plain,
});
const setUp = (name: AlertChannel, text: unknown, secrets = withSecrets([])): ChannelSetup =>
  setUpChannel(name, config(text), secrets);
const mail = {
  enabled: true,
  smtp_host: 'mail.tests.test',
  from_address: 'v@tests.test',
  to_addresses: ['me@tests.test'],
};

describe('a channel', () => {
  it('with the examples of a new file is not set up, so that nothing is tried', () => {
    const examples = {
      enabled: true,
      smtp_host: 'smtp.gmail.com',
      smtp_port: 587,
      from_address: 'alerts@example.com',
      to_addresses: ['admin@example.com'],
    };
    expect(setUp('email', { email: examples })).toMatchObject({ state: 'not set up', target: null });
    for (const channel of ['slack', 'discord', 'teams'] as const) {
      expect(setUp(channel, { [channel]: { enabled: true, webhook_url: '' } })).toMatchObject({ state: 'not set up' });
      expect(
        setUp(channel, { [channel]: { enabled: true, webhook_url: 'https://hooks.example.com/x' } }),
      ).toMatchObject({ state: 'not set up' });
    }
  });

  it('with what it needs is ready', () => {
    expect(setUp('email', { email: mail })).toMatchObject({
      state: 'ready',
      target: { port: 587, user: null },
      leadsTo: 'me@tests.test',
    });
    expect(setUp('webhook', { webhook: { enabled: true, url: 'https://tests.test/x' } })).toMatchObject({
      state: 'ready',
      leadsTo: 'tests.test',
    });
  });

  it('that the file does not mention is on once the environment says where it leads; an enabled: false holds', () => {
    const secrets = withSecrets(['slack address', 'application insights connection']);
    expect(setUp('slack', {}, secrets)).toMatchObject({ state: 'ready', target: { url: null } });
    expect(setUp('appinsights', {}, secrets).state).toBe('ready');
    expect(setUp('slack', { slack: { enabled: false } }, secrets).state).toBe('off');
    expect(setUp('slack', {}).state).toBe('off');
  });

  it('of mail takes server, user and receivers of the environment before those of the file', () => {
    const plain = {
      mailTo: 'a@tests.test,b@tests.test',
      mailHost: 'other.test',
      mailPort: 465,
      mailUser: 'user@tests.test',
    };
    expect(setUp('email', { email: mail }, withSecrets([], plain)).target).toMatchObject({
      host: 'other.test',
      port: 465,
      user: 'user@tests.test',
      to: ['a@tests.test', 'b@tests.test'],
      from: 'v@tests.test',
    });
  });

  it('whose receivers are no addresses of mail is not set up', () => {
    for (const to of ['a@b\r\nBcc: c@d', 'x', 'a@b,c@d', '<a@b>', '"a"@b', 'a@b;c'])
      expect(setUp('email', { email: { ...mail, to_addresses: [to] } }).state).toBe('not set up');
  });

  it('never shows more of its address than the host', () => {
    for (const url of [
      `https://tests.test/${canary}`,
      `https://${canary}@tests.test/`,
      `https://u:${canary}@tests.test`,
      `https://tests.test?${canary}`,
      canary,
    ]) {
      const { leadsTo, hint, state } = setUp('webhook', { webhook: { enabled: true, url } });
      expect(`${leadsTo} ${hint}`).not.toContain(canary);
      expect(state).toBe('ready');
    }
  });
});
