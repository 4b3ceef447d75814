import { describe, expect, it } from 'vitest';
import type { AlertChannel } from '../../../../main/contract/alert-rule.ts';
import { nextAllowed, retryDelay } from '../../../../main/engine/outbox/pace.ts';
import { nextBatch } from '../../../../main/engine/outbox/plan-sending.ts';
import type { ChannelMessage, SendOutcome } from '../../../../main/engine/ports/channels.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { episodeRecord, OutboxDisk, outboxLife, tellingOf, twoChannels } from '../../../support/outbox-rounds.ts';

interface Sent {
  readonly channel: AlertChannel;
  readonly at: number;
  readonly message: ChannelMessage;
}

const delivered: SendOutcome = { kind: 'delivered', receipt: '200' };
const wait = (clock: ManualClock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

describe('a storm', () => {
  const storm = async (kind: 'firing' | 'resolved'): Promise<readonly Sent[]> => {
    const clock = new ManualClock();
    const sent: Sent[] = [];
    const disk = new OutboxDisk();
    const everyone = {
      ...twoChannels,
      desktop: { enabled: true, min_severity: 'info', allow_private: false },
    } as const;
    const { outbox } = outboxLife({
      disk,
      clock,
      config: () => everyone,
      raised: (title) =>
        sent.push({ channel: 'desktop', at: clock.monotonicNow(), message: { title } as ChannelMessage }),
      send: async ({ channel }, message) => {
        sent.push({ channel, at: clock.monotonicNow(), message });
        return delivered;
      },
    });
    const say = async (what: typeof kind): Promise<void> => {
      for (let second = 0; second < 50; second++) {
        const tellings = Array.from({ length: 10 }, (_, index) => tellingOf(what, episodeRecord(second * 10 + index)));
        outbox.write([], [], tellings);
        await clock.advance(1000);
      }
    };
    await say('firing');
    if (kind === 'resolved') {
      await clock.advance(600_000);
      sent.length = 0;
      await say('resolved');
    }
    await clock.advance(30_000);
    return sent;
  };

  it.each(['firing', 'resolved'] as const)(
    'of 500 machines (%s) is at most 5 messages a channel in its first minute, and names every machine',
    async (kind) => {
      const sent = await storm(kind);
      const begin = Math.min(...sent.map(({ at }) => at));
      for (const channel of ['slack', 'webhook', 'desktop'] as const) {
        const own = sent.filter((each) => each.channel === channel && each.at - begin < 60_000);
        expect(own.length).toBeGreaterThan(0);
        expect(own.length).toBeLessThanOrEqual(5);
        for (const [index, { at }] of own.entries())
          expect(at - (own[index - 1]?.at ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(1000);
      }
      const words = sent
        .filter(({ channel }) => channel === 'slack')
        .map(({ message }) => message.body)
        .join('\n');
      const alone = sent
        .filter(({ channel }) => channel === 'slack')
        .map(({ message }) => message.title)
        .join('\n');
      for (let number = 0; number < 500; number++)
        expect(`${words}\n${alone}`).toMatch(new RegExp(`\\bvm-${number}\\b`));
    },
  );

  it('control: an outbox for each machine, which can group nothing, would say far more', async () => {
    const clock = new ManualClock();
    const sent: number[] = [];
    for (let number = 0; number < 60; number += 1) {
      const { outbox } = outboxLife({
        disk: new OutboxDisk(),
        clock,
        send: async ({ channel }) => {
          if (channel === 'slack') sent.push(clock.monotonicNow());
          return delivered;
        },
      });
      outbox.write([], [], [tellingOf('firing', episodeRecord(number))]);
    }
    await clock.advance(60_000);
    expect(sent.length).toBe(60);
  });

  it('what does not fit into one message goes into the next', () => {
    const disk = new OutboxDisk();
    const clock = new ManualClock();
    const { outbox } = outboxLife({ disk, clock, send: () => new Promise(() => undefined) });
    outbox.write(
      [],
      [],
      Array.from({ length: 100 }, (_, number) => tellingOf('firing', episodeRecord(number))),
    );
    return clock.advance(0).then(() => {
      const rows = [...disk.rows.values()]
        .filter(({ channel }) => channel === 'slack')
        .map((row) => ({ ...row, state: 'waiting' as const }));
      const batch = nextBatch(rows, 200);
      expect(batch.length).toBeGreaterThan(3);
      expect(batch.flatMap(([{ machine }]) => machine ?? '').join(', ').length).toBeLessThanOrEqual(200);
    });
  });
});

describe('a channel that is slow', () => {
  it('holds up no other channel and nobody who has something to say', async () => {
    const delays = async (isSlackHanging: boolean): Promise<readonly number[]> => {
      const clock = new ManualClock();
      const arrived: number[] = [];
      const { outbox } = outboxLife({
        disk: new OutboxDisk(),
        clock,
        send: async ({ channel }) => {
          if (channel === 'slack' && isSlackHanging) {
            await wait(clock, 60_000);
            return { kind: 'failed', reason: 'It hung.', retryAfterMs: null, mayHaveArrived: true, isUnreached: false };
          }
          arrived.push(clock.monotonicNow());
          return delivered;
        },
      });
      const delay: number[] = [];
      for (let number = 0; number < 20; number++) {
        arrived.length = 0;
        const at = clock.monotonicNow();
        const before = performance.now();
        outbox.write([], [], [tellingOf('firing', episodeRecord(number), ['slack', 'webhook'])]);
        expect(performance.now() - before).toBeLessThan(1000);
        await clock.advance(70_000);
        delay.push(Math.min(...arrived) - at);
      }
      return delay;
    };
    const [alone, beside] = [await delays(false), await delays(true)];
    for (const [index, delay] of beside.entries())
      expect(Math.abs(delay - (alone[index] ?? 0))).toBeLessThanOrEqual(2000);
  });
});

describe('tries', () => {
  it('come after 1 s to 10 min, longer with each failure, and never together', () => {
    expect(retryDelay(1, null, 0)).toBe(1000);
    expect(retryDelay(3, null, 0.999)).toBeLessThanOrEqual(8000);
    expect(retryDelay(50, null, 0.999)).toBeLessThanOrEqual(600_000);
    expect(retryDelay(50, null, 0.999)).toBeGreaterThan(599_000);
  });

  it('wait as long as the receiver asks, within reason', () => {
    expect(retryDelay(1, 30_000, 0)).toBe(30_000);
    expect(retryDelay(1, 2 ** 53, 0)).toBe(3_600_000);
    for (const absurd of [Number.NaN, Number.POSITIVE_INFINITY, -5]) expect(retryDelay(1, absurd, 0)).toBe(1000);
  });

  it('are at most five messages within any minute', () => {
    const sent: number[] = [];
    for (let now = 0; now < 600_000; now += 100) if (nextAllowed(sent, now) <= now) sent.push(now);
    for (const at of sent)
      expect(sent.filter((other) => other >= at && other - at < 60_000).length).toBeLessThanOrEqual(5);
    expect(sent.length).toBeGreaterThan(30);
  });

  it('go on for three days, then wait for a person', async () => {
    const clock = new ManualClock();
    const disk = new OutboxDisk();
    const tried: number[] = [];
    const { outbox } = outboxLife({
      disk,
      clock,
      send: async () => {
        tried.push(clock.wallNow());
        return { kind: 'failed', reason: 'Busy.', retryAfterMs: null, mayHaveArrived: false, isUnreached: false };
      },
    });
    const began = clock.wallNow();
    outbox.write([], [], [tellingOf('firing', episodeRecord(1), ['slack'])]);
    await clock.advance(80 * 3_600_000);
    const [row] = disk.rows.values();
    expect(row).toMatchObject({ state: 'parked', reason: 'It was tried for three days. Busy.' });
    expect((tried.at(-1) ?? 0) - began).toBeGreaterThanOrEqual(72 * 3_600_000);
    expect(tried.length).toBeGreaterThan(400);
  });
});
