import type { SecretSlot } from '../../contract/channel.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { ChannelMessage, Channels, ChannelTarget, SendOutcome } from '../../engine/ports/channels.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Secrets } from '../../engine/ports/secrets.ts';
import { discordMessage } from './discord-message.ts';
import type { LookUp } from './find-receiver.ts';
import { insightsMessage, readConnection } from './insights-message.ts';
import { judgeAnswer } from './judge-answer.ts';
import { createLookUp } from './look-up.ts';
import { type PostLimits, post, usualLimits } from './post.ts';
import { previewMessage } from './preview-message.ts';
import { sendMail } from './send-mail.ts';
import { slackMessage } from './slack-message.ts';
import { teamsMessage } from './teams-message.ts';
import { signatureOf, webhookMessage } from './webhook-message.ts';

export interface ChannelsOptions {
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** This computer's own when absent. */
  readonly lookUp?: LookUp;
  readonly limits?: PostLimits;
}

type HookTarget = Extract<ChannelTarget, { readonly url: string | null }>;

const slots: Readonly<Record<HookTarget['channel'], SecretSlot>> = {
  slack: 'slack address',
  discord: 'discord address',
  teams: 'teams address',
  webhook: 'webhook address',
};

const bodies: Readonly<Record<HookTarget['channel'], (message: ChannelMessage) => string>> = {
  slack: slackMessage,
  discord: discordMessage,
  teams: teamsMessage,
  webhook: webhookMessage,
};

/** Slack, Discord, Teams, any receiver of JSON, mail and Application Insights. */
export function createChannels({
  clock,
  secrets,
  lookUp = createLookUp(),
  limits = usualLimits,
}: ChannelsOptions): Channels {
  const sendTo = async (
    url: string,
    target: { readonly allowPrivate: boolean },
    body: string,
    headers: Readonly<Record<string, string>>,
    own: readonly (string | null)[],
    signal: StopSignal,
  ): Promise<SendOutcome> => {
    const answer = await post(
      {
        url,
        allowPrivate: target.allowPrivate,
        headers: { 'content-type': 'application/json', ...headers },
        body,
        secrets: own.filter((secret) => secret !== null),
        signal,
      },
      lookUp,
      limits,
    );
    return judgeAnswer(answer, clock.wallNow());
  };
  const sendToHook = (target: HookTarget, message: ChannelMessage, signal: StopSignal): Promise<SendOutcome> => {
    const url = target.url ?? secrets.read(slots[target.channel]);
    if (url === null) return Promise.resolve({ kind: 'refused', reason: 'The channel has no address.' });
    const body = bodies[target.channel](message);
    const headers = target.channel === 'webhook' ? headersOf(message, body) : {};
    return sendTo(url, target, body, headers, [secrets.read('webhook signing key')], signal);
  };
  const headersOf = (message: ChannelMessage, body: string): Readonly<Record<string, string>> => {
    const [only, ...others] = message.alerts;
    const key =
      only !== undefined && others.length === 0 ? { 'idempotency-key': `${only.key}/${only.tells.at(-1)}` } : {};
    const signing = secrets.read('webhook signing key');
    if (signing === null) return key;
    const timestamp = String(Math.floor(clock.wallNow() / 1000));
    return { ...key, 'x-vigil-timestamp': timestamp, 'x-vigil-signature': signatureOf(signing, timestamp, body) };
  };
  const sendToInsights = (target: ChannelTarget, message: ChannelMessage, signal: StopSignal): Promise<SendOutcome> => {
    const connection = readConnection(secrets.read('application insights connection') ?? '');
    if (connection === null)
      return Promise.resolve({
        kind: 'refused',
        reason: 'The connection string of Application Insights cannot be read.',
      });
    return sendTo(connection.url, target, insightsMessage(message, connection.key), {}, [connection.key], signal);
  };
  return {
    // What Discord's embed and Teams's card hold; the others take far more than a person reads.
    roomFor: { slack: 25_000, discord: 1800, teams: 7000, webhook: 200_000, email: 50_000, appinsights: 20_000 },
    preview: previewMessage,
    send: async (target, message, signal) => {
      switch (target.channel) {
        case 'email':
          return sendMail(target, secrets.read('mail password'), message, lookUp, signal);
        case 'appinsights':
          return sendToInsights(target, message, signal);
        default:
          return sendToHook(target, message, signal);
      }
    },
  };
}
