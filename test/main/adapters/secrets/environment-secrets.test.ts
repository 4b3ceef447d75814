import { expect, it } from 'vitest';
import { createEnvironmentSecrets } from '../../../../main/adapters/secrets/environment-secrets.ts';
import { type SecretSlot, secretSlots } from '../../../../main/contract/channel.ts';

it('every slot has a variable of its own', () => {
  for (const [slot, variable] of Object.entries(secretSlots)) {
    const secrets = createEnvironmentSecrets({ [variable]: ' canary ' });
    for (const other of Object.keys(secretSlots) as SecretSlot[])
      expect(secrets.read(other)).toBe(other === slot ? 'canary' : null);
  }
});

it.each([
  ['https://hooks.slack.com/services/T/B/x', 'slack address'],
  ['https://discord.com/api/webhooks/1/x', 'discord address'],
  ['https://ptb.discord.com/api/webhooks/1/x', 'discord address'],
  ['https://prod-1.westeurope.logic.azure.com:443/workflows/x', 'teams address'],
  ['https://tests.webhook.office.com/webhookb2/x', 'teams address'],
  ['https://hooks.slack.com.evil.test/x', 'webhook address'],
  ['https://tests.test/x', 'webhook address'],
] as const)('ALERT_WEBHOOK_URL with %s is the %s', (url, slot) => {
  const secrets = createEnvironmentSecrets({ ALERT_WEBHOOK_URL: url });
  for (const each of Object.keys(secretSlots) as SecretSlot[]) expect(secrets.has(each)).toBe(each === slot);
});

it('what is no secret of the seeds is told as it is, and nonsense is not', () => {
  const environment = {
    ALERT_EMAIL: 'a@tests.test, b@tests.test',
    SMTP_HOST: 'mail.tests.test',
    SMTP_PORT: '465',
    SMTP_USER: 'me',
  };
  expect(createEnvironmentSecrets(environment).plain).toEqual({
    mailTo: 'a@tests.test, b@tests.test',
    mailHost: 'mail.tests.test',
    mailPort: 465,
    mailUser: 'me',
  });
  for (const SMTP_PORT of ['', '0', '70000', 'x']) expect(createEnvironmentSecrets({ SMTP_PORT }).plain).toEqual({});
});

it('a secret is not in what is made of the object for a log or an answer', () => {
  const secrets = createEnvironmentSecrets({ SMTP_PASSWORD: 'canary' });
  expect(JSON.stringify(secrets)).not.toContain('canary');
});
