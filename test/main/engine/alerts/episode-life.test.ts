import { describe, expect, it } from 'vitest';
import {
  episodeFired,
  episodeResolved,
  type Firing,
  type TellingKind,
  type TellingSituation,
  tellEpisode,
} from '../../../../main/engine/alerts/episode-life.ts';
import type { EpisodeRecord } from '../../../../main/engine/ports/alert-records.ts';

const minute = 60_000;
const begin = Date.parse('2026-01-01T00:00:00.000Z');
const cpu: Firing = {
  rule: 'high_cpu',
  machineId: 'm',
  machine: 'demo',
  metric: 'cpu_percent',
  severity: 'warning',
  actualValue: 91,
  threshold: 80,
  message: 'CPU is high.',
  since: begin,
};

/** One rule and machine, looked at every minute: `fires` says in which minutes it does. What was said, by minute. */
function said(
  fires: (minutes: number) => boolean,
  minutes: number,
  situation: (minutes: number) => Partial<TellingSituation> = () => ({}),
): { readonly words: readonly (readonly [number, TellingKind])[]; readonly last: EpisodeRecord | undefined } {
  let episode: EpisodeRecord | undefined;
  let made = 0;
  const words: [number, TellingKind][] = [];
  for (let now = 0; now <= minutes; now += 1) {
    const at = begin + now * minute;
    if (fires(now) && episode?.state !== 'firing') episode = episodeFired(episode, cpu, at, () => `episode ${++made}`);
    if (!fires(now) && episode?.state === 'firing') episode = episodeResolved(episode, '', at);
    if (episode === undefined) continue;
    const told = tellEpisode(episode, {
      now: at,
      isInMaintenance: false,
      isSnoozed: false,
      isExplained: false,
      remindMs: 0,
      escalateAfterMs: null,
      ...situation(now),
    });
    episode = told.episode;
    if (told.kind !== null) words.push([now, told.kind]);
  }
  return { words, last: episode };
}

const between = (from: number, to: number) => (now: number) => now >= from && now < to;

it('says once that it fires and once that it is over', () => {
  expect(said(between(5, 90), 120).words).toEqual([
    [5, 'firing'],
    [90, 'resolved'],
  ]);
});

describe('firing again within 15 minutes of the last message', () => {
  it('goes on with the same episode in silence, and is told when the 15 minutes are over if it fires then', () => {
    const { words, last } = said((now) => between(0, 3)(now) || now >= 6, 30);
    expect(words).toEqual([
      [0, 'firing'],
      [3, 'resolved'],
      [15, 'firing'],
    ]);
    expect(last).toMatchObject({ id: 'episode 1', count: 2 });
  });

  it('is never told where it is over before that', () => {
    expect(said((now) => between(0, 3)(now) || between(6, 12)(now), 60).words).toEqual([
      [0, 'firing'],
      [3, 'resolved'],
    ]);
  });

  it('is an episode of its own afterwards', () => {
    expect(said((now) => between(0, 20)(now) || between(40, 60)(now), 70).last).toMatchObject({
      id: 'episode 2',
      number: 2,
      count: 1,
    });
  });
});

it('says once that it comes and goes, is quiet while it does, and tells how it ended once it was stable for 15 minutes', () => {
  const flips = (now: number) => now < 30 && now % 2 === 0;
  expect(said(flips, 60).words).toEqual([
    [0, 'firing'],
    [1, 'resolved'],
    [3, 'flapping'],
    [44, 'resolved'],
  ]);
  const stays = (now: number) => now >= 30 || now % 2 === 0;
  expect(said(stays, 60).words.slice(-2)).toEqual([
    [3, 'flapping'],
    [45, 'firing'],
  ]);
});

describe('maintenance', () => {
  const planned = (from: number, to: number) => (now: number) => ({ isInMaintenance: between(from, to)(now) });

  it('holds everything back, and afterwards only what is not known yet is told', () => {
    expect(said(between(5, 100), 120, planned(0, 30)).words).toEqual([
      [30, 'firing'],
      [100, 'resolved'],
    ]);
    expect(said(between(5, 20), 60, planned(0, 30)).words).toEqual([]);
    expect(said(between(5, 20), 60, planned(10, 30)).words).toEqual([
      [5, 'firing'],
      [30, 'resolved'],
    ]);
    expect(said((now) => between(5, 20)(now) || now >= 25, 60, planned(10, 30)).words).toEqual([[5, 'firing']]);
  });
});

it('a snooze holds back that it fires, never that it is over', () => {
  const snoozed = (from: number, to: number) => (now: number) => ({ isSnoozed: between(from, to)(now) });
  expect(said(between(5, 100), 120, snoozed(0, 30)).words).toEqual([
    [30, 'firing'],
    [100, 'resolved'],
  ]);
  expect(said(between(5, 20), 60, snoozed(10, 40)).words).toEqual([
    [5, 'firing'],
    [20, 'resolved'],
  ]);
});

it('what a common cause explains is told once that is over, if it still fires', () => {
  const explained = (now: number) => ({ isExplained: now < 30 });
  expect(said(between(5, 20), 60, explained).words).toEqual([]);
  expect(said(between(5, 50), 60, explained).words).toEqual([
    [30, 'firing'],
    [50, 'resolved'],
  ]);
});

it('reminds and escalates until somebody has acknowledged it', () => {
  const wanted = { remindMs: 20 * minute, escalateAfterMs: 30 * minute };
  expect(
    said(
      () => true,
      65,
      () => wanted,
    ).words,
  ).toEqual([
    [0, 'firing'],
    [20, 'reminder'],
    [30, 'escalation'],
    [40, 'reminder'],
    [60, 'reminder'],
  ]);
  const { last } = said(() => true, 5);
  if (last === undefined) throw new Error('it did not fire');
  const situation = {
    now: begin + 90 * minute,
    isInMaintenance: false,
    isSnoozed: false,
    isExplained: false,
    ...wanted,
  };
  expect(tellEpisode(last, situation).kind).toBe('escalation');
  expect(tellEpisode({ ...last, acknowledgedBy: 'dev' }, situation).kind).toBeNull();
});

it('a clock that was set back by a year does not silence it for a year', () => {
  const year = 365 * 24 * 60 * minute;
  const told = episodeResolved(
    { ...episodeFired(undefined, cpu, begin, () => 'one'), told: 'resolved', toldFiringAt: begin },
    '',
    begin,
  );
  const again = episodeFired(told, cpu, begin - year, () => 'two');
  const situation = {
    isInMaintenance: false,
    isSnoozed: false,
    isExplained: false,
    remindMs: 0,
    escalateAfterMs: null,
  };
  const first = tellEpisode(again, { ...situation, now: begin - year });
  expect(first.kind).toBeNull();
  expect(tellEpisode(first.episode, { ...situation, now: begin - year + 15 * minute }).kind).toBe('firing');
});
