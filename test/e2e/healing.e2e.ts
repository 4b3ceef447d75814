import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, describe, expect } from 'vitest';
import type { Explanation, HealingStatus } from '../../main/contract/healing.ts';
import type { JournalEntry } from '../../main/contract/journal.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { type AppFixtures, appTest } from '../support/app-test.ts';
import { auditFaults } from '../support/audit-faults.ts';
import { runCliProcess } from '../support/cli-process.ts';
import { eventually } from '../support/eventually.ts';
import {
  type DebianGuest,
  debianBuildMs,
  debianGuest,
  debianObstacle,
  layDebianDisk,
} from '../support/guests/debian.ts';
import { type DebianShell, debianCreateFlags, debianShell } from '../support/guests/debian-machine.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';
import { freePort } from '../support/sshd.ts';
import { toldByHooks, writeTellingHook } from '../support/told-by-hooks.ts';

/** What a person sees in the real app while a whole Debian falls ill and is healed. */
const obstacle = await debianObstacle();
const notTested = obstacle === null ? '' : `: NOT TESTED here, ${obstacle}`;
const patience = 240_000;
const testMs = 600_000;
const hookEvents = ['on_failure', 'on_restart', 'on_healthy'] as const;

const guestTest = appTest.extend<{ readonly folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vh-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

describe.runIf(obstacle === null)(`a Debian whose sshd is stopped${notTested}`, () => {
  let guest: DebianGuest;
  beforeAll(async () => {
    guest = await debianGuest();
  }, debianBuildMs);

  guestTest(
    'is unhealthy after three checks in tray, list and page, has its sshd restarted, and is told of by each hook once',
    async ({ folder, launch, desktop, home }) => {
      const port = await freePort();
      configure(home, guest);
      const page = await (await launch()).window();
      const engine = await connectToEngineOf(home);
      const shell = await watchedDebian({ guest, folder, home, port, engine });
      const box = boxOf(engine, home);
      await eventually('the machine to be healthy', box.isHealthy, patience);
      // Its agent is what tells a lost sshd from a lost guest.
      await eventually('the agent to answer', async () => (await box.detail()).guest?.present, patience);
      const faces = facesOf(page, desktop, home);
      await faces.healthy();
      const { pid } = await box.machine();
      const boot = await shell.run('cat /proc/sys/kernel/random/boot_id');
      const calm = await desktop.tray();
      const begun = (await box.story()).length;

      // Held, so that every face can be read before it is healed.
      await desktop.clickMenu(['Pause healing', 'For 1 hour']);
      await shell.run('systemctl stop ssh.service', patience);
      await faces.unhealthy(calm.icon.hash);
      const ill = (await box.story()).slice(begun).filter(({ action }) => action === 'health.changed');
      expect(ill).toMatchObject([{ details: { status: 'unhealthy', failures: 3, method: 'ssh' } }]);
      await faces.healthTab(/Unhealthy|SSH down/, /It is not healed.*healing is paused/is);

      await page.getByRole('button', { name: 'Resume healing' }).first().click();
      await eventually('the machine to be healthy again', box.isHealthy, patience);
      await faces.healthy();
      expect((await desktop.tray()).icon.hash).toBe(calm.icon.hash);
      await faces.healthTab(/Healthy/, /Nothing is wrong that could be healed/);

      // What was restarted is what was sick: neither the process nor the guest was touched.
      expect(await shell.run('systemctl is-active ssh.service')).toBe('active\n');
      expect(await shell.run('cat /proc/sys/kernel/random/boot_id')).toBe(boot);
      expect((await box.machine()).pid).toBe(pid);
      const healed = (await box.story()).slice(begun);
      const decisions = healed.filter(({ action }) => action.startsWith('healing.')).map(decisionIn);
      // Whether its wait was over when healing went on depends on how long the looks at all faces took.
      expect(decisions.filter((decision) => decision !== 'healing.refused budget')).toEqual([
        'healing.refused policy',
        'healing.refused paused',
        'healing.intended restart-unit',
        'healing.done restart-unit',
      ]);
      expect(auditFaults(await box.story())).toEqual([]);

      await expectEachHookOnce(folder, box);
      await box.whyTellsIt();
      await faces.timeline([/Healing is paused/, /about to restart sshd\.service/, /restarted sshd\.service.*agent/]);
      engine.close();
    },
    testMs,
  );
});

const decisionIn = ({ action, details }: JournalEntry): string =>
  `${action} ${String(details.guard ?? details.rung ?? '')}`;

/** Short intervals; nobody's work is in the way of healing. */
function configure(home: string, guest: DebianGuest): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const settings = '[healing]\nquiet_after_action_seconds = 0\n';
  writeFileSync(path.join(home, 'settings.toml'), settings, { mode: 0o600 });
  const watch = [
    '[vms.box]',
    'check_interval_seconds = 5',
    // A stopped sshd answers at once; a guest on a busy computer may take its time.
    'health_check_timeout = 20',
    'start_allowance_seconds = 180',
    'restart_policy = "on-failure"',
    'ssh_user = "root"',
    `ssh_key = "${guest.key.file}"`,
    'ssh_trust_on_first_use = true',
  ];
  writeFileSync(path.join(home, 'lifecycle-config.toml'), `${watch.join('\n')}\n`, { mode: 0o600 });
}

async function watchedDebian({
  guest,
  folder,
  home,
  port,
  engine,
}: {
  readonly guest: DebianGuest;
  readonly folder: string;
  readonly home: string;
  readonly port: number;
  readonly engine: SocketConnection;
}): Promise<DebianShell> {
  const shell = debianShell(guest, port);
  await done(home, 'create', 'box', ...debianCreateFlags(guest, port));
  const { machine } = await engine.call('machine.get', { machine: 'box' });
  layDebianDisk(guest, path.join(home, 'machines', machine.id, 'disk.qcow2'));
  for (const event of hookEvents) {
    await done(home, 'lifecycle', 'hook', 'box', event, writeTellingHook(folder, event));
  }
  await done(home, 'start', 'box');
  await shell.booted();
  return shell;
}

async function done(home: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCliProcess(home, args);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

interface Box {
  machine(): Promise<Machine>;
  detail(): Promise<Awaited<ReturnType<typeof detailOf>>>;
  /** Running, its checks good. */
  isHealthy(): Promise<boolean>;
  /** Oldest first. */
  story(): Promise<readonly JournalEntry[]>;
  whyTellsIt(): Promise<void>;
}

const detailOf = (engine: SocketConnection) => engine.call('machine.get', { machine: 'box' });

function boxOf(engine: SocketConnection, home: string): Box {
  const detail = () => detailOf(engine);
  return {
    detail,
    machine: async () => (await detail()).machine,
    isHealthy: async () => {
      const { health, state } = (await detail()).machine;
      return state === 'running' && health.status === 'healthy' && health.sshFailures === 0;
    },
    story: async () => (await engine.call('journal.list', { machine: 'box', limit: 1000 })).toReversed(),
    whyTellsIt: async () => {
      const told = await done(home, 'why', 'box');
      expect(told).toMatch(/^'box' is running, as it is meant to be\.$/m);
      expect(told).toMatch(/is unhealthy: /);
      expect(told).toMatch(/Vigil is about to restart sshd\.service on 'box'/);
      expect(told).toMatch(/Vigil restarted sshd\.service on 'box' through its guest agent\./);
      const { healing, story }: Explanation = JSON.parse(await done(home, 'why', 'box', '--json'));
      // A unit is not the machine: none of its restarts is used.
      expect(healing satisfies HealingStatus | null).toMatchObject({
        failure: null,
        restarts: { used: 0, allowed: 6 },
      });
      expect(story.map(({ action }) => action)).toEqual(expect.arrayContaining(['health.changed', 'healing.done']));
    },
  };
}

async function expectEachHookOnce(folder: string, box: Box): Promise<void> {
  await eventually('the three scripts', () => toldByHooks(folder).length >= hookEvents.length);
  expect(toldByHooks(folder).map(({ event }) => event)).toEqual([...hookEvents].sort());
  const { id } = await box.machine();
  for (const { event, environment, input } of toldByHooks(folder)) {
    const failures = event === 'on_failure' ? '3' : '0';
    const at = environment.VIGIL_TIMESTAMP;
    expect(environment, event).toEqual({
      AZLIN_VM_NAME: 'box',
      AZLIN_EVENT_TYPE: event,
      AZLIN_TIMESTAMP: at,
      AZLIN_FAILURE_COUNT: failures,
      VIGIL_VM_NAME: 'box',
      VIGIL_EVENT_TYPE: event,
      VIGIL_TIMESTAMP: at,
      VIGIL_FAILURE_COUNT: failures,
      VIGIL_VM_ID: id,
      VIGIL_PROVIDER: 'qemu',
      VIGIL_REASON: expect.stringMatching(/\S/),
      VIGIL_HOOK_PATH: path.join(folder, event),
      VIGIL_HOOK_RUN: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(input).toMatchObject({ event, at, machine: { id, name: 'box' }, failures: Number(failures), events: 1 });
  }
}

function facesOf(page: Page, desktop: AppFixtures['desktop'], home: string) {
  const row = page.getByRole('grid', { name: 'Machines' }).getByRole('row').filter({ hasText: 'box' });
  const goToFleet = () =>
    page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: /^Fleet/ })
      .click();
  const rowSays = async (words: RegExp) => {
    await goToFleet();
    await eventually(`${words} in its row`, async () => words.test((await row.textContent()) ?? ''), patience);
  };
  const open = async (tab: string) => {
    await goToFleet();
    await row
      .getByRole('link', { name: 'box' })
      .or(row.getByText('box', { exact: true }))
      .first()
      .click();
    await page.getByRole('tab', { name: tab }).click();
  };
  const listed = async () => (await done(home, 'list')).split('\n').find((line) => line.includes('box')) ?? '';
  return {
    healthy: async () => {
      await desktop.trayThat('without a complaint', ({ tooltip }) => tooltip === '1 machine, 1 running');
      await rowSays(/Healthy/);
      expect(await listed()).toContain('Healthy ✓');
    },
    unhealthy: async (calmIcon: string) => {
      await eventually(
        'a tray that raises the alarm',
        async () => /1 unhealthy: box \(|1 unhealthy.*box/.test((await desktop.tray()).tooltip),
        patience,
      );
      expect((await desktop.tray()).icon.hash).not.toBe(calmIcon);
      await rowSays(/SSH down/);
      expect(await listed()).toContain('Unhealthy (SSH down) ✗');
    },
    /** The words at the head of its page, and those of its Health tab. */
    healthTab: async (head: RegExp, words: RegExp) => {
      await open('Health');
      const header = page.locator('header').filter({ has: page.getByRole('heading', { name: 'box', level: 2 }) });
      await eventually(`${head} at its head`, async () => head.test((await header.textContent()) ?? ''), patience);
      const tab = page.getByRole('tabpanel', { name: 'Health' });
      await eventually(`${words} in its health`, async () => words.test((await tab.textContent()) ?? ''), patience);
    },
    timeline: async (sentences: readonly RegExp[]) => {
      await open('Timeline');
      const timeline = page.getByRole('region', { name: 'Timeline' });
      for (const words of sentences)
        await eventually(`${words} in its timeline`, async () => words.test((await timeline.textContent()) ?? ''));
    },
  };
}
