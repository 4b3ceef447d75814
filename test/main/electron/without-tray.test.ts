import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NotificationRequest } from '../../../main/electron/notifications.ts';
import { createWithoutTray } from '../../../main/electron/without-tray.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-tray-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function rig(answers: readonly ('present' | 'absent' | 'unknown')[], supported = true) {
  let asked = 0;
  const find = vi.fn(async () => answers[Math.min(asked++, answers.length - 1)] ?? 'unknown');
  const show = vi.fn<(request: NotificationRequest) => void>((request) => request.shown?.());
  const arrived = vi.fn();
  const pauses: number[] = [];
  const tray = createWithoutTray({
    find,
    pause: async (delayMs) => {
      pauses.push(delayMs);
    },
    folder,
    notifications: { supported, show, close: vi.fn(), closeAll: vi.fn() },
    show: vi.fn(),
    arrived,
  });
  return { tray, find, show, arrived, pauses };
}

test.each(['present', 'unknown'] as const)('a tray that is %s is no reason to say anything', async (answer) => {
  const { tray, show } = rig([answer]);
  expect(await tray.look()).toBe(true);
  expect(show).not.toHaveBeenCalled();
});

test('none is said once per data home', async () => {
  const first = rig(['absent']);
  expect(await first.tray.look()).toBe(false);
  expect(first.tray.hasTray).toBe(false);
  expect(first.show).toHaveBeenCalledOnce();
  await first.tray.look();
  const second = rig(['absent']);
  await second.tray.look();
  expect(first.show).toHaveBeenCalledOnce();
  expect(second.show).not.toHaveBeenCalled();
});

test('what the desktop did not show does not count as said', async () => {
  const { tray, show } = rig(['absent']);
  show.mockImplementation(() => {});
  await tray.look();
  expect(existsSync(path.join(folder, 'told-no-tray'))).toBe(false);
});

test('a panel that comes up after the app is waited for in silence', async () => {
  const { tray, show, arrived, pauses } = rig(['absent', 'absent', 'present']);
  expect(await tray.look()).toBe(true);
  expect(show).not.toHaveBeenCalled();
  expect(arrived).toHaveBeenCalledOnce();
  expect(pauses).toEqual([1000, 2000]);
});

test('a tray that comes later is taken up', async () => {
  const { tray, arrived } = rig(['absent', 'absent', 'absent', 'absent', 'present']);
  await tray.look();
  expect(arrived).not.toHaveBeenCalled();
  expect(await tray.look()).toBe(true);
  expect(arrived).toHaveBeenCalledOnce();
});
