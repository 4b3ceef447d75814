import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGathering } from '../../../../main/adapters/probes/gathering.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** What began, with when: milliseconds since the begin. */
function gathered() {
  const gathering = createGathering(500);
  const from = performance.now();
  const began: (readonly [string, number])[] = [];
  return { began, join: (name: string) => gathering.join(() => began.push([name, performance.now() - from])) };
}

it('begins soon what comes alone, also after a rest', () => {
  const { began, join } = gathered();
  join('first');
  vi.advanceTimersByTime(600);
  join('second');
  vi.advanceTimersByTime(600);
  expect(began).toEqual([
    ['first', 25],
    ['second', 625],
  ]);
});

it('begins together what comes close together after a rest', () => {
  const { began, join } = gathered();
  for (const name of ['first', 'second', 'third']) {
    join(name);
    vi.advanceTimersByTime(8);
  }
  expect(began).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(began.map(([name, at]) => `${name} ${at}`)).toEqual(['first 25', 'second 25', 'third 25']);
});

it('begins together what comes within a beat, in order, none later than a beat, and none twice', () => {
  const { began, join } = gathered();
  join('first');
  vi.advanceTimersByTime(60);
  join('second');
  vi.advanceTimersByTime(400);
  join('third');
  expect(began).toHaveLength(1);
  vi.advanceTimersByTime(65);
  expect(began.slice(1)).toEqual([
    ['second', 525],
    ['third', 525],
  ]);
  join('fourth');
  vi.advanceTimersByTime(5000);
  expect(began.slice(3)).toEqual([['fourth', 1025]]);
});

it('what is joined by something that begins waits for the next beat', () => {
  const gathering = createGathering(500);
  const began: string[] = [];
  gathering.join(() => {
    began.push('outer');
    gathering.join(() => began.push('inner'));
  });
  vi.advanceTimersByTime(25);
  expect(began).toEqual(['outer']);
  vi.advanceTimersByTime(500);
  expect(began).toEqual(['outer', 'inner']);
});

it('hundreds begin in several turns, all of them, in order, with room for other work in between', () => {
  const gathering = createGathering(500);
  const began: (number | 'other work')[] = [];
  for (let index = 0; index < 250; index += 1) gathering.join(() => began.push(index));
  const other = () => {
    began.push('other work');
    if (began.length < 250) setImmediate(other);
  };
  setTimeout(() => setImmediate(other), 25);
  vi.runAllTimers();
  expect(began.filter((what) => what !== 'other work')).toEqual(Array.from({ length: 250 }, (_, index) => index));
  expect(began.slice(0, 250)).toContain('other work');
});
