import { isIP } from 'node:net';
import type { createTransport as Create } from 'nodemailer';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { ChannelMessage, ChannelTarget, SendOutcome } from '../../engine/ports/channels.ts';
import { findReceiver, type LookUp, shown } from './find-receiver.ts';
import { mailMessage } from './mail-message.ts';
import { plainLine } from './plain-line.ts';

type MailTarget = Extract<ChannelTarget, { channel: 'email' }>;

const stepMs = 10_000;
const totalMs = 30_000;
/** On this port TLS comes before the first word; on every other one after STARTTLS. */
const implicitTlsPort = 465;

/**
 * One message of mail over a connection of its own, to an address that was judged. Nothing but the greeting goes over the
 * wire before TLS stands and the certificate is good: neither a password nor a word of the message.
 */
export async function sendMail(
  target: MailTarget,
  password: string | null,
  message: ChannelMessage,
  lookUp: LookUp,
  signal: StopSignal,
): Promise<SendOutcome> {
  const receiver = await findReceiver(target.host, target.allowPrivate, lookUp);
  if ('kind' in receiver) {
    if (receiver.kind === 'refused') return { kind: 'refused', reason: receiver.reason };
    return failed(receiver.reason, false, true);
  }
  const [address = ''] = receiver.addresses;
  // A large library: whoever sends no mail never loads it.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: address,
    port: target.port,
    secure: target.port === implicitTlsPort,
    requireTLS: true,
    // The name in the certificate, not the address that is connected to; an address has no name.
    ...(isIP(receiver.name) === 0 ? { servername: receiver.name } : {}),
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(password === null ? {} : { auth: { user: target.user ?? target.from, pass: password } }),
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    dnsTimeout: stepMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let giveUp: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<SendOutcome>((resolve) => {
    giveUp = () => resolve(failed('It was given up.', true, false));
    timer = setTimeout(
      () => resolve(failed(`${shown(receiver.name)} did not take the mail in time.`, true, false)),
      totalMs,
    );
    signal.addEventListener('abort', giveUp);
  });
  try {
    return await Promise.race([sent(transport, target, message, receiver.name), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    transport.close();
  }
}

async function sent(
  transport: ReturnType<typeof Create>,
  target: MailTarget,
  message: ChannelMessage,
  name: string,
): Promise<SendOutcome> {
  const [only, ...others] = message.alerts;
  const thread = only !== undefined && others.length === 0 ? `<${only.episode}@vigil.invalid>` : null;
  try {
    const info = await transport.sendMail({
      // Addresses as objects: nothing in them can become another header or another receiver.
      from: { name: 'Vigil', address: target.from },
      to: target.to.map((address) => ({ name: '', address })),
      ...mailMessage(message),
      ...(thread === null ? {} : { references: thread, inReplyTo: thread }),
      headers: {
        'X-Vigil-Key': plainLine(message.alerts.map(({ key }) => key).join(' '), 900),
        'Auto-Submitted': 'auto-generated',
      },
    });
    return { kind: 'delivered', receipt: plainLine(String(info.response), 200) };
  } catch (error) {
    return judgeMailError(error, name);
  }
}

/** What the steps of a conversation mean. Nothing of what a library says is quoted but the server's own answer. */
export function judgeMailError(error: unknown, name: string): SendOutcome {
  const { code, responseCode, command } = fieldsOf(error);
  const host = shown(name);
  switch (code) {
    case 'EAUTH':
      if (responseCode !== null && responseCode < 500) break;
      return { kind: 'refused', reason: `${host} did not accept user and password${number(responseCode)}.` };
    case 'ENOAUTH':
      return { kind: 'refused', reason: `${host} asks for a user and a password.` };
    case 'ETLS':
      return failed(`${host} offers no TLS, without which nothing is sent.`, false, false);
    case 'EENVELOPE':
      if (responseCode !== null && responseCode < 500) break;
      return { kind: 'refused', reason: `${host} refused the sender or a receiver${number(responseCode)}.` };
    case 'EDNS':
    case 'ECONNECTION':
      return failed(`There is no way to ${host}.`, false, true);
    case 'ETIMEDOUT':
      return failed(`${host} did not answer in time.`, command === 'DATA', command === 'CONN');
    case 'ESOCKET':
      return failed(
        `The connection to ${host} failed, or its certificate is not trusted.`,
        command === 'DATA',
        command === 'CONN',
      );
    case 'EMESSAGE':
    case 'ESTREAM':
      if (responseCode !== null && responseCode >= 500)
        return { kind: 'refused', reason: `${host} refused the message${number(responseCode)}.` };
      break;
  }
  return failed(`${host} did not take the mail${number(responseCode)}.`, command === 'DATA', false);
}

function fieldsOf(error: unknown): {
  readonly code: string;
  readonly responseCode: number | null;
  readonly command: string;
} {
  const fields: { readonly code?: unknown; readonly responseCode?: unknown; readonly command?: unknown } =
    typeof error === 'object' && error !== null ? error : {};
  return {
    code: typeof fields.code === 'string' ? fields.code : '',
    responseCode: typeof fields.responseCode === 'number' ? fields.responseCode : null,
    command: typeof fields.command === 'string' ? fields.command : '',
  };
}

function number(responseCode: number | null): string {
  return responseCode === null ? '' : ` (${responseCode})`;
}

function failed(reason: string, mayHaveArrived: boolean, isUnreached: boolean): SendOutcome {
  return { kind: 'failed', reason, retryAfterMs: null, mayHaveArrived, isUnreached };
}
