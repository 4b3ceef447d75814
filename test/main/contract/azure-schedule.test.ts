import { describe, expect, it } from 'vitest';
import { AzureScheduleLine, parseSchedule, weekdays } from '../../../main/contract/azure-schedule.ts';

describe('a schedule', () => {
  it('is read with its times, days and zone in any order', () => {
    const workdays = ['mon', 'tue', 'wed', 'thu', 'fri'];
    const read = { machine: 'rg/web-1', start: 480, stop: 1140, days: workdays, zone: 'Europe/Berlin' };
    expect(parseSchedule('rg/web-1: start 08:00, stop 19:00, mon-fri, Europe/Berlin')).toEqual(read);
    expect(parseSchedule('rg/web-1: Europe/Berlin, mon-wed thu fri, stop 19:00, start 08:00')).toEqual(read);
  });

  it('is of every day and of this computer’s zone where it does not say', () => {
    expect(parseSchedule('web: stop 19:00')).toEqual({
      machine: 'web',
      start: null,
      stop: 1140,
      days: weekdays,
      zone: null,
    });
  });

  it('may go around the weekend', () => {
    expect(parseSchedule('web: stop 19:00, fri-mon')).toMatchObject({ days: ['sun', 'mon', 'fri', 'sat'] });
  });

  it.each([
    ['web', /A schedule like/],
    [': stop 19:00', /A schedule like/],
    ['web: mon-fri', /needs a time/],
    ['web: stop 24:00', /'stop 24:00' is no time, day or zone/],
    ['web: stop 19:00, stop 20:00', /two times to stop/],
    ['web: start 08:00, stop 08:00', /same minute/],
    ['web: stop 19:00, mon, tue', /days stand twice/],
    ['web: stop 19:00, Mars/Olympus', /no time, day or zone/],
    ['web: stop 19:00, +02:00', /no time, day or zone/],
  ])('%j is refused in words', (line, words) => {
    const parsed = AzureScheduleLine.safeParse(line);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.message).toMatch(words);
  });
});
