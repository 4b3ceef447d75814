import { describe, expect, it } from 'vitest';
import { type Arrival, judgeArrivals, outboxRounds } from '../../../support/outbox-rounds.ts';

describe('what is to be said, through kills and bad receivers', () => {
  it('arrives: nothing is lost, nothing is out of order, and a repeat is one whose answer was lost', async () => {
    const report = await outboxRounds({ episodes: 300, kills: 60 });
    expect(report).toMatchObject({ lost: 0, outOfOrder: 0, unequalKeys: 0 });
    expect(report.duplicates).toBeLessThanOrEqual(report.lostAnswers);
    expect(report.kills).toBeGreaterThanOrEqual(60);
  });

  it('control: an outbox that lives in memory alone loses', async () => {
    expect((await outboxRounds({ episodes: 60, kills: 20, isForgetful: true })).lost).toBeGreaterThan(0);
  });

  it('control: the judge sees what is lost, late, twice and under another name', () => {
    const wanted = [{ episode: 'a', channel: 'slack', kinds: ['firing', 'resolved'] }] as const;
    const arrival = (key: string, ...tells: string[]): Arrival => ({ channel: 'slack', episode: 'a', key, tells });
    const good = { lost: 0, outOfOrder: 0, duplicates: 0, unequalKeys: 0 };
    expect(judgeArrivals([arrival('k', 'firing'), arrival('k', 'resolved')], wanted)).toEqual(good);
    expect(judgeArrivals([arrival('k', 'firing', 'resolved')], wanted)).toEqual(good);
    expect(judgeArrivals([arrival('k', 'firing')], wanted).lost).toBe(1);
    expect(judgeArrivals([arrival('k', 'firing', 'resolved'), arrival('k', 'firing')], wanted).outOfOrder).toBe(1);
    expect(judgeArrivals([arrival('k', 'firing', 'resolved'), arrival('k', 'resolved')], wanted).duplicates).toBe(1);
    expect(judgeArrivals([arrival('k', 'firing'), arrival('j', 'resolved')], wanted).unequalKeys).toBe(1);
  });
});
