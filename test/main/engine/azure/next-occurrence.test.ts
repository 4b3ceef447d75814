import { describe, expect, it } from 'vitest';
import { type AzureSchedule, parseSchedule } from '../../../../main/contract/azure-schedule.ts';
import { decideScheduled } from '../../../../main/engine/azure/decide-scheduled.ts';
import { lastOccurrence, nextOccurrence } from '../../../../main/engine/azure/next-occurrence.ts';

function scheduleOf(text: string): AzureSchedule {
  const parsed = parseSchedule(`web: ${text}`);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

function next(text: string, zone: string, after: string): string | null {
  const found = nextOccurrence(scheduleOf(text), zone, Date.parse(after));
  return found === null ? null : `${found.verb} ${new Date(found.at).toISOString().slice(0, 19)}Z`;
}

/** The next few, one after the other. */
function several(text: string, zone: string, after: string, count: number): readonly string[] {
  const found: string[] = [];
  let at = Date.parse(after);
  while (found.length < count) {
    const one = nextOccurrence(scheduleOf(text), zone, at);
    if (one === null) break;
    found.push(new Date(one.at).toISOString().slice(0, 16));
    at = one.at;
  }
  return found;
}

describe('the next moment of a schedule', () => {
  it('is the earlier of its two times, and each in its turn', () => {
    const text = 'start 08:00, stop 19:00';
    expect(next(text, 'UTC', '2026-03-17T07:00:00Z')).toBe('start 2026-03-17T08:00:00Z');
    expect(next(text, 'UTC', '2026-03-17T08:00:00Z')).toBe('deallocate 2026-03-17T19:00:00Z');
    expect(next(text, 'UTC', '2026-03-17T19:00:00Z')).toBe('start 2026-03-18T08:00:00Z');
  });

  it('counts days as they are at the place, not as they are in UTC', () => {
    // Monday 06:00 in Auckland is Sunday 17:00 UTC; Sunday 20:00 in Honolulu is Monday 06:00 UTC.
    expect(next('start 06:00, mon', 'Pacific/Auckland', '2026-03-14T00:00:00Z')).toBe('start 2026-03-15T17:00:00Z');
    expect(next('stop 20:00, sun', 'Pacific/Honolulu', '2026-03-14T00:00:00Z')).toBe('deallocate 2026-03-16T06:00:00Z');
    expect(next('stop 19:00, mon-fri', 'Europe/Berlin', '2026-03-20T18:00:00Z')).toBe(
      'deallocate 2026-03-23T18:00:00Z',
    );
  });

  it('keeps the hour of the place when the clocks change', () => {
    // 08:00 in Berlin is 07:00 UTC in winter and 06:00 in summer.
    expect(several('start 08:00', 'Europe/Berlin', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T07:00',
      '2026-03-29T06:00',
      '2026-03-30T06:00',
    ]);
    expect(several('start 08:00', 'Europe/Berlin', '2026-10-23T12:00:00Z', 3)).toEqual([
      '2026-10-24T06:00',
      '2026-10-25T07:00',
      '2026-10-26T07:00',
    ]);
  });

  it('in the missing hour is the moment at which the clocks were put forward', () => {
    // On 29 March 2026 Berlin goes from 02:00 to 03:00 at 01:00 UTC; New York goes on 8 March at 07:00 UTC.
    expect(several('stop 02:30', 'Europe/Berlin', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
    expect(several('stop 02:00', 'America/New_York', '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-08T07:00',
      '2026-03-09T06:00',
    ]);
    // Half an hour only: Lord Howe, at 15:30 UTC on 3 October.
    expect(several('stop 02:15', 'Australia/Lord_Howe', '2026-10-02T20:00:00Z', 2)).toEqual([
      '2026-10-03T15:30',
      '2026-10-04T15:15',
    ]);
    // At midnight: Santiago skips from 00:00 to 01:00 on 6 September.
    expect(several('stop 00:15', 'America/Santiago', '2026-09-05T12:00:00Z', 2)).toEqual([
      '2026-09-06T04:00',
      '2026-09-07T03:15',
    ]);
  });

  it('in the doubled hour comes the first time only', () => {
    // On 25 October 2026 Berlin shows 02:30 at 00:30 UTC and again at 01:30 UTC.
    expect(several('stop 02:30', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
    expect(next('stop 02:30', 'Europe/Berlin', '2026-10-25T00:45:00Z')).toBe('deallocate 2026-10-26T01:30:00Z');
    expect(several('stop 01:30', 'America/New_York', '2026-10-31T12:00:00Z', 2)).toEqual([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ]);
  });

  it('is found every day of a year, in order and once a day', () => {
    for (const zone of ['Europe/Berlin', 'Australia/Lord_Howe', 'America/Santiago']) {
      for (const time of ['00:00', '02:30']) {
        const found = several(`stop ${time}`, zone, '2025-12-31T12:00:00Z', 366);
        const days = new Set(
          found.map((at) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(Date.parse(`${at}:00Z`))),
        );
        expect([zone, time, days.size]).toEqual([zone, time, 366]);
      }
    }
  });
});

describe('what a schedule asks for', () => {
  const schedule = scheduleOf('start 08:00, stop 19:00, UTC');
  const at = (time: string): number => Date.parse(`2026-03-17T${time}:00Z`);
  const decided = (change: { doneUntil?: number; personAt?: number | null; now: number }) =>
    decideScheduled({ schedule, zone: 'UTC', doneUntil: at('12:00'), personAt: null, ...change });

  it('is nothing between its moments, and its act from each of them on', () => {
    expect(decided({ now: at('18:59') })).toEqual({ kind: 'nothing' });
    expect(decided({ now: at('19:00') })).toMatchObject({ kind: 'act', occurrence: { verb: 'deallocate' } });
    expect(decided({ now: at('19:00'), doneUntil: at('19:00') })).toEqual({ kind: 'nothing' });
  });

  it('is made up for after sleep, the last of what was missed only, and not for ever', () => {
    expect(decided({ now: at('23:00') })).toMatchObject({ kind: 'act', occurrence: { at: at('19:00') } });
    const tomorrow = 24 * 3_600_000;
    expect(decided({ now: at('09:00') + tomorrow })).toMatchObject({ occurrence: { verb: 'start' } });
    expect(decided({ now: at('07:30') + tomorrow })).toEqual({ kind: 'nothing' });
  });

  it('gives way to a person who acted since or just before, not to one who acted in the morning', () => {
    expect(decided({ now: at('20:00'), personAt: at('19:30') })).toMatchObject({
      kind: 'respect',
      why: 'a person started or stopped it since',
    });
    expect(decided({ now: at('19:00'), personAt: at('18:50') })).toMatchObject({ kind: 'respect' });
    expect(decided({ now: at('19:00'), personAt: at('18:30') })).toMatchObject({ kind: 'act' });
    expect(decided({ now: at('19:00'), personAt: at('09:00') })).toMatchObject({ kind: 'act' });
  });

  it('is the last of several that lie in a stretch', () => {
    expect(lastOccurrence(schedule, 'UTC', at('07:00'), at('20:00'))).toEqual({ verb: 'deallocate', at: at('19:00') });
    expect(lastOccurrence(schedule, 'UTC', at('08:00'), at('18:00'))).toBeNull();
  });
});
