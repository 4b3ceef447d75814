import type { AlertChannel, AlertSeverity, NotificationConfig } from '../../contract/alert-rule.ts';
import type { Handlers } from '../../contract/calls.ts';
import type { Channel, ChannelTest, SecretSlot } from '../../contract/channel.ts';
import type { ChannelPreview, PreviewKind } from '../../contract/channel-preview.ts';
import type { Delivery } from '../../contract/delivery.ts';
import { VigilError } from '../../contract/failure.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { ChannelMessage, Channels, SendOutcome } from '../ports/channels.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryRecord } from '../ports/delivery-records.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { ChannelQueue } from './channel-queue.ts';
import { testMessage } from './compose-message.ts';
import { type ChannelSetup, setUpChannel, setUpChannels } from './set-up-channels.ts';

export interface OutboxHandlerPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly store: Pick<StateStore, 'readDeliveries'>;
  readonly channels: Channels;
  readonly secrets: Secrets;
  readonly queues: ReadonlyMap<AlertChannel, ChannelQueue>;
  config(): NotificationConfig;
  setChannel(
    channel: AlertChannel,
    change: { readonly enabled: boolean; readonly min_severity: AlertSeverity },
  ): Promise<void>;
  /** The message that one alert of a rule would be, on this channel; throws `not-found`. */
  example(channel: AlertChannel, rule: string | undefined, tells: PreviewKind): ChannelMessage;
  raise(message: ChannelMessage): SendOutcome;
  /** The messages are not what they were. */
  announce(): void;
}

const shortestIdPrefix = 8;

/** What each channel takes that no file holds. */
const slotsOf: Readonly<Record<AlertChannel, readonly SecretSlot[]>> = {
  desktop: [],
  email: ['mail password'],
  slack: ['slack address'],
  discord: ['discord address'],
  teams: ['teams address'],
  webhook: ['webhook address', 'webhook signing key'],
  appinsights: ['application insights connection'],
};
const never = createStopSource().signal;

export function createOutboxHandlers(
  ports: OutboxHandlerPorts,
): Pick<
  Handlers,
  'channel.list' | 'channel.test' | 'channel.set' | 'channel.preview' | 'delivery.list' | 'delivery.resend'
> {
  const { clock, ledger, secrets, queues } = ports;
  const testing = new Set<AlertChannel>();

  const test = async (channel: AlertChannel, account: string): Promise<ChannelTest> => {
    const { target, hint } = setUpChannel(channel, ports.config(), secrets);
    if (target === null && channel !== 'desktop')
      throw new VigilError('refused', `The channel ${channel} is not set up. ${hint ?? ''}`.trim());
    const message = testMessage(channel, account, clock.wallNow());
    const outcome = target === null ? ports.raise(message) : await ports.channels.send(target, message, never);
    if (outcome.kind === 'delivered')
      return { channel, delivered: true, summary: `${channel} took the message: ${outcome.receipt}` };
    return { channel, delivered: false, summary: outcome.reason };
  };

  const channelOf = ({ name, state, hint, leadsTo, minSeverity }: ChannelSetup): Channel => {
    const rows = queues.get(name)?.rows ?? [];
    const parked = rows.filter((row) => row.state === 'parked').length;
    const trouble = queues.get(name)?.trouble ?? null;
    const taken = slotsOf[name].map((slot) => ({ slot, source: secrets.source(slot) }));
    return { name, state, hint, leadsTo, minSeverity, waiting: rows.length - parked, parked, trouble, secrets: taken };
  };

  const viewOf = (row: DeliveryRecord): Delivery => deliveryOf(row, queues.get(row.channel)?.nextTryAt ?? null);

  return {
    'channel.list': () => setUpChannels(ports.config(), secrets).map(channelOf),
    'channel.set': async ({ channel, enabled, minSeverity }) => {
      const now = setUpChannel(channel, ports.config(), secrets);
      await ports.setChannel(channel, {
        enabled: enabled ?? now.state !== 'off',
        min_severity: minSeverity ?? now.minSeverity,
      });
      return channelOf(setUpChannel(channel, ports.config(), secrets));
    },
    'channel.preview': ({ channel, rule, tells }): ChannelPreview => {
      const message = ports.example(channel, rule, tells);
      if (channel !== 'desktop') return { channel, ...ports.channels.preview(channel, message) };
      const { title, body } = message;
      return { channel, title, body, foot: null, colour: null, word: null, sent: null };
    },
    'channel.test': async ({ channel }, { user }) => {
      if (testing.has(channel)) throw new VigilError('conflict', `The channel ${channel} is being tried already.`);
      testing.add(channel);
      try {
        return await test(channel, user);
      } finally {
        testing.delete(channel);
      }
    },
    'delivery.list': async ({ state, limit }) => {
      await ledger.flush();
      return (await ports.store.readDeliveries({ state, limit })).map(viewOf);
    },
    'delivery.resend': async ({ delivery: reference }, { user }) => {
      const found = [...queues.values()].flatMap(({ rows }) =>
        rows.filter(({ id }) => id === reference || (reference.length >= shortestIdPrefix && id.startsWith(reference))),
      );
      const [row, ...others] = found;
      if (row === undefined)
        throw new VigilError('not-found', 'There is no message like that which waits for a person.', {
          hint: 'See `vigil monitor delivery list --state parked`.',
        });
      if (others.length > 0)
        throw new VigilError('conflict', 'Several messages begin like that.', { field: 'delivery' });
      if (row.state !== 'parked')
        throw new VigilError('conflict', 'This message is on its way already.', { field: 'delivery' });
      const again: DeliveryRecord = { ...row, state: 'waiting', attempts: 0, at: clock.wallNow() };
      await ledger.commit([{ kind: 'delivery-put', delivery: again }], {
        action: 'delivery.resent',
        actor: 'user',
        summary: `${user} had a message sent again over ${row.channel}.`,
        details: { channel: row.channel, delivery: row.id },
      });
      queues.get(row.channel)?.resend(again);
      ports.announce();
      return viewOf(again);
    },
  };
}

function deliveryOf(row: DeliveryRecord, nextTryAt: number | null): Delivery {
  const { id, channel, key, episode, kind, rule, machine, severity, title, state, attempts, reason } = row;
  return {
    id,
    channel,
    key,
    episode,
    kind,
    rule,
    machine,
    severity,
    title,
    state,
    attempts,
    at: isoTime(row.at),
    deliveredAt: row.deliveredAt === null ? null : isoTime(row.deliveredAt),
    nextTryAt: state !== 'waiting' || nextTryAt === null ? null : isoTime(nextTryAt),
    reason,
  };
}
