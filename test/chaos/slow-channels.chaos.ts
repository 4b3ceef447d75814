import { expect, it } from 'vitest';
import type { Channels } from '../../main/engine/ports/channels.ts';
import { slowChannels } from '../support/slow-channels.ts';

/** B24: a webhook that hangs, a mail server that drips and a name that is never found, beside checks and a good channel. */
const words = Number(process.env.VIGIL_SLOW_WORDS ?? 5);
const toleratedMs = 2000;
const lateMs = 1000;

it('channels that hang delay no check and no other channel', async () => {
  const alone = await slowChannels({ areSlow: false, words });
  const beside = await slowChannels({ areSlow: true, words });
  console.log('B24: alone', alone, 'beside slow ones', beside);
  // What this computer is late by with nothing slow is not theirs.
  expect(beside.lateMs).toBeLessThanOrEqual(lateMs + alone.lateMs);
  // A channel says five things a minute at most: a word waits for its turn, with slow ones beside it no longer.
  for (const [index, delay] of beside.delays.entries())
    expect(Math.abs(delay - (alone.delays[index] ?? 0))).toBeLessThanOrEqual(toleratedMs);
});

it('control: channels that wait for one another are found out', async () => {
  let turn: Promise<unknown> = Promise.resolve();
  const through =
    (send: Channels['send']): Channels['send'] =>
    (...args) => {
      const sent = turn.then(() => send(...args));
      turn = sent;
      return sent;
    };
  const { delays } = await slowChannels({ areSlow: true, words: 2, through });
  console.log('control:', delays);
  expect(Math.max(...delays)).toBeGreaterThan(toleratedMs * 2);
});
