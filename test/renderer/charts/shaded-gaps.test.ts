import { describe, expect, it } from 'vitest';
import type { JournalAction, JournalEntry } from '../../../main/contract/journal.ts';
import type { Sample } from '../../../main/contract/sample.ts';
import { type ShadeFacts, shadedGaps } from '../../../renderer/charts/shaded-gaps.ts';
import { failedAt, minute, noon, sampleAt } from './samples.ts';

const iso = (minutes: number) => new Date(noon + minutes * minute).toISOString();
const told = (minutes: number, action: JournalAction, details: JournalEntry['details'] = {}): JournalEntry => ({
  id: 1000 + minutes,
  at: iso(minutes),
  actor: 'engine',
  action,
  summary: 'something',
  details,
});
const every = (from: number, to: number): readonly Sample[] =>
  Array.from({ length: to - from + 1 }, (_, index) => sampleAt(from + index));

/** The shades of an hour after noon, in minutes. */
function shades(facts: Partial<ShadeFacts>) {
  return shadedGaps({
    gaps: [],
    samples: every(0, 60),
    range: { from: noon, to: noon + 60 * minute },
    createdAt: noon - 1000 * minute,
    intervalMs: minute,
    entries: [],
    ...facts,
  }).map(({ from, to, reason }) => [(from - noon) / minute, (to - noon) / minute, reason]);
}

describe('what is shaded', () => {
  it('nothing, while readings come in time', () => expect(shades({})).toEqual([]));

  it('failed readings, with what they said', () => {
    const gaps = [{ source: 'guest', from: iso(10), to: iso(15), reason: 'no answer' } as const];
    expect(shades({ gaps })).toEqual([[10, 15, 'no answer']]);
  });

  it('the time before the first reading, but none in which there was no machine', () => {
    const samples = every(30, 60);
    expect(shades({ samples })).toEqual([[0, 30, 'No reading was taken.']]);
    expect(shades({ samples, createdAt: noon + 29 * minute })).toEqual([]);
  });

  it('the time after the last reading, once it is longer than a late reading', () => {
    expect(shades({ samples: every(0, 58) })).toEqual([]);
    expect(shades({ samples: every(0, 40) })).toEqual([[40, 60, 'No reading was taken.']]);
  });

  it('up to the edge while readings fail, as one gap', () => {
    const gaps = [{ source: 'guest', from: iso(50), to: iso(59), reason: 'no answer' } as const];
    expect(shades({ gaps, samples: [...every(0, 50), failedAt(59)] })).toEqual([[50, 60, 'no answer']]);
  });

  it('the whole range where nothing was read', () => {
    expect(shades({ samples: [] })).toEqual([[0, 60, 'No reading was taken.']]);
  });
});

describe('the reason of a silence', () => {
  const samples = every(0, 40);
  it.each<[string, JournalEntry, string]>([
    ['a stop', told(40.2, 'machine.stopped'), 'It did not run.'],
    ['an end', told(40.5, 'machine.ended'), 'It did not run.'],
    ['SSH that stopped answering', told(43, 'health.changed', { status: 'unhealthy' }), 'SSH did not answer.'],
    ['a start long before', told(-90, 'machine.started'), 'No reading was taken.'],
  ])('%s', (_what, entry, reason) => expect(shades({ samples, entries: [entry] })).toEqual([[40, 60, reason]]));

  it('an adoption at its end means that Vigil was away', () => {
    const gaps = [{ source: 'guest', from: iso(10), to: iso(30), reason: null } as const];
    expect(shades({ gaps, entries: [told(29.8, 'machine.adopted')] })).toEqual([[10, 30, 'Vigil was not running.']]);
  });

  it('a machine that was stopped before the range began did not run', () => {
    expect(shades({ samples: [], entries: [told(-500, 'machine.stopped')] })).toEqual([[0, 60, 'It did not run.']]);
  });
});
