import { beforeAll, describe, expect, it } from 'vitest';
import { sendMail } from '../../../../main/adapters/channels/send-mail.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { ChannelTarget, SendOutcome } from '../../../../main/engine/ports/channels.ts';
import { trustLoopbackCertificate } from '../../../support/loopback-certificate.ts';
import {
  type MailReceiver,
  type MailReceiverOptions,
  startMailReceiver,
  stripStartTls,
} from '../../../support/mail-receiver.ts';
import { sampleMessage } from './sample-message.ts';

type MailTarget = Extract<ChannelTarget, { channel: 'email' }>;
const password = 'canary-of-the-mail-password';

beforeAll(trustLoopbackCertificate);

function send(port: number, secret: string | null = null, target: Partial<MailTarget> = {}): Promise<SendOutcome> {
  return sendMail(
    {
      channel: 'email',
      host: 'receiver.test',
      port,
      from: 'vigil@tests.test',
      to: ['one@tests.test', 'two@tests.test'],
      user: null,
      allowPrivate: true,
      ...target,
    },
    secret,
    sampleMessage,
    async () => ['127.0.0.1'],
    createStopSource().signal,
  );
}

async function withReceiver(
  options: MailReceiverOptions,
  work: (receiver: MailReceiver) => Promise<void>,
): Promise<void> {
  const receiver = await startMailReceiver(options);
  try {
    await work(receiver);
  } finally {
    await receiver.close();
  }
}

describe('mail over STARTTLS', () => {
  it('arrives at every receiver as text and as HTML, with the key of its alert', () =>
    withReceiver({ password }, async (receiver) => {
      const outcome = await send(receiver.port, password, { user: 'vigil@tests.test' });
      expect(outcome.kind).toBe('delivered');
      const [mail] = receiver.received;
      expect(mail).toMatchObject({
        from: 'vigil@tests.test',
        to: ['one@tests.test', 'two@tests.test'],
        isSecure: true,
        user: 'vigil@tests.test',
      });
      expect(mail?.source).toContain('Subject: [Vigil] WARNING: web-1: high_cpu');
      expect(mail?.source).toContain('X-Vigil-Key: high_cpu/2c1f3c1e-0000-4000-8000-000000000001/1');
      expect(mail?.source).toMatch(/Content-Type: text\/plain[\s\S]*Content-Type: text\/html/);
      expect(mail?.source).not.toContain(password);
    }));

  it('a wrong password is refused once and for all, and not repeated in words', () =>
    withReceiver({ password: 'another' }, async (receiver) => {
      const outcome = await send(receiver.port, password);
      expect(outcome).toMatchObject({ kind: 'refused' });
      expect(JSON.stringify(outcome)).not.toContain('canary');
      expect(receiver.received).toEqual([]);
    }));

  it('a server that refuses a receiver for good parks the message, one that is busy does not', async () => {
    await withReceiver({ refuses: 550 }, async ({ port }) =>
      expect(await send(port)).toMatchObject({ kind: 'refused' }),
    );
    await withReceiver({ refuses: 451 }, async ({ port }) =>
      expect(await send(port)).toMatchObject({ kind: 'failed' }),
    );
  });

  it('a certificate for another name gets nothing', () =>
    withReceiver({}, async (receiver) => {
      expect(await send(receiver.port, password, { host: 'other.test' })).toMatchObject({
        kind: 'failed',
        mayHaveArrived: false,
      });
      expect(receiver.received).toEqual([]);
    }));
});

describe('without TLS', () => {
  it('a server that offers none gets neither a password nor a word', () =>
    withReceiver({ isStripped: true, password }, async (receiver) => {
      expect(await send(receiver.port, password)).toMatchObject({ kind: 'failed', mayHaveArrived: false });
      expect(receiver.received).toEqual([]);
    }));

  it('a thief who takes the offer out of the way hears nothing but a greeting', () =>
    withReceiver({ password }, async (receiver) => {
      const thief = await stripStartTls(receiver.port);
      try {
        expect(await send(thief.port, password)).toMatchObject({ kind: 'failed', mayHaveArrived: false });
        const commands = thief
          .said()
          .split('\r\n')
          .filter((line) => line !== '')
          .map((line) => line.split(' ')[0]?.toUpperCase());
        for (const command of commands) expect(['EHLO', 'HELO', 'STARTTLS', 'QUIT']).toContain(command);
        expect(commands).toContain('STARTTLS');
        expect(thief.said()).not.toContain(Buffer.from(password).toString('base64'));
      } finally {
        await thief.close();
      }
    }));

  it('a private address needs consent', () =>
    withReceiver({}, async (receiver) => {
      expect(await send(receiver.port, null, { allowPrivate: false })).toMatchObject({ kind: 'refused' });
    }));

  it('a server that is not there is told from one that refuses', async () => {
    const receiver = await startMailReceiver();
    await receiver.close();
    expect(await send(receiver.port)).toMatchObject({ kind: 'failed', isUnreached: true, mayHaveArrived: false });
  });
});
