import type { AlertChannel, NotificationConfig } from '../../main/contract/alert-rule.ts';
import { createStopSource } from '../../main/contract/stop-signal.ts';
import {
  createOutbox,
  type Outbox,
  type OutboxPorts,
  type StoredDeliveries,
  type Telling,
} from '../../main/engine/outbox/outbox-desk.ts';
import type { EpisodeRecord } from '../../main/engine/ports/alert-records.ts';
import type { ChannelMessage, Channels, SendOutcome } from '../../main/engine/ports/channels.ts';
import type { DeliveryRecord } from '../../main/engine/ports/delivery-records.ts';
import type { Secrets } from '../../main/engine/ports/secrets.ts';
import type { StateChange } from '../../main/engine/ports/state-store.ts';
import { countingIdentifiers } from './fake-ports.ts';
import { ManualClock } from './manual-clock.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

/** One alert as it arrived somewhere. */
export interface Arrival {
  readonly channel: AlertChannel;
  readonly key: string;
  readonly episode: string;
  readonly tells: readonly string[];
}

export interface OutboxReport {
  readonly episodes: number;
  readonly kills: number;
  readonly tries: number;
  /** Tries that arrived and whose answer was lost. */
  readonly lostAnswers: number;
  readonly lost: number;
  readonly outOfOrder: number;
  readonly duplicates: number;
  readonly unequalKeys: number;
}

/** What of the arrivals is not as it should be, against what was to be told. */
export function judgeArrivals(
  arrivals: readonly Arrival[],
  wanted: readonly { readonly episode: string; readonly channel: AlertChannel; readonly kinds: readonly string[] }[],
): Pick<OutboxReport, 'lost' | 'outOfOrder' | 'duplicates' | 'unequalKeys'> {
  const by = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const key = `${arrival.channel} ${arrival.episode}`;
    by.set(key, [...(by.get(key) ?? []), arrival]);
  }
  let [lost, outOfOrder, duplicates, unequalKeys] = [0, 0, 0, 0];
  for (const { channel, episode, kinds } of wanted) {
    const own = by.get(`${channel} ${episode}`) ?? [];
    const told = new Set(own.flatMap(({ tells }) => tells));
    lost += kinds.filter((kind) => !told.has(kind)).length;
    const ends = own.map(({ tells }) => kinds.indexOf(tells.at(-1) ?? ''));
    outOfOrder += ends.filter((end, index) => ends.slice(0, index).some((before) => before > end)).length;
    duplicates += ends.length - new Set(ends).size;
    unequalKeys += new Set(own.map(({ key }) => key)).size > 1 ? 1 : 0;
  }
  return { lost, outOfOrder, duplicates, unequalKeys };
}

export const noSecrets: Secrets = { has: () => false, read: () => null, source: () => null, plain: {} };

/** For an outbox without a file of rules behind it. */
export const noRules: Pick<OutboxPorts, 'setChannel' | 'example'> = {
  setChannel: async () => undefined,
  example: () => {
    throw new Error('There is no rule.');
  },
};

export const twoChannels: NotificationConfig = {
  desktop: { enabled: false, min_severity: 'info', allow_private: false },
  slack: { enabled: true, min_severity: 'info', allow_private: true, webhook_url: 'https://slack.test/x' },
  webhook: { enabled: true, min_severity: 'info', allow_private: true, url: 'https://hook.test/x' },
};

export const everyRoom = {
  slack: 25_000,
  discord: 1800,
  teams: 7000,
  webhook: 200_000,
  email: 50_000,
  appinsights: 20_000,
};

export function episodeRecord(number: number, over: Partial<EpisodeRecord> = {}): EpisodeRecord {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    number: 1,
    rule: 'high_cpu',
    machineId: `machine-${number}`,
    machine: `vm-${number}`,
    metric: 'cpu_percent',
    severity: 'warning',
    state: 'firing',
    actualValue: 91,
    threshold: 80,
    message: 'CPU is high.',
    since: 0,
    firedAt: 0,
    resolvedAt: null,
    resolvedBecause: null,
    acknowledgedBy: null,
    count: 1,
    affected: [],
    told: 'firing',
    toldFiringAt: 0,
    remindedAt: null,
    escalatedAt: null,
    turns: [],
    flappingSince: null,
    ...over,
  };
}

export function tellingOf(
  kind: Telling['kind'],
  episode: EpisodeRecord,
  channels: readonly AlertChannel[] | null = null,
): Telling {
  return {
    kind,
    episode,
    title: `${episode.machine}: ${kind}`,
    body: `It is ${kind}.`,
    about: { id: episode.machineId ?? '', name: episode.machine ?? '' },
    channels,
  };
}

/** Rows on a disk that is written a moment after it was asked; what has not been written by a kill is gone. */
export class OutboxDisk {
  readonly rows = new Map<string, DeliveryRecord>();
  isForgetful = false;

  apply(changes: readonly StateChange[]): void {
    for (const change of changes)
      if (change.kind === 'delivery-put') this.rows.set(change.delivery.id, change.delivery);
  }

  /** As the next engine finds it. */
  stored(): StoredDeliveries {
    const rows = [...this.rows.values()];
    const last = new Map(rows.map((row) => [`${row.channel} ${row.episode}`, row]));
    return {
      deliveries: this.isForgetful ? [] : rows.filter(({ state }) => state !== 'delivered'),
      conversations: [...last.values()].filter(({ kind }) => kind !== 'resolved'),
    };
  }
}

export interface OutboxLife {
  readonly outbox: Outbox;
  /** Nothing of this life does anything from now on. */
  kill(): void;
}

/** One life of an engine's outbox on a disk. */
export function outboxLife(parts: {
  readonly disk: OutboxDisk;
  readonly clock: ManualClock;
  readonly send: Channels['send'];
  readonly config?: () => NotificationConfig;
  readonly identifiers?: ReturnType<typeof countingIdentifiers>;
  readonly raised?: (title: string) => void;
}): OutboxLife {
  const { disk, clock } = parts;
  let isDead = false;
  const death = createStopSource();
  const never = new Promise<never>(() => undefined);
  let writing: Promise<void> = Promise.resolve();
  const write = (changes: readonly StateChange[]): Promise<void> => {
    writing = writing.then(() => (isDead ? never : disk.apply(changes)));
    return writing;
  };
  const nothing = (): void => undefined;
  const outbox = createOutbox(
    {
      clock: {
        wallNow: () => clock.wallNow(),
        monotonicNow: () => clock.monotonicNow(),
        after: (delayMs, action) => clock.after(delayMs, () => (isDead ? undefined : action())),
      },
      log: { write: nothing },
      events: { publish: nothing },
      ledger: {
        lastId: 0,
        commit: (changes) => write(changes).then(() => []),
        record: (changes) => {
          void write(changes);
          return [];
        },
        conclude: (changes) => write(changes).then(nothing),
        follow: () => nothing,
        flush: () => writing,
      },
      notices: { list: [], raise: nothing, clear: nothing },
      store: { readDeliveries: async () => [...disk.rows.values()] },
      identifiers: parts.identifiers ?? countingIdentifiers(),
      channels: {
        roomFor: everyRoom,
        preview: () => {
          throw new Error('Nobody looks.');
        },
        send: async (target, message) => {
          const outcome = await parts.send(target, message, death.signal);
          return isDead ? never : outcome;
        },
      },
      secrets: noSecrets,
      network: { describe: () => ({ links: ['eth0'], gateway: '192.0.2.1', fingerprint: '' }) },
      config: parts.config ?? (() => twoChannels),
      ...noRules,
      raise: ({ title }) => parts.raised?.(title),
    },
    disk.stored(),
  );
  outbox.begin();
  return {
    outbox,
    kill: () => {
      isDead = true;
      death.stop('killed');
    },
  };
}

/** A receiver of which three in ten tries go wrong, in all the ways there are; and what arrived at it. */
export function unreliableReceiver(random: SeededRandom, clock: ManualClock, badShare = 0.3) {
  const arrivals: Arrival[] = [];
  let tries = 0;
  let lostAnswers = 0;
  const take = (channel: AlertChannel, message: ChannelMessage): void => {
    for (const { key, episode, tells } of message.alerts) arrivals.push({ channel, key, episode, tells });
  };
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  const send: Channels['send'] = async (target, message, death): Promise<SendOutcome> => {
    tries += 1;
    const { channel } = target;
    await wait(1 + random.below(50));
    const failed = { kind: 'failed', retryAfterMs: null, isUnreached: false } as const;
    if (random.next() >= badShare) {
      take(channel, message);
      // Counted as lost until it is heard: a kill in between makes it so.
      lostAnswers += message.alerts.length;
      await wait(1 + random.below(20));
      if (!death.aborted) lostAnswers -= message.alerts.length;
      return { kind: 'delivered', receipt: '200' };
    }
    switch (random.below(5)) {
      case 0:
        await wait(15_000);
        return { ...failed, reason: 'It hung.', mayHaveArrived: true };
      case 1:
        return { ...failed, reason: 'It was reset.', mayHaveArrived: false };
      case 2:
        return { ...failed, reason: '503', mayHaveArrived: true };
      case 3:
        return { ...failed, reason: '429', mayHaveArrived: false, retryAfterMs: 2000 };
      default:
        take(channel, message);
        lostAnswers += message.alerts.length;
        return { ...failed, reason: 'It hung up.', mayHaveArrived: true };
    }
  };
  return {
    send,
    arrivals,
    get tries() {
      return tries;
    },
    get lostAnswers() {
      return lostAnswers;
    },
  };
}

/** Episodes that fire and end at random moments, with kills in between, until everything is quiet. */
export async function outboxRounds(options: {
  readonly episodes: number;
  readonly kills: number;
  readonly seed?: number;
  readonly isForgetful?: boolean;
}): Promise<OutboxReport & { readonly seed: number }> {
  const random = seededRandom(options.seed);
  const clock = new ManualClock();
  const disk = new OutboxDisk();
  disk.isForgetful = options.isForgetful === true;
  const receiver = unreliableReceiver(random, clock);
  const identifiers = countingIdentifiers();
  const begin = (): OutboxLife => outboxLife({ disk, clock, send: receiver.send, identifiers });
  let life = begin();
  const firing: number[] = [];
  const wanted: { readonly episode: string; readonly channel: AlertChannel; readonly kinds: string[] }[] = [];
  let begun = 0;
  let ended = 0;
  let kills = 0;
  const resolve = (): void => {
    const [number] = firing.splice(random.below(firing.length), 1);
    if (number === undefined) return;
    ended += 1;
    life.outbox.write([], [], [tellingOf('resolved', episodeRecord(number, { state: 'resolved', resolvedAt: 1 }))]);
    for (const each of wanted) if (each.episode === episodeRecord(number).id) each.kinds.push('resolved');
  };
  while (ended < options.episodes || kills < options.kills) {
    if (begun < options.episodes && random.next() < 0.6) {
      firing.push(begun);
      life.outbox.write([], [], [tellingOf('firing', episodeRecord(begun))]);
      for (const channel of ['slack', 'webhook'] as const)
        wanted.push({ episode: episodeRecord(begun).id, channel, kinds: ['firing'] });
      begun += 1;
    } else resolve();
    // What was told of by then has been written with its alert.
    await clock.advance(random.below(2000));
    if (random.next() < options.kills / (2.2 * options.episodes) && kills < options.kills) {
      // Also in the middle of a try, and between its end and the word of it.
      await clock.advance(random.below(60));
      life.kill();
      kills += 1;
      life = begin();
    } else if (ended >= options.episodes) {
      life.kill();
      kills += 1;
      life = begin();
    }
  }
  for (let hour = 0; hour < 24 && [...disk.rows.values()].some(({ state }) => state !== 'delivered'); hour++)
    await clock.advance(3_600_000);
  life.kill();
  return {
    seed: random.seed,
    episodes: options.episodes,
    kills,
    tries: receiver.tries,
    lostAnswers: receiver.lostAnswers,
    ...judgeArrivals(receiver.arrivals, wanted),
  };
}
