import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import type { Machine } from '../../main/contract/machine.ts';
import type { Snapshot } from '../../main/contract/snapshot.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { type DesktopSession, desktopSession } from '../support/desktop-session/desktop-session.ts';
import { eventually } from '../support/eventually.ts';
import {
  type DebianGuest,
  debianBuildMs,
  debianDiskMib,
  debianGuest,
  layDebianDisk,
} from '../support/guests/debian.ts';
import { type DebianShell, debianShell } from '../support/guests/debian-machine.ts';
import { launchApp, type RunningApp } from '../support/launch-app.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';
import { killProcessesOfHome, machineProcessesOf } from '../support/processes-of-home.ts';
import { freePort } from '../support/sshd.ts';
import { stepsInARow } from '../support/steps-in-a-row.ts';

/**
 * What a developer does all day with one machine, in the real app with a whole Debian: every step by the window as a
 * person would take it, its effect seen in the guest. The steps build on each other, and each is told by itself.
 */

const patience = 240_000;
vi.setConfig({ testTimeout: patience, hookTimeout: debianBuildMs + patience });

const file = '/srv/precious';
let home: string;
let guest: DebianGuest;
let shell: DebianShell;
let desktop: DesktopSession;
let app: RunningApp;
let page: Page;
let engine: SocketConnection;
let id: string;
let hash: string;

beforeAll(async () => {
  guest = await debianGuest();
  home = mkdtempSync(path.join(tmpdir(), 'vg-'));
  desktop = await desktopSession();
  app = await launchApp({ home });
  page = await app.window();
  engine = await connectToEngineOf(home);
});

afterAll(async () => {
  engine?.close();
  await app?.kill();
  await desktop?.close();
  await killProcessesOfHome(home);
  rmSync(home, { recursive: true, force: true });
}, patience);

const machine = async (): Promise<Machine> => (await engine.call('machine.get', { machine: id })).machine;
const snapshots = (): Promise<readonly Snapshot[]> => engine.call('snapshot.list', { machine: id });
const sum = async () => (await shell.run(`sha256sum ${file} 2>/dev/null || true`)).split(' ')[0] ?? '';
const uptime = async () => Number((await shell.run('cat /proc/uptime')).split(' ')[0]);
const header = () => page.locator('.machine-head');
const press = (name: string) => header().getByRole('button', { name, exact: true }).click();
const dialog = () => page.getByRole('dialog');

async function more(verb: string): Promise<void> {
  const { name } = await machine();
  await header()
    .getByRole('button', { name: `More for ${name}` })
    .click();
  await page.getByRole('menuitem', { name: verb }).click();
}

async function tab(name: string): Promise<void> {
  await page.getByRole('tab', { name }).click();
}

async function settled(state: Machine['state'], limitMs = patience): Promise<void> {
  await eventually(
    `the machine ${state} and at rest`,
    async () => {
      const now = await machine();
      return now.state === state && now.operation === null;
    },
    limitMs,
  );
}

const step = stepsInARow((title) => app.keepEvidence(title));

describe('a day with a machine', () => {
  step('it is created in the form with advanced fields', async () => {
    const port = await freePort();
    await page.getByRole('link', { name: 'New machine' }).first().click();
    await page.waitForURL('vigil://app/#/new');
    const fill = (name: string, value: string) => page.getByRole('textbox', { name, exact: true }).fill(value);
    await fill('Name', 'work');
    await fill('CPUs', '1');
    await fill('Memory', '384');
    await fill('Disk', String(debianDiskMib));
    await page.getByRole('button', { name: 'Add a forward' }).click();
    await fill('Port of this computer, forward 1', String(port));
    await fill('Port of the guest, forward 1', '22');
    await page.getByRole('button', { name: 'Advanced' }).click();
    await fill('Kernel', guest.kernel);
    await fill('Initrd', guest.initrd);
    await fill('Kernel command line', guest.append);
    await fill('Group', 'lab');
    await fill('Further QEMU arguments', '-rtc base=utc');
    await page.getByRole('checkbox', { name: 'Start when created' }).uncheck();
    await page.getByRole('button', { name: /^Create/ }).click();
    await page.waitForURL(/^vigil:\/\/app\/#\/machines\//);
    const [made] = await engine.call('machine.list', {});
    expect(made).toMatchObject({ name: 'work', group: 'lab', memoryMib: 384, forwards: [{ host: port, guest: 22 }] });
    id = made?.id ?? '';
    await settled('stopped');
    layDebianDisk(guest, path.join(home, 'machines', id, 'disk.qcow2'));
    shell = debianShell(guest, port);
  });

  step('it is started, and SSH answers', async () => {
    await press('Start');
    await settled('running');
    await shell.booted();
  });

  step('its console shows the login prompt, and takes what is typed', async () => {
    await tab('Console');
    const screen = page.locator('.xterm-accessibility');
    await eventually(
      'the login prompt',
      async () => /debian-guest login:/.test((await screen.textContent()) ?? ''),
      60_000,
    );
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.type('vigil\n');
    await eventually(
      'the question for the password',
      async () => /Password:/.test((await screen.textContent()) ?? ''),
      60_000,
    );
    await page.keyboard.press('Control+]');
    expect(await page.evaluate(() => document.activeElement?.className ?? '')).not.toContain('xterm');
  });

  step('a file is written, and a snapshot with its memory taken', async () => {
    await shell.run(`dd if=/dev/urandom of=${file} bs=1M count=2 2>/dev/null; sync`);
    hash = await sum();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    await press('Snapshot…');
    await dialog().getByRole('textbox', { name: 'Name' }).fill('with-file');
    await dialog().getByRole('button', { name: 'Take snapshot' }).click();
    await eventually(
      'the snapshot',
      async () => (await snapshots()).some(({ name }) => name === 'with-file'),
      patience,
    );
    await settled('running');
    expect(await snapshots()).toMatchObject([{ name: 'with-file', live: true, current: true, creator: 'user' }]);
  });

  step('the file is removed and comes back with a revert, its hash equal, a safety snapshot beside it', async () => {
    await shell.run(`rm ${file}; sync`);
    expect(await sum()).toBe('');
    await tab('Snapshots');
    await revertTo('with-file');
    expect(await sum()).toBe(hash);
    const safety = (await snapshots()).find(({ creator }) => creator === 'safety');
    expect(safety).toMatchObject({ parent: 'with-file', live: true, expiresAt: expect.any(String) });
    await page.getByRole('row').filter({ hasText: 'safety' }).waitFor();
  });

  step('the revert is itself gone back on', async () => {
    const safety = (await snapshots()).find(({ creator }) => creator === 'safety');
    await revertTo(safety?.name ?? '');
    expect(await sum()).toBe('');
    await revertTo('with-file');
    expect(await sum()).toBe(hash);
  });

  step('its disk is grown, and the guest sees it', async () => {
    const grown = debianDiskMib + 256;
    await tab('Configuration');
    await page.getByRole('textbox', { name: 'Disk', exact: true }).fill(String(grown));
    await page.getByRole('button', { name: 'Save' }).click();
    await eventually(
      'the guest to see its larger disk',
      async () => Number(await shell.run('cat /sys/block/vda/size')) * 512 === grown * 1024 * 1024,
      60_000,
    );
  });

  step('it is paused, which stops its clock, and resumed', async () => {
    const before = await uptime();
    await press('Pause');
    await settled('paused');
    await expect(shell.run('true', 3000)).rejects.toThrow();
    await press('Resume');
    await settled('running');
    expect(await uptime()).toBeGreaterThan(before);
  });

  step('it is suspended to the disk, and goes on where it stood', async () => {
    const boot = await shell.run('cat /proc/sys/kernel/random/boot_id');
    const before = await uptime();
    await more('Suspend');
    await settled('suspended');
    expect(machineProcessesOf(home)).toEqual([]);
    await press('Resume');
    await settled('running');
    await shell.booted();
    expect(await shell.run('cat /proc/sys/kernel/random/boot_id')).toBe(boot);
    expect(await uptime()).toBeGreaterThan(before);
  });

  step('it shuts itself down when it is asked to', async () => {
    await press('Stop');
    await settled('stopped');
    const stops = (await engine.call('operation.list', {})).filter(({ kind }) => kind === 'stop');
    expect(stops).toMatchObject([{ state: 'done' }]);
    // On a busy computer the shutdown its agent began may end only while the button's turn runs.
    expect(['agent', 'acpi']).toContain(stops[0]?.result?.rung);
  });

  step('it is cloned', async () => {
    await more('Clone…');
    await dialog().getByRole('textbox', { name: 'Name of the new machine' }).fill('work-copy');
    await dialog().getByRole('button', { name: 'Clone' }).click();
    await eventually(
      'the clone',
      async () =>
        (await engine.call('machine.list', {})).some(({ name, state }) => name === 'work-copy' && state === 'stopped'),
      patience,
    );
    await settled('stopped');
  });

  step('it is renamed, and stays the same machine', async () => {
    await more('Rename…');
    await dialog().getByRole('textbox', { name: 'New name' }).fill('play');
    await dialog().getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { name: 'play', exact: true }).waitFor();
    expect(await machine()).toMatchObject({ id, name: 'play' });
  });

  step('it is deleted, and brought back from the message that says so', async () => {
    await more('Delete…');
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('status').filter({ hasText: 'deleted' }).getByRole('button', { name: 'Undo' }).click();
    await eventually('the machine to be back', async () =>
      (await engine.call('machine.list', {})).some((each) => each.id === id && each.state === 'stopped'),
    );
    expect((await snapshots()).map(({ name }) => name)).toContain('with-file');
    expect(app.problems).toEqual([]);
  });
});

async function revertTo(name: string): Promise<void> {
  const row = page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
  await row.getByRole('button', { name: 'Revert…' }).click();
  const before = (await engine.call('operation.list', {})).filter(({ kind }) => kind === 'revert').length;
  await dialog().getByRole('button', { name: 'Revert' }).click();
  const ended = await eventually(
    `the revert to ${name}`,
    async () => {
      const reverts = (await engine.call('operation.list', {})).filter(({ kind }) => kind === 'revert');
      const newest = reverts.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0];
      return reverts.length > before && newest?.state !== 'running' ? newest : null;
    },
    patience,
  );
  expect(ended).toMatchObject({ state: 'done' });
  await settled('running');
}
