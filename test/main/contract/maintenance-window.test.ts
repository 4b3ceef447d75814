import { expect, it } from 'vitest';
import { MaintenanceWindow, maintenanceEnd } from '../../../main/contract/maintenance-window.ts';

/** In this computer's own time, as a person reads it. 2026-03-14 is a Saturday. */
const at = (text: string): number => new Date(text).getTime();
const endOf = (windows: readonly string[], now: string): string | null => {
  const end = maintenanceEnd(windows, at(now));
  return end === null ? null : new Date(end).toString().slice(0, 21);
};

it.each(['daily 03:00-03:30', 'sat,sun 22:00-04:00', 'mon 00:00-23:59'])('%j is a window', (text) => {
  expect(MaintenanceWindow.parse(text)).toBe(text);
});

it.each(['', 'daily', 'sat 22:00', 'sat, sun 22:00-23:00', 'sat 24:00-01:00', 'sat 03:00-03:00', 'xday 01:00-02:00'])(
  '%j is none, and is told what one looks like',
  (text) => {
    expect(MaintenanceWindow.safeParse(text).error?.issues[0]?.message).toMatch(/window/);
  },
);

it('holds from its first minute up to its last, and says when it ends', () => {
  const windows = ['sat 01:00-02:00'];
  expect(endOf(windows, '2026-03-14T00:59:59')).toBeNull();
  expect(endOf(windows, '2026-03-14T01:00:00')).toBe('Sat Mar 14 2026 02:00');
  expect(endOf(windows, '2026-03-14T02:00:00')).toBeNull();
  expect(endOf(windows, '2026-03-15T01:30:00')).toBeNull();
});

it('one over midnight belongs to the day on which it begins', () => {
  const windows = ['sat 22:00-04:00'];
  expect(endOf(windows, '2026-03-14T23:00:00')).toBe('Sun Mar 15 2026 04:00');
  expect(endOf(windows, '2026-03-15T03:59:00')).toBe('Sun Mar 15 2026 04:00');
  expect(endOf(windows, '2026-03-14T03:00:00')).toBeNull();
});

it('of several the last to end counts; no window, no end', () => {
  expect(endOf(['daily 01:00-02:00', 'sat 01:30-05:00'], '2026-03-14T01:45:00')).toBe('Sat Mar 14 2026 05:00');
  expect(maintenanceEnd([], at('2026-03-14T01:45:00'))).toBeNull();
});
