import { expect, test } from 'vitest';
import type { JournalEntry } from '../../../../main/contract/journal.ts';
import { entryAt, liesFurtherDown } from '../../../../renderer/pages/machine/entry-at.ts';

const entries = ['12:00:05.000', '12:00:00.003', '11:59:00.000'].map(
  (time, index): JournalEntry => ({
    id: 3 - index,
    at: `2026-01-01T${time}Z`,
    actor: 'engine',
    action: 'machine.ended',
    summary: 'It ended.',
    details: {},
  }),
);

test.each([
  ['2026-01-01T12:00:00.000Z', 2],
  ['2026-01-01T12:00:00.003Z', 2],
  ['2026-01-01T12:00:00.010Z', 2],
  ['2026-01-01T11:00:00.000Z', 1],
  ['2026-01-02T00:00:00.000Z', 3],
  ['no moment at all', null],
])('%s is told by entry %s', (at, id) => {
  expect(entryAt(entries, at)).toBe(id);
});

test('without entries nothing is shown', () => {
  expect(entryAt([], '2026-01-01T12:00:00.000Z')).toBeNull();
  expect(liesFurtherDown([], '2026-01-01T12:00:00.000Z')).toBe(false);
});

test('a moment before all that is read lies further down', () => {
  expect(liesFurtherDown(entries, '2026-01-01T11:58:59.999Z')).toBe(true);
  expect(liesFurtherDown(entries, '2026-01-01T11:59:00.000Z')).toBe(false);
});
