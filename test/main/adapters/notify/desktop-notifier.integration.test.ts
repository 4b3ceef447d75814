import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTrayHost } from '../../../../main/adapters/desktop/tray-host.ts';
import { createDesktopNotifier } from '../../../../main/adapters/notify/desktop-notifier.ts';
import { createProcesses } from '../../../../main/adapters/processes/processes.ts';
import { type DesktopSession, desktopSession } from '../../../support/desktop-session/desktop-session.ts';
import { eventually } from '../../../support/eventually.ts';

/** A session bus of this file's own, so that nothing reaches the desktop of whoever runs the tests. */
let daemon: ChildProcess;
let folder: string;
let desktop: DesktopSession;
const { DBUS_SESSION_BUS_ADDRESS: before } = process.env;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vg-bus-'));
  daemon = spawn('dbus-daemon', ['--session', '--nofork', '--print-address', `--address=unix:path=${folder}/bus`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (daemon.stdout === null) throw new Error('The bus has no output.');
  const [address] = await once(daemon.stdout, 'data');
  process.env.DBUS_SESSION_BUS_ADDRESS = String(address).trim();
  desktop = await desktopSession();
});

afterAll(async () => {
  await desktop?.close();
  daemon?.kill('SIGTERM');
  if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS;
  else process.env.DBUS_SESSION_BUS_ADDRESS = before;
  rmSync(folder, { recursive: true, force: true });
});

const ended = {
  key: 'machine 1',
  title: 'demo: ended by itself',
  severity: 'critical',
  machineId: '1',
  machine: 'demo',
  at: '2026-01-01T00:00:00.000Z',
  subject: null,
  isOver: false,
} as const;

test('without an app the desktop hears it through notify-send', async () => {
  const notifier = createDesktopNotifier({ platform: 'linux', icon: '/nowhere.png', processes: createProcesses() });
  await notifier.show({ ...ended, body: `'demo' was killed by signal 9.` });
  const shown = await eventually('the notification', () => desktop.notifications[0]);
  expect(shown).toMatchObject({ title: ended.title, body: `'demo' was killed by signal 9.`, urgency: 2 });
});

test('what a guest said reaches no shell and is no markup', async () => {
  const notifier = createDesktopNotifier({ platform: 'linux', icon: '/nowhere.png', processes: createProcesses() });
  const count = desktop.notifications.length;
  const words = `$(touch ${folder}/a) \`touch ${folder}/b\` "; touch ${folder}/c; ' <img src="x"> & \\ !`;
  await notifier.show({ ...ended, body: `${words}\nsecond` });
  const shown = await eventually('the notification', () => desktop.notifications[count]);
  expect(shown.body).toBe(`${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')} second`);
  expect(readdirSync(folder)).toEqual(['bus']);
});

test('the program that shows it hears nothing of the secrets of our environment, and no shell is between', async () => {
  const bin = mkdtempSync(path.join(tmpdir(), 'vg-bin-'));
  const heard = path.join(bin, 'heard');
  const { PATH: search } = process.env;
  mkdirSync(path.join(bin, 'first'));
  const telling = `#!/bin/sh\n{ env; tr '\\0' ' ' < /proc/$PPID/cmdline; } > '${heard}'\n`;
  writeFileSync(path.join(bin, 'first', 'notify-send'), telling, { mode: 0o755 });
  try {
    process.env.PATH = `${path.join(bin, 'first')}${path.delimiter}${search}`;
    process.env.VIGIL_WEBHOOK_SECRET = 'a-secret-of-ours';
    const notifier = createDesktopNotifier({ platform: 'linux', icon: '/nowhere.png', processes: createProcesses() });
    await notifier.show({ ...ended, body: 'it ended' });
    const told = readFileSync(heard, 'utf8');
    expect(told).toContain('PATH=');
    expect(told).not.toContain('a-secret-of-ours');
    expect(told).not.toContain('sh -c');
  } finally {
    process.env.PATH = search;
    delete process.env.VIGIL_WEBHOOK_SECRET;
    rmSync(bin, { recursive: true, force: true });
  }
});

test('the bus tells whether there is a tray', async () => {
  const ask = () =>
    findTrayHost({
      processes: createProcesses(),
      platform: 'linux',
      busAddress: process.env.DBUS_SESSION_BUS_ADDRESS,
    });
  expect(await ask()).toBe('present');
  await desktop.close();
  expect(await ask()).toBe('absent');
  desktop = await desktopSession({ tray: false });
  expect(await ask()).toBe('absent');
});
