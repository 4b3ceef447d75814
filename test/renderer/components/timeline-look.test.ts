import { expect, it } from 'vitest';
import { isBad, lookOf } from '../../../renderer/components/timeline-look.ts';

it('an alert has the mark of its severity', () => {
  const fired = (severity: string) => lookOf({ action: 'alert.fired', details: { severity } });
  expect(fired('critical')).toMatchObject({ mark: 'crit' });
  expect(fired('warning')).toMatchObject({ mark: 'warn' });
});

it('a schedule that gave way to a person is nothing bad, one that failed is', () => {
  expect(isBad({ action: 'schedule.skipped', details: {} })).toBe(false);
  expect(isBad({ action: 'schedule.failed', details: {} })).toBe(true);
});
