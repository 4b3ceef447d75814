import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../../../main/contract/calls.ts';
import type { ChannelMessage, SendOutcome } from '../../../../main/engine/ports/channels.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { episodeRecord, OutboxDisk, outboxLife, tellingOf, twoChannels } from '../../../support/outbox-rounds.ts';

const someone: CallContext = { user: 'dev', face: 'cli' };
const delivered: SendOutcome = { kind: 'delivered', receipt: '200' };
const refused: SendOutcome = { kind: 'refused', reason: 'The receiver refused the message: 404.' };
const failed: SendOutcome = {
  kind: 'failed',
  reason: 'Busy.',
  retryAfterMs: null,
  mayHaveArrived: false,
  isUnreached: false,
};

function world(answer: () => SendOutcome) {
  const clock = new ManualClock();
  const disk = new OutboxDisk();
  const sent: ChannelMessage[] = [];
  const send = async (_target: unknown, message: ChannelMessage): Promise<SendOutcome> => {
    sent.push(message);
    return answer();
  };
  const live = () => outboxLife({ disk, clock, send });
  return { clock, disk, sent, live, ...live() };
}

const firing = (number = 1) => tellingOf('firing', episodeRecord(number), ['slack']);
const resolved = (number = 1) => tellingOf('resolved', episodeRecord(number, { resolvedAt: 5000 }), ['slack']);

describe('one alert on one channel', () => {
  it('is told when it fires and when it is over, under one key', async () => {
    const { outbox, clock, sent } = world(() => delivered);
    outbox.write([], [], [firing()]);
    await clock.advance(10_000);
    outbox.write([], [], [resolved()]);
    await clock.advance(10_000);
    expect(sent.map(({ alerts }) => alerts[0]?.tells)).toEqual([['firing'], ['resolved']]);
    expect(new Set(sent.map(({ alerts }) => alerts[0]?.key))).toEqual(new Set(['high_cpu/machine-1/1']));
  });

  it('that nobody could be told of while it fired is told once, begin and end together', async () => {
    let answer: SendOutcome = failed;
    const { outbox, clock, sent } = world(() => answer);
    outbox.write([], [], [firing()]);
    await clock.advance(500);
    outbox.write([], [], [resolved()]);
    answer = delivered;
    await clock.advance(700_000);
    expect(sent.at(-1)).toMatchObject({
      isOver: true,
      title: 'vm-1: resolved',
      body: 'It is firing.\nIt is resolved.',
    });
    expect(sent.slice(1)).toHaveLength(1);
  });

  it('is written before it is sent, and a try that the engine did not outlive says that it may be a repeat', async () => {
    const clock = new ManualClock();
    const disk = new OutboxDisk();
    const states: unknown[] = [];
    const first = outboxLife({
      disk,
      clock,
      send: () => {
        states.push([...disk.rows.values()].map(({ state }) => state));
        return new Promise(() => undefined);
      },
    });
    first.outbox.write([], [], [firing()]);
    await clock.advance(10);
    expect(states).toEqual([['sending']]);
    first.kill();
    const sent: ChannelMessage[] = [];
    outboxLife({
      disk,
      clock,
      send: async (_target, message) => {
        sent.push(message);
        return delivered;
      },
    });
    await clock.advance(10);
    expect(sent).toMatchObject([{ isRepeat: true }]);
    expect([...disk.rows.values()]).toMatchObject([{ state: 'delivered' }]);
  });

  it('whose end comes after a restart is told to those who heard of its begin, and to nobody else', async () => {
    const { outbox, clock, sent, live, kill } = world(() => delivered);
    outbox.write([], [], [firing()]);
    await clock.advance(10_000);
    kill();
    const next = live();
    next.outbox.write(
      [],
      [],
      [
        tellingOf('resolved', episodeRecord(1, { resolvedAt: 9 }), null),
        tellingOf('resolved', episodeRecord(2, { resolvedAt: 9 }), null),
      ],
    );
    await clock.advance(10_000);
    expect(sent).toHaveLength(2);
    expect(sent.at(-1)?.alerts).toMatchObject([{ machine: 'vm-1', tells: ['resolved'] }]);
  });
});

describe('a message that is refused', () => {
  it('waits for a person, who sees it and can have it sent again', async () => {
    let answer: SendOutcome = refused;
    const { outbox, clock, disk, sent } = world(() => answer);
    outbox.write([], [], [firing()]);
    await clock.advance(3_600_000);
    expect(sent).toHaveLength(1);
    const [row] = disk.rows.values();
    expect(row).toMatchObject({ state: 'parked', reason: 'The receiver refused the message: 404.' });
    expect(await outbox.handlers['channel.list']({}, someone)).toContainEqual(
      expect.objectContaining({
        name: 'slack',
        parked: 1,
        waiting: 0,
        trouble: 'The receiver refused the message: 404.',
        leadsTo: 'slack.test',
      }),
    );
    answer = delivered;
    await outbox.handlers['delivery.resend']({ delivery: row?.id ?? '' }, someone);
    await clock.advance(60_000);
    expect([...disk.rows.values()]).toMatchObject([{ state: 'delivered' }]);
    await expect(
      (async () => outbox.handlers['delivery.resend']({ delivery: row?.id ?? '' }, someone))(),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('holds up no other message, and is carried by the word that it is over', async () => {
    let answer: SendOutcome = refused;
    const { outbox, clock, disk, sent } = world(() => answer);
    outbox.write([], [], [firing()]);
    await clock.advance(10_000);
    answer = delivered;
    outbox.write([], [], [firing(2)]);
    await clock.advance(60_000);
    outbox.write([], [], [resolved()]);
    await clock.advance(60_000);
    expect(sent.map(({ alerts }) => alerts.map(({ machine, tells }) => [machine, ...tells]))).toEqual([
      [['vm-1', 'firing']],
      [['vm-2', 'firing']],
      [['vm-1', 'firing', 'resolved']],
    ]);
    expect([...disk.rows.values()].every(({ state }) => state === 'delivered')).toBe(true);
  });
});

describe('who is told', () => {
  const rowsFor = async (
    config: object,
    channels: Parameters<typeof tellingOf>[2],
    severity: 'info' | 'warning' | 'critical' = 'warning',
  ) => {
    const clock = new ManualClock();
    const disk = new OutboxDisk();
    const { outbox } = outboxLife({
      disk,
      clock,
      send: async () => delivered,
      config: () => ({ ...twoChannels, ...config }),
    });
    outbox.write([], [], [tellingOf('firing', episodeRecord(1, { severity }), channels)]);
    await clock.advance(1000);
    return [...disk.rows.values()].map(({ channel }) => channel);
  };
  const channel = { enabled: true, min_severity: 'info', allow_private: false } as const;

  it('the channels that the rule names', async () => expect(await rowsFor({}, ['slack'])).toEqual(['slack']));
  it('every channel, when there is no rule', async () => expect(await rowsFor({}, null)).toEqual(['slack', 'webhook']));
  it('the desktop always, unless it is switched off', async () => {
    expect(await rowsFor({ desktop: undefined }, [])).toEqual(['desktop']);
    expect(await rowsFor({ desktop: { ...channel, enabled: false } }, [])).toEqual([]);
  });
  it('nobody over a channel that is off, not set up, or for worse alerts only', async () => {
    const webhook_url = 'https://slack.test/x';
    expect(await rowsFor({ slack: { ...channel, enabled: false, webhook_url } }, ['slack'])).toEqual([]);
    expect(await rowsFor({ slack: { ...channel, webhook_url: '' } }, ['slack'])).toEqual([]);
    expect(await rowsFor({ slack: { ...channel, webhook_url: 'https://hooks.example.com/x' } }, ['slack'])).toEqual([]);
    expect(await rowsFor({ slack: { ...channel, min_severity: 'critical', webhook_url } }, ['slack'])).toEqual([]);
    expect(
      await rowsFor({ slack: { ...channel, min_severity: 'critical', webhook_url } }, ['slack'], 'critical'),
    ).toEqual(['slack']);
  });
});

describe('the test of a channel', () => {
  it('says how it went, also when the receiver refuses', async () => {
    let answer: SendOutcome = delivered;
    const { outbox, sent } = world(() => answer);
    expect(await outbox.handlers['channel.test']({ channel: 'slack' }, someone)).toEqual({
      channel: 'slack',
      delivered: true,
      summary: 'slack took the message: 200',
    });
    expect(sent).toMatchObject([{ isTest: true }]);
    answer = refused;
    expect(await outbox.handlers['channel.test']({ channel: 'slack' }, someone)).toMatchObject({ delivered: false });
  });

  it('of a channel that is not set up says what is missing', async () => {
    const { outbox } = world(() => delivered);
    await expect((async () => outbox.handlers['channel.test']({ channel: 'teams' }, someone))()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('not set up'),
    });
  });
});
