import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { StopSignal } from '../../contract/stop-signal.ts';
import { findReceiver, type LookUp, shown } from './find-receiver.ts';
import { veilSecrets } from './veil-secrets.ts';

/** The one door through which anything leaves over HTTP. */

export interface Post {
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What an answer must not repeat beside the address, which it never does. */
  readonly secrets?: readonly string[];
  readonly signal: StopSignal;
}

export type PostAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | null;
      /** The first 2 KiB of what was said, without the secrets that were said back. */
      readonly text: string;
    }
  /** Nothing was sent, and nothing will be whoever tries again. */
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** The whole of it had been sent by then. */
      readonly mayHaveArrived: boolean;
      readonly isUnreached: boolean;
    };

export interface PostLimits {
  readonly totalMs: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export const usualLimits: PostLimits = { totalMs: 15_000, sentBytes: 262_144, receivedBytes: 65_536 };

const shownBytes = 2048;

/**
 * Sends one body to one address and reads what is said. Guarantees:
 * 1. The name is looked up once, every address it has is judged, and the connection goes to one that was judged.
 * 2. No redirect is followed, no proxy of the environment is asked, nothing of a connection is kept.
 * 3. Certificates are checked; plain HTTP needs the same consent as a private address.
 * 4. It ends within `limits.totalMs`, and neither side says more than it may. Never rejects.
 */
export async function post(message: Post, lookUp: LookUp, limits: PostLimits = usualLimits): Promise<PostAnswer> {
  const url = readUrl(message);
  if (typeof url === 'string') return { kind: 'refused', reason: url };
  if (Buffer.byteLength(message.body) > limits.sentBytes)
    return { kind: 'refused', reason: `The message is larger than ${limits.sentBytes} bytes.` };
  const deadline = performance.now() + limits.totalMs;
  const receiver = await findReceiver(url.hostname, message.allowPrivate, lookUp);
  if ('kind' in receiver) {
    if (receiver.kind === 'refused') return { kind: 'refused', reason: receiver.reason };
    return { kind: 'failed', reason: receiver.reason, mayHaveArrived: false, isUnreached: true };
  }
  let answer: PostAnswer = { kind: 'failed', reason: 'Nothing was tried.', mayHaveArrived: false, isUnreached: true };
  for (const address of receiver.addresses) {
    const leftMs = Math.max(1, deadline - performance.now());
    answer = await postTo(address, receiver.name, url, message, { ...limits, totalMs: leftMs });
    if (answer.kind !== 'failed' || !answer.isUnreached) return answer;
  }
  return answer;
}

/** The address, or why it is none. What it says never repeats the address. */
function readUrl({ url: text, allowPrivate }: Post): URL | string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return 'The address of the channel cannot be read.';
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return 'The address of the channel must begin with https://.';
  if (url.protocol === 'http:' && !allowPrivate)
    return 'The address of the channel must begin with https://; plain http needs allow_private: true.';
  if (url.username !== '' || url.password !== '')
    return 'The address of the channel must not hold a user or a password.';
  return url;
}

function postTo(address: string, name: string, url: URL, message: Post, limits: PostLimits): Promise<PostAnswer> {
  const { body, signal } = message;
  const isSecure = url.protocol === 'https:';
  const failed = (reason: string, mayHaveArrived: boolean, isUnreached: boolean): PostAnswer => ({
    kind: 'failed',
    reason,
    mayHaveArrived,
    isUnreached,
  });
  if (signal.aborted) return Promise.resolve(failed('It was given up.', false, false));
  const options: RequestOptions & { readonly servername?: string } = {
    method: 'POST',
    host: address,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    agent: false,
    setHost: false,
    headers: {
      ...message.headers,
      host: url.host,
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'vigil',
      connection: 'close',
    },
    maxHeaderSize: 16 * 1024,
    // The name in the certificate, not the address that was connected to.
    ...(isSecure ? { servername: isIP(name) === 0 ? name : '' } : {}),
  };
  return new Promise((resolve) => {
    let isConnected = false;
    let isSent = false;
    const asked: ClientRequest = (isSecure ? httpsRequest : httpRequest)(options);
    const end = (answer: PostAnswer): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      asked.destroy();
      resolve(answer);
    };
    const mayHaveArrived = (): boolean => isSent && isConnected;
    const giveUp = (): void => end(failed('It was given up.', mayHaveArrived(), false));
    const timer = setTimeout(
      () => end(failed(`${shown(name)} did not answer in time.`, mayHaveArrived(), !isConnected)),
      limits.totalMs,
    );
    signal.addEventListener('abort', giveUp);
    asked.once('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        isConnected = true;
      });
    });
    asked.once('finish', () => {
      isSent = true;
    });
    // Stays for the whole life: an error without a listener would end the engine.
    asked.on('error', (error: NodeJS.ErrnoException) =>
      end(failed(wordsFor(error, name), mayHaveArrived(), !isConnected)),
    );
    asked.once('response', (response) => {
      let size = 0;
      const parts: Buffer[] = [];
      const answered = (): void =>
        end({
          kind: 'answered',
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'] ?? null,
          text: veilSecrets(Buffer.concat(parts).toString('utf8').slice(0, shownBytes), [
            message.url,
            ...(message.secrets ?? []),
          ]),
        });
      response.on('error', () => end(failed(`${shown(name)} hung up in the middle of its answer.`, true, false)));
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size <= shownBytes) parts.push(part);
        // Its status says what there is to know.
        if (size > limits.receivedBytes) answered();
      });
      response.once('end', answered);
    });
    asked.end(body);
  });
}

/** Node's own sentences may quote what was asked for; these do not. */
function wordsFor({ code = '' }: NodeJS.ErrnoException, name: string): string {
  const host = shown(name);
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) return `The certificate of ${host} is not trusted (${code}).`;
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return `${host} speaks no TLS that Vigil does.`;
  if (code.startsWith('HPE_')) return `${host} does not answer in HTTP.`;
  switch (code) {
    case 'ECONNREFUSED':
      return `${host} refused the connection.`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${host} hung up.`;
    case 'ETIMEDOUT':
      return `${host} did not answer in time.`;
    default:
      return `There is no way to ${host}${/^E[A-Z]+$/.test(code) ? ` (${code})` : ''}.`;
  }
}
