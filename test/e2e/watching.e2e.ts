import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import type { Health, Machine } from '../../main/contract/machine.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { type AppFixtures, appTest } from '../support/app-test.ts';
import { runCliProcess } from '../support/cli-process.ts';
import { eventually } from '../support/eventually.ts';
import { type TinyMachine, tinyMachine } from '../support/guests/tiny-machine.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

/** A watched machine in every face at once: the command line, the page and the tray. */

const guestTest = appTest.extend<{ readonly guest: TinyMachine }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  guest: async ({}, use) => {
    const guest = await tinyMachine();
    await use(guest);
    guest.dispose();
  },
});
const hostTest = appTest.extend<{ readonly sshd: Sshd }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  sshd: async ({}, use) => {
    const sshd = await startSshd();
    await use(sshd);
    await sshd.dispose();
  },
});

/** Short, and long enough to look at every face between two checks. */
const interval = ['--interval', '8', '--timeout', '4'];
const patience = 240_000;

describe('a local machine with a real guest', () => {
  guestTest(
    'is healthy in every face, unhealthy with the third failed check after its sshd was stopped, and healthy again with it',
    async ({ guest, launch, desktop, home }) => {
      const watched = await watchedGuest(guest, { launch, desktop, home });
      const { faces, story } = watched;
      await faces.healthy();
      const calm = await desktop.tray();

      await guest.run('killall dropbear');
      await eventually('the second failed check', () => story.at(-1)?.sshFailures === 2, 30_000);
      await faces.stillHealthy();
      expect(story.at(-1)?.sshFailures, 'all of that was seen after the second failed check').toBe(2);

      await eventually('the third failed check', () => story.at(-1)?.sshFailures === 3, 30_000);
      await faces.unhealthy(calm.icon.hash);
      expect(turnsOf(story).slice(0, 4)).toEqual([
        ['healthy', 0],
        ['healthy', 1],
        ['healthy', 2],
        ['unhealthy', 3],
      ]);

      await guest.run('start-dropbear');
      await faces.healthy();
      expect((await desktop.tray()).icon.hash).toBe(calm.icon.hash);
      watched.end();
    },
    patience,
  );

  guestTest(
    'that shows another host key is a matter of security in every face, never down, and no failure is counted',
    async ({ guest, launch, desktop, home }) => {
      const watched = await watchedGuest(guest, { launch, desktop, home });
      await watched.faces.healthy();
      const calm = await desktop.tray();
      // Between two checks, so that none meets the moment without a dropbear.
      await guest.run('mkdir -p /etc/dropbear; killall dropbear; dropbear -s -R -p 22');
      await watched.faces.security(calm.icon.hash);
      const seen = watched.story.length;
      await eventually('three more checks', () => checksSince(watched.story, seen) >= 3, 60_000);
      expect(watched.story.slice(seen).map(({ status, sshFailures }) => [status, sshFailures])).toEqual(
        watched.story.slice(seen).map(() => ['degraded', 0]),
      );
      await watched.faces.security(calm.icon.hash);

      await guest.run('killall dropbear; start-dropbear');
      await watched.faces.healthy();
      watched.end();
    },
    patience,
  );
});

describe('a host that only answers SSH', () => {
  hostTest(
    'is healthy in every face, unhealthy with the third failed check after its sshd was stopped, and healthy again with it',
    async ({ sshd, launch, desktop, home }) => {
      const { faces, story, end } = await watchedHost(sshd, { launch, desktop, home });
      await faces.healthy();
      const calm = await desktop.tray();

      await sshd.stop();
      await eventually('the second failed check', () => story.at(-1)?.sshFailures === 2, 30_000);
      await faces.stillHealthy();
      expect(story.at(-1)?.sshFailures, 'all of that was seen after the second failed check').toBe(2);

      await eventually('the third failed check', () => story.at(-1)?.sshFailures === 3, 30_000);
      await faces.unhealthy(calm.icon.hash);
      await sshd.start();
      await faces.healthy();
      end();
    },
    patience,
  );

  hostTest(
    'that shows another host key is a matter of security in every face, never down, and no failure is counted',
    async ({ sshd, launch, desktop, home }) => {
      const { faces, story, end } = await watchedHost(sshd, { launch, desktop, home });
      await faces.healthy();
      const calm = await desktop.tray();
      await sshd.changeHostKey();
      await faces.security(calm.icon.hash);
      const seen = story.length;
      await eventually('three more checks', () => checksSince(story, seen) >= 3, 60_000);
      expect(story.slice(seen).every(({ status, sshFailures }) => status === 'degraded' && sshFailures === 0)).toBe(
        true,
      );
      await faces.security(calm.icon.hash);
      end();
    },
    patience,
  );
});

interface WatchedInApp {
  readonly faces: Faces;
  /** Its health after every check, as the engine announced it. */
  readonly story: readonly Health[];
  end(): void;
}

async function watchedGuest(guest: TinyMachine, fixtures: AppFixtures): Promise<WatchedInApp> {
  const watched = await appWith('tiny', fixtures);
  await done(fixtures.home, 'create', 'tiny', ...guest.createFlags, '--start');
  await guest.booted();
  const access = ['--ssh-user', guest.user, '--ssh-key', guest.key.file, '--trust-on-first-use'];
  await done(fixtures.home, 'lifecycle', 'enable', 'tiny', ...interval, ...access, '--start-allowance', '0');
  return watched;
}

async function watchedHost(sshd: Sshd, fixtures: AppFixtures): Promise<WatchedInApp> {
  const watched = await appWith('pi', fixtures);
  const access = ['--port', String(sshd.port), '--key', sshd.clientKey.file, '--trust-on-first-use'];
  await done(fixtures.home, 'host', 'add', 'pi', '--address', '127.0.0.1', ...access);
  await done(fixtures.home, 'lifecycle', 'enable', 'pi', ...interval);
  return watched;
}

async function appWith(name: string, { launch, desktop, home }: AppFixtures): Promise<WatchedInApp> {
  const app = await launch();
  const page = await app.window();
  const engine = await connectToEngineOf(home);
  return { ...storyOf(engine, name), faces: facesOf(name, page, desktop, home) };
}

function storyOf(engine: SocketConnection, name: string): Omit<WatchedInApp, 'faces'> {
  const story: Health[] = [];
  engine.subscribe('machine.changed', ({ name: changed, health }: Machine) => {
    const isNews = health.lastCheck !== null && health.lastCheck !== story.at(-1)?.lastCheck;
    if (changed === name && isNews) story.push(health);
  });
  return { story, end: () => engine.close() };
}

/** Status and failures after each check, what stayed the same told once. */
function turnsOf(story: readonly Health[]): readonly (readonly [string, number])[] {
  return story
    .map(({ status, sshFailures }) => [status, sshFailures] as const)
    .filter(([status, failures], index, all) => {
      const before = all[index - 1];
      return before === undefined || before[0] !== status || before[1] !== failures;
    });
}

function checksSince(story: readonly Health[], seen: number): number {
  return story.length - seen;
}

async function done(home: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCliProcess(home, args);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

/** What a person sees of one machine, everywhere. */
interface Faces {
  healthy(): Promise<void>;
  /** At one moment: nobody says otherwise yet. */
  stillHealthy(): Promise<void>;
  unhealthy(calmIcon: string): Promise<void>;
  security(calmIcon: string): Promise<void>;
}

function facesOf(name: string, page: Page, desktop: AppFixtures['desktop'], home: string): Faces {
  const row = page.getByRole('grid', { name: 'Machines' }).getByRole('row').filter({ hasText: name });
  const pageSays = async (words: RegExp) => {
    await eventually(`${words} in the row of ${name}`, async () => words.test((await row.textContent()) ?? ''), 30_000);
  };
  /** Its own page: the words at its head, and what its health tab says of it. */
  const machinePageSays = async (words: RegExp, health?: RegExp) => {
    await row
      .getByRole('link', { name })
      .or(row.getByText(name, { exact: true }))
      .first()
      .click();
    const header = page.locator('header').filter({ has: page.getByRole('heading', { name, level: 2 }) });
    await eventually(`${words} in the header of ${name}`, async () => words.test((await header.textContent()) ?? ''));
    if (health !== undefined) {
      await page.getByRole('tab', { name: 'Health' }).click();
      const tab = page.getByRole('tabpanel', { name: 'Health' });
      await eventually(`${health} in the health of ${name}`, async () => health.test((await tab.textContent()) ?? ''));
    }
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: /^Fleet/ })
      .click();
    await row.waitFor();
  };
  const cli = async () => ({
    list: (await done(home, 'list')).split('\n').find((line) => line.includes(name)) ?? '',
    status: await done(home, 'status', name),
  });
  const menuLine = (menu: Awaited<ReturnType<typeof desktop.menu>>) => {
    const item = menu.find(({ label }) => label.endsWith(` ${name}`));
    return `${item?.label}: ${item?.items[0]?.label}`;
  };
  return {
    healthy: async () => {
      await pageSays(/Healthy/);
      await machinePageSays(/Healthy/);
      await desktop.trayThat('without a complaint', ({ tooltip }) => tooltip === '1 machine, 1 running');
      await desktop.menuThat('with a calm machine', (menu) => menuLine(menu) === `● ${name}: Running`);
      const { list, status } = await cli();
      expect(list).toContain('Healthy ✓');
      expect(status).toMatch(/^Health: +Healthy ✓$/m);
    },
    stillHealthy: async () => {
      expect(await row.textContent()).toMatch(/Healthy/);
      expect((await desktop.tray()).tooltip).toBe('1 machine, 1 running');
      expect(menuLine(await desktop.menu())).toBe(`● ${name}: Running`);
      const { list, status } = await cli();
      expect(list).toContain('Healthy ✓');
      expect(status).toMatch(/SSH Failures: +2\/3/);
    },
    unhealthy: async (calmIcon) => {
      const alarm = await desktop.trayThat('that raises the alarm', ({ tooltip }) =>
        tooltip.startsWith(`1 machine, 1 unhealthy: ${name} (`),
      );
      expect(alarm.icon.hash).not.toBe(calmIcon);
      expect(menuLine(await desktop.menu())).toMatch(new RegExp(`^✖ ${name}: \\w+: 127\\.0\\.0\\.1 port \\d+ `));
      await pageSays(/SSH down/);
      await machinePageSays(/SSH down/, /127\.0\.0\.1 port \d+ .*See whether sshd runs/s);
      const { list, status } = await cli();
      expect(list).toContain('Unhealthy (SSH down) ✗');
      // The third at least: a fourth check may have come while the other faces were looked at.
      expect(status).toMatch(/SSH Failures: +[3-9]\/3/);
      expect(status).toMatch(/Reason: +127\.0\.0\.1 port \d+ /);
      expect(status).toMatch(/Advice: +See whether sshd runs/);
    },
    security: async (calmIcon) => {
      const warning = await desktop.trayThat('that asks for a look', ({ tooltip }) =>
        tooltip.startsWith(`1 machine, 1 degraded: ${name} (Security: `),
      );
      expect(warning.icon.hash).not.toBe(calmIcon);
      expect(menuLine(await desktop.menu())).toMatch(new RegExp(`^▲ ${name}: \\w+: Security: `));
      await pageSays(/Host key changed/);
      await machinePageSays(/Host key changed/, /another one is known for it.*known_hosts/s);
      expect(await page.getByRole('main').textContent()).toMatch(/Host key changed.*another one is known for it/s);
      const { list, status } = await cli();
      expect(list).toContain('Degraded (Security: host key changed) !');
      expect(list).not.toMatch(/down|Unhealthy/i);
      expect(status).toMatch(/Reason: +Security: .*another one is known for it/);
      expect(status).toMatch(/Advice: .*known_hosts/);
      expect(status).toMatch(/SSH Failures: +0\/3/);
      expect(status).not.toMatch(/SSH down/);
    },
  };
}
