import { type AlertChannel, alertChannels, type NotificationConfig } from '../../contract/alert-rule.ts';
import type { PreviewKind } from '../../contract/channel-preview.ts';
import type { DeliveryKind } from '../../contract/delivery.ts';
import type { EventSink } from '../../contract/events.ts';
import type { DesktopNotification } from '../../contract/notification.ts';
import type { Happening, Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { AlertStanding } from '../notifications/notification-desk.ts';
import type { EpisodeRecord } from '../ports/alert-records.ts';
import type { ChannelMessage, Channels, SendOutcome } from '../ports/channels.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryRecord, OpenConversation } from '../ports/delivery-records.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { Log } from '../ports/log.ts';
import type { Network } from '../ports/network.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { StateChange, StateStore } from '../ports/state-store.ts';
import { type ChannelQueue, createChannelQueue } from './channel-queue.ts';
import { composeMessage } from './compose-message.ts';
import { createOutboxHandlers, type OutboxHandlerPorts } from './outbox-handlers.ts';
import type { Conversation } from './plan-sending.ts';
import { routeTelling } from './route-telling.ts';
import { setUpChannel, setUpChannels } from './set-up-channels.ts';

/** Something that is to be said about an alert, in the words that a person reads. */
export interface Telling {
  readonly kind: DeliveryKind;
  readonly episode: EpisodeRecord;
  readonly title: string;
  readonly body: string;
  /** The machine that a click opens; both empty when there is none. */
  readonly about: { readonly id: string; readonly name: string };
  /** What its rule names; null for an alert without a rule, which is for everybody. */
  readonly channels: readonly AlertChannel[] | null;
}

/**
 * From the word that is to be said to the person who reads it. Invariants:
 * 1. What is to be said is written in one go with the alert that it tells of; nothing is sent before it is written.
 * 2. Nothing of it is lost: each row ends delivered, or parked where a person can see it and have it sent again.
 * 3. Each channel has a queue of its own, and nobody waits for any of them.
 */
export interface Outbox {
  readonly handlers: ReturnType<typeof createOutboxHandlers>;
  /** Writes changes, entries of the journal and what is to be said: all or nothing. */
  write(changes: readonly StateChange[], happenings: readonly Happening[], tellings: readonly Telling[]): void;
  /** Takes up what an earlier life left. */
  begin(): void;
  /** The file of the rules has changed. */
  changed(): void;
  stop(): Promise<void>;
}

export interface OutboxPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventSink;
  readonly ledger: Ledger;
  readonly notices: EngineNotices;
  readonly store: Pick<StateStore, 'readDeliveries'>;
  readonly identifiers: Identifiers;
  readonly channels: Channels;
  readonly secrets: Secrets;
  readonly network: Pick<Network, 'describe'>;
  config(): NotificationConfig;
  setChannel: OutboxHandlerPorts['setChannel'];
  /** What would be said of an alert of this rule, or of the first one; throws `not-found`. */
  example(rule: string | undefined, tells: PreviewKind): Telling;
  raise(notification: DesktopNotification, about?: readonly AlertStanding[]): void;
}

export interface StoredDeliveries {
  /** Not delivered, oldest first. */
  readonly deliveries: readonly DeliveryRecord[];
  readonly conversations: readonly OpenConversation[];
}

/** Names in one line of a notification, which has little room. */
const desktopNames = 8;
const failuresTold = 3;

export function createOutbox(ports: OutboxPorts, stored: StoredDeliveries): Outbox {
  const { clock, ledger, notices, channels, secrets } = ports;
  /** By episode: who was told of it and not yet that it is over. */
  const conversations = new Map<string, Set<AlertChannel>>();
  for (const { episode, channel } of stored.conversations)
    conversations.set(episode, (conversations.get(episode) ?? new Set()).add(channel));
  let hasBegun = false;
  const announce = (): void => ports.events.publish('deliveries.changed', { at: isoTime(clock.wallNow()) });

  const raise = (message: ChannelMessage, batch: readonly Conversation[]): SendOutcome => {
    const [first, ...others] = batch;
    const row = first?.at(-1);
    const about = batch.map((conversation) => {
      const { episode, kind } = conversation.at(-1) ?? conversation[0];
      return { episode, isOver: kind === 'resolved' };
    });
    const notification: DesktopNotification = {
      key: row === undefined ? 'channel test' : others.length === 0 ? `alert ${row.episode}` : 'alerts',
      title: message.title,
      body: message.body,
      severity: message.isOver ? 'info' : message.severity,
      machineId: row?.machineId ?? '',
      machine: row?.machine ?? '',
      at: message.at,
      // A common cause is no rule, and its machine is one that it explains.
      subject:
        row === undefined || others.length > 0 || row.metric === null || row.kind === 'resolved'
          ? null
          : { kind: 'alert', episode: row.episode, rule: row.rule },
      isOver: row !== undefined && message.isOver,
    };
    ports.raise(notification, about);
    return { kind: 'delivered', receipt: 'The desktop was told.' };
  };

  const tellTrouble = (channel: AlertChannel, outcome: SendOutcome, failures: number): void => {
    const id = `channel ${channel}`;
    if (outcome.kind === 'delivered') notices.clear(id);
    if (outcome.kind === 'refused')
      notices.raise(
        id,
        'warning',
        `A message did not get through over ${channel}. ${outcome.reason}`,
        'See `vigil monitor delivery list`.',
      );
    if (outcome.kind === 'failed' && failures >= failuresTold)
      notices.raise(
        id,
        'warning',
        `${channel} takes no messages now; they are kept and tried again. ${outcome.reason}`,
      );
  };
  const noteParked = (channel: AlertChannel, rows: readonly DeliveryRecord[]): void => {
    const parked = rows.filter(({ state }) => state === 'parked');
    if (parked.length === 0) return;
    const [first] = parked;
    ledger.record([], {
      action: 'delivery.parked',
      actor: 'engine',
      summary: `${parked.length === 1 ? 'A message' : `${parked.length} messages`} did not get through over ${channel}. ${first?.reason ?? ''}`,
      details: { channel, messages: parked.length, delivery: first?.id ?? null },
    });
    if (channel === 'desktop') return;
    ports.raise({
      key: `channel ${channel}`,
      title: `Alerts do not get through over ${channel}`,
      body: first?.reason ?? '',
      severity: 'warning',
      machineId: first?.machineId ?? '',
      machine: first?.machine ?? '',
      at: isoTime(clock.wallNow()),
      subject: null,
      isOver: false,
    });
  };

  const queueOf = (channel: AlertChannel): ChannelQueue =>
    createChannelQueue(
      channel,
      {
        clock,
        log: ports.log,
        ledger,
        room: channel === 'desktop' ? Number.POSITIVE_INFINITY : channels.roomFor[channel],
        mostNames: channel === 'desktop' ? desktopNames : Number.POSITIVE_INFINITY,
        chance: () => chanceOf(ports.identifiers.uuid()),
        send: (message, batch, signal) => {
          const { state, target } = setUpChannel(channel, ports.config(), secrets);
          if (state !== 'ready') return null;
          return target === null ? Promise.resolve(raise(message, batch)) : channels.send(target, message, signal);
        },
        isOwnNetworkDown: () => ports.network.describe().links.length === 0,
        settled: (outcome, rows, failures) => {
          tellTrouble(channel, outcome, failures);
          noteParked(channel, rows);
          announce();
        },
      },
      stored.deliveries.filter((row) => row.channel === channel),
    );
  const queues = new Map(alertChannels.map((channel) => [channel, queueOf(channel)]));
  const wakeAll = (): void => {
    if (hasBegun) for (const queue of queues.values()) queue.wake();
  };

  const rowOf = ({ kind, episode, title, body, about }: Telling, channel: AlertChannel): DeliveryRecord => ({
    id: ports.identifiers.uuid(),
    channel,
    key: `${episode.rule}/${episode.machineId ?? 'this-computer'}/${episode.number}`,
    episode: episode.id,
    kind,
    rule: episode.rule,
    machine: episode.machine,
    machineId: about.id === '' ? null : about.id,
    metric: episode.metric,
    value: episode.actualValue,
    threshold: episode.threshold,
    severity: episode.severity,
    title,
    body,
    firedAt: episode.firedAt,
    resolvedAt: kind === 'resolved' ? episode.resolvedAt : null,
    at: clock.wallNow(),
    state: 'waiting',
    attempts: 0,
    mayHaveArrived: false,
    deliveredAt: null,
    reason: null,
  });
  const rowsOf = (telling: Telling): readonly DeliveryRecord[] => {
    const { kind, episode, channels: named } = telling;
    const open = conversations.get(episode.id) ?? new Set<AlertChannel>();
    const told = routeTelling(
      { kind, severity: episode.severity, named },
      setUpChannels(ports.config(), secrets),
      open,
    );
    if (kind === 'resolved') conversations.delete(episode.id);
    else if (told.length > 0) conversations.set(episode.id, new Set([...open, ...told]));
    return told.map((channel) => rowOf(telling, channel));
  };
  const example = (channel: AlertChannel, rule: string | undefined, tells: PreviewKind): ChannelMessage =>
    composeMessage([[rowOf(ports.example(rule, tells), channel)]], clock.wallNow());

  return {
    handlers: createOutboxHandlers({ ...ports, queues, announce, example, raise: (message) => raise(message, []) }),
    write: (changes, happenings, tellings) => {
      const rows = tellings.flatMap(rowsOf);
      if (changes.length + happenings.length + rows.length === 0) return;
      const puts = rows.map((delivery): StateChange => ({ kind: 'delivery-put', delivery }));
      ledger.record([...changes, ...puts], ...happenings);
      // A try is written before it is made, and so behind these.
      for (const [channel, queue] of queues) {
        const own = rows.filter((row) => row.channel === channel);
        if (own.length > 0) queue.add(own);
      }
      if (rows.length > 0) announce();
    },
    begin: () => {
      hasBegun = true;
      wakeAll();
    },
    changed: wakeAll,
    stop: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.stop()));
    },
  };
}

/** A number from 0 up to, not including, 1, of the chance in a version 4 uuid. */
function chanceOf(uuid: string): number {
  const drawn = Number.parseInt(uuid.slice(0, 8), 16);
  return Number.isNaN(drawn) ? 0.5 : drawn / 2 ** 32;
}
