import { describe, expect, it } from 'vitest';
import { longestWaitMs, retryAfterMs, usualWaitMs } from '../../../../main/adapters/azure/retry-after.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const wait = (headers: Record<string, string>) => retryAfterMs((name) => headers[name], now);

describe('how long Azure wants to be left alone', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['twenty minutes', { 'retry-after': '1200' }, 1_200_000],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, 30_000],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1500],
    [
      'the longest of what the service of costs counts',
      {
        'x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after': '5',
        'x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after': '33',
      },
      33_000,
    ],
    ['milliseconds in the old spelling', { 'x-ms-retry-after-ms': '250' }, 250],
  ])('is obeyed exactly when it is said as %s', (_words, headers, ms) => {
    expect(wait(headers)).toBe(ms);
  });

  it('is nobody’s guess when it is not said', () => {
    expect(wait({})).toBeNull();
  });

  it('is counted from the clock of the service where that is told, so that a wrong clock here costs nothing', () => {
    const headers = { 'retry-after': 'Sat, 21 Nov 2026 12:10:30 GMT', date: 'Sat, 21 Nov 2026 12:10:00 GMT' };
    expect(wait(headers)).toBe(30_000);
  });

  it.each(['0', '-5', 'soon', '', 'Fri, 20 Nov 2026 12:00:00 GMT', 'NaN'])(
    'never becomes a bare loop: %j is the usual wait',
    (text) => {
      expect(wait({ 'retry-after': text })).toBe(usualWaitMs);
    },
  );

  it.each(['1000000000', 'Wed, 31 Dec 2099 23:59:59 GMT', '9'.repeat(300)])('never becomes for ever: %s', (text) => {
    const ms = wait({ 'retry-after': text });
    expect(ms).toBeLessThanOrEqual(longestWaitMs);
    expect(ms).toBeGreaterThan(0);
  });
});
