import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGathering } from '../../../../main/adapters/probes/gathering.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** What began, with when: milliseconds since the begin. */
function gathered() {
  const gathering = createGathering(500);
  const from = performance.now();
  const began: (readonly [string, number])[] = [];
  return { began, join: (name: string) => gathering.join(() => began.push([name, performance.now() - from])) };
}

it('begins at once what comes alone, also after a rest', () => {
  const { began, join } = gathered();
  join('first');
  vi.advanceTimersByTime(500);
  join('second');
  expect(began).toEqual([
    ['first', 0],
    ['second', 500],
  ]);
});

it('begins together what comes within a beat, in order, none later than a beat, and none twice', () => {
  const { began, join } = gathered();
  join('first');
  vi.advanceTimersByTime(60);
  join('second');
  vi.advanceTimersByTime(400);
  join('third');
  expect(began).toHaveLength(1);
  vi.advanceTimersByTime(40);
  expect(began.slice(1)).toEqual([
    ['second', 500],
    ['third', 500],
  ]);
  join('fourth');
  vi.advanceTimersByTime(5000);
  expect(began.slice(3)).toEqual([['fourth', 1000]]);
});

it('what is joined by something that begins waits for the next beat', () => {
  const gathering = createGathering(500);
  const began: string[] = [];
  gathering.join(() => {
    began.push('outer');
    gathering.join(() => began.push('inner'));
  });
  expect(began).toEqual(['outer']);
  vi.advanceTimersByTime(500);
  expect(began).toEqual(['outer', 'inner']);
});
