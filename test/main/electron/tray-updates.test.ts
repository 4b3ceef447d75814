import { beforeEach, expect, test } from 'vitest';
import { createTrayUpdates, type TrayUpdates } from '../../../main/electron/tray-updates.ts';
import type { TrayView } from '../../../main/electron/tray-view.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let clock: ManualClock;
let drawn: number[];
let updates: TrayUpdates;
let tellsAge: boolean;

beforeEach(() => {
  clock = new ManualClock();
  drawn = [];
  tellsAge = true;
  updates = createTrayUpdates({
    view: (): TrayView => ({ icon: 'calm', tooltip: '', menu: [], tellsAge }),
    draw: () => drawn.push(clock.monotonicNow()),
    after: (delayMs, action) => clock.after(delayMs, action),
  });
});

test('a thousand changes in a second are at most ten drawings', async () => {
  for (let change = 0; change < 1000; change += 1) {
    updates.changed();
    await clock.advance(1);
  }
  expect(drawn.length).toBeLessThanOrEqual(10);
  expect(drawn.length).toBeGreaterThan(5);
});

test('the last change of a burst is drawn', async () => {
  updates.changed();
  await clock.advance(50);
  updates.changed();
  await clock.advance(50);
  expect(drawn).toEqual([100]);
});

test('ages are refreshed while nothing changes', async () => {
  await clock.advance(60_000);
  expect(drawn).toEqual([30_000, 60_000]);
});

test('where no age is told it wakes nobody until something changes', async () => {
  tellsAge = false;
  updates.changed();
  await clock.advance(100);
  expect(clock.waiting).toBe(0);
  tellsAge = true;
  updates.changed();
  await clock.advance(30_100);
  expect(drawn).toEqual([100, 200, 30_200]);
});

test('stopped, it draws no more and waits for nothing', async () => {
  updates.changed();
  updates.stop();
  updates.changed();
  await clock.advance(60_000);
  expect(drawn).toEqual([]);
  expect(clock.waiting).toBe(0);
});
