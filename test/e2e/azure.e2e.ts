import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { JournalEntry } from '../../main/contract/journal.ts';
import type { Machine, MachineState } from '../../main/contract/machine.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { auditFaults } from '../support/audit-faults.ts';
import { runCliProcess } from '../support/cli-process.ts';
import { type CompanyInAzure, companyInAzure, settleFor } from '../support/company-in-azure.ts';
import { type DesktopSession, desktopSession } from '../support/desktop-session/desktop-session.ts';
import { type KeyWallet, openKeyWallet } from '../support/desktop-session/kwallet.ts';
import { eventually } from '../support/eventually.ts';
import { launchApp, type RunningApp } from '../support/launch-app.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';
import { killProcessesOfHome } from '../support/processes-of-home.ts';
import { type SomeonesBrowser, someonesBrowser } from '../support/someones-browser.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';
import { stepsInARow } from '../support/steps-in-a-row.ts';
import { type Show, takePictures } from '../support/take-pictures.ts';
import { toldByHooks, writeTellingHook } from '../support/told-by-hooks.ts';

/**
 * A company's sixty machines in the real app, from signing in to a cure, against the stand-in for Azure over TLS. The steps
 * build on each other, and each is told by itself.
 */

let company: CompanyInAzure;
let home: string;
let hooks: string;
let browser: SomeonesBrowser;
let wallet: KeyWallet;
let desktop: DesktopSession;
let app: RunningApp;
let page: Page;
let engine: SocketConnection;
/** The one that falls ill: what answers SSH for it is a real server. */
const patient = 'shop-db-01';
const patience = 120_000;
const hookEvents = ['on_failure', 'on_restart', 'on_healthy'] as const;
let sshd: Sshd;
/** Its server comes and goes with the machine, in order. */
let following: Promise<void> = Promise.resolve();
let show: Show;
const faults: string[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'vg-'));
  hooks = mkdtempSync(path.join(tmpdir(), 'vh-'));
  [company, browser, sshd] = await Promise.all([companyInAzure(), someonesBrowser(), startSshd()]);
  company.machine(patient).publicAddress = '127.0.0.1';
  settleFor(company, home, '[healing]\nquiet_after_action_seconds = 0\n[collection]\ninterval_seconds = 10\n');
  // What is measured over SSH is this computer, and how busy it is is nobody's news here.
  const rules = 'rules:\n  - { name: machine_down, metric: machine_down, severity: critical }\n';
  writeFileSync(path.join(home, 'alert_rules.yaml'), rules, { mode: 0o600 });
  wallet = await openKeyWallet();
  desktop = await desktopSession();
  await open();
});

afterAll(async () => {
  engine?.close();
  const problems = app?.problems ?? [];
  await app?.kill();
  await desktop?.close();
  await wallet?.close();
  await browser?.close();
  await company?.double.close();
  await sshd?.dispose();
  await killProcessesOfHome(home);
  for (const folder of [home, hooks]) rmSync(folder, { recursive: true, force: true });
  expect(problems).toEqual([]);
  expect(faults).toEqual([]);
});

async function open(): Promise<void> {
  app = await launchApp({ home, environment: { VIGIL_KEY_STORE_UNDER_TEST: 'kwallet5' } });
  page = await app.window();
  engine = await connectToEngineOf(home);
  show = await takePictures({ app, page, engine, faults });
}

const link = (name: RegExp) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });
const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
const azureSettings = () => page.getByRole('region', { name: 'Azure' });
const settingsSay = (words: RegExp) =>
  eventually(`${words} in the settings`, async () => words.test((await azureSettings().textContent()) ?? ''));

async function fleetShows(count: number): Promise<void> {
  await eventually(
    `${count} machines in the fleet`,
    async () => (await page.locator('.totals-all').textContent()) === String(count),
    30_000,
  );
}

/** The window notes by itself when its fleet shows all sixty: how busy this test is does not count. */
async function watchForSixty(): Promise<void> {
  await page.evaluate(() => {
    const seen = window as unknown as { sixtyAt: number | undefined };
    seen.sixtyAt = undefined;
    new MutationObserver((_changes, observer) => {
      if (document.querySelector('.totals-all')?.textContent !== '60') return;
      seen.sixtyAt = Date.now();
      observer.disconnect();
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** Waits for all sixty, and tells how long they took from the moment at which the service granted the sign-in. */
async function sixtyAppear(how: string): Promise<void> {
  const at = await eventually('sixty machines in the fleet', () => page.evaluate<number>('window.sixtyAt'), patience);
  const granted = company.double.requests.findLast(
    ({ path: asked, status }) => asked.endsWith('/oauth2/v2.0/token') && status === 200,
  );
  console.log(`signed in ${how}: 60 machines in the window after ${at - (granted?.at ?? 0)} ms`);
}

const step = stepsInARow((title) => app.keepEvidence(title));

describe('a company in Azure', () => {
  step('is signed in to in the person’s own browser, and its sixty machines stand in the fleet', async () => {
    await link(/^Settings/).click();
    await press('Sign in with the browser');
    const account = await browser.openNext();
    await settingsSay(/Go on in the browser/);
    await link(/^Fleet/).click();
    await watchForSixty();
    await account.getByRole('button', { name: company.double.login.person.username }).click();
    await account.getByText('You are signed in. This page can be closed.').waitFor();
    await sixtyAppear('in the browser');

    expect(browser.handedOver()).toHaveLength(1);
    const asked = new URL(browser.handedOver()[0] ?? '');
    expect(asked.origin).toBe(company.double.origin);
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256');
    expect(asked.searchParams.get('redirect_uri')).toMatch(/^http:\/\/localhost:\d+/);
    await link(/^Settings/).click();
    await settingsSay(/dev@example\.test of [0-9a-f-]{36}; its sign-in is kept by the key store of this desktop/);
    await settingsSay(/Production40 machines/);
    await settingsSay(/Sandbox20 machines/);
  });

  step('is still signed in after a restart of the app, without asking the person again', async () => {
    const before = company.double.requests.length;
    engine.close();
    process.kill(app.pid, 'SIGTERM');
    await app.exited;
    await open();
    await fleetShows(60);
    await eventually('machines that were read', async () => (await machine(patient)).state === 'running', patience);
    const since = company.double.requests.slice(before).map(({ path: asked }) => asked);
    expect(since.filter((asked) => /authorize|devicecode/.test(asked))).toEqual([]);
    expect(browser.handedOver()).toHaveLength(1);
  });

  step('is signed out of, and signed in to again by a code that is typed on another device', async () => {
    await link(/^Settings/).click();
    await press('Sign out');
    await settingsSay(/Nobody is signed in/);
    await eventually('an empty fleet', async () => (await engine.call('machine.list', {})).length === 0);
    await press('With a code');
    const code = (await page.locator('.azure-code').textContent()) ?? '';
    const address = (await page.locator('.azure-address .mono').textContent()) ?? '';
    await show('azure-code', '#/settings', () => page.locator('.azure-code').scrollIntoViewIfNeeded());
    await link(/^Fleet/).click();
    await watchForSixty();
    const device = await browser.open(address);
    await device.getByRole('textbox', { name: 'Code' }).fill(code);
    await device.getByRole('button', { name: 'Next' }).click();
    await device.getByText('You may now close this window.').waitFor();
    await sixtyAppear('by a code');
    expect(browser.handedOver()).toHaveLength(1);
  });

  step('shows the machines of the subscriptions that are chosen', async () => {
    await link(/^Settings/).click();
    await azureSettings().getByRole('checkbox', { name: 'Sandbox' }).uncheck();
    await azureSettings().getByRole('button', { name: 'Save' }).click();
    await settingsSay(/Sandboxnot in the fleet/);
    expect(await engine.call('machine.list', {})).toHaveLength(40);
    await azureSettings().getByRole('checkbox', { name: 'Sandbox' }).check();
    await azureSettings().getByRole('button', { name: 'Save' }).click();
    await link(/^Fleet/).click();
    await fleetShows(60);
    await show('azure-settings', '#/settings', () => azureSettings().scrollIntoViewIfNeeded());
  });

  step(
    'is started, stopped, deallocated and restarted from window, tray and command line, by one order each',
    async () => {
      await watchPatient();
      await link(/^Fleet/).click();
      await page.evaluate('window.marker = 1');
      for (const { name, verb } of deeds.filter(({ face }) => face === 'window')) await pressInRow(name, verb);
      for (const { name, verb } of deeds.filter(({ face }) => face === 'tray'))
        await desktop.clickMenu([name, trayLabels[verb]]);
      const told = await Promise.all(
        deeds
          .filter(({ face }) => face === 'command line')
          .map(({ name, verb }) => runCliProcess(home, [...cliVerbs[verb], name])),
      );
      for (const { exitCode, stderr } of told) expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      for (const { name, verb } of deeds) {
        await eventually(
          `${name} at rest`,
          async () => {
            const { state, operation } = await machine(name);
            return state === ends[verb] && operation === null;
          },
          patience,
        );
        expect(company.changesOf(name), name).toEqual([`POST ${orders[verb]}`]);
        expect(company.machine(name).power, name).toBe(ends[verb]);
        await rowSays(name, rowWords[verb]);
      }
      expect(await page.evaluate('window.marker')).toBe(1);
    },
  );

  step(
    'has one that stops answering SSH while Azure says that it runs restarted once, with every hook, alert and the story',
    async () => {
      await isHealthy();
      const begun = (await story()).length;
      const { id } = await machine(patient);
      // Held, so that it can be seen ill before it is healed.
      await desktop.clickMenu(['Pause healing', 'For 1 hour']);
      company.machine(patient).breakSsh();
      expect(company.machine(patient).power).toBe('running');
      // Three checks have to fail first: time to look at the others.
      await page.getByRole('textbox', { name: 'Filter the machines' }).fill('');
      await show('azure-fleet', '#/');
      const billed = await machine('shop-web-01');
      await show('azure-billed', `#/machines/${billed.id}`);
      await show('azure-billed-configuration', `#/machines/${billed.id}/configuration`);
      const notes = () => desktop.notifications.filter(({ title }) => title.startsWith(`${patient}: machine_down`));
      await eventually('the alert at the desktop', () => notes().length > 0, patience);
      await link(/^Fleet/).click();
      await rowSays(patient, /SSH down/);
      expect(company.changesOf(patient)).toEqual([]);

      await desktop.clickMenu(['Resume healing']);
      await eventually('a cure', () => company.asked(patient, 'restart'), patience);
      await isHealthy();
      await eventually('every hook', () => toldByHooks(hooks).length >= hookEvents.length, patience);
      const isOver = async () => (await story()).some(({ action }) => action === 'alert.resolved');
      await eventually('the end of the alert', isOver, patience);
      // Long enough for whatever would act a second time: it is checked again, and again found well.
      const before = (await machine(patient)).health.lastCheck;
      await eventually('three more checks', checksAfter(before, 3), patience);

      expect(company.changesOf(patient)).toEqual(['POST restart']);
      const events = (await story()).slice(begun);
      expect(
        events
          .filter(({ action }) => action.startsWith('healing.') && action !== 'healing.refused')
          .map(({ action }) => action),
      ).toEqual(['healing.intended', 'healing.done']);
      expect(auditFaults(await story())).toEqual([]);
      expect(
        toldByHooks(hooks)
          .map(({ event }) => event)
          .sort(),
      ).toEqual([...hookEvents].sort());
      for (const { event, environment, input } of toldByHooks(hooks)) {
        const failures = event === 'on_failure' ? 3 : 0;
        expect(environment, event).toMatchObject({
          AZLIN_VM_NAME: patient,
          AZLIN_EVENT_TYPE: event,
          AZLIN_FAILURE_COUNT: String(failures),
          VIGIL_VM_NAME: patient,
          VIGIL_EVENT_TYPE: event,
          VIGIL_FAILURE_COUNT: String(failures),
          VIGIL_VM_ID: id,
          VIGIL_PROVIDER: 'azure',
        });
        expect(input).toMatchObject({ event, machine: { id, name: patient }, failures });
      }
      const alerts = events.map(({ action }) => action).filter((action) => action.startsWith('alert.'));
      expect(alerts).toEqual(['alert.fired', 'alert.resolved']);
      const told = await done('why', patient);
      expect(told).toMatch(new RegExp(`^'${patient}' is running, as it is meant to be\\.$`, 'm'));
      expect(told).toMatch(/is unhealthy: .*127\.0\.0\.1/);
      expect(told).toMatch(/Vigil is about to restart/);
      expect(told).toMatch(/was restarted/);
      await show('azure-machine', `#/machines/${id}`);
      await show('azure-machine-timeline', `#/machines/${id}/timeline`);
    },
  );
});

type Verb = 'start' | 'stop' | 'deallocate' | 'restart';

const deeds: readonly {
  readonly face: 'window' | 'tray' | 'command line';
  readonly name: string;
  readonly verb: Verb;
}[] = [
  { face: 'window', name: 'shop-web-01', verb: 'stop' },
  { face: 'window', name: 'shop-web-02', verb: 'deallocate' },
  { face: 'window', name: 'shop-web-03', verb: 'restart' },
  { face: 'window', name: 'batch-12', verb: 'start' },
  { face: 'tray', name: 'batch-01', verb: 'stop' },
  { face: 'tray', name: 'batch-02', verb: 'deallocate' },
  { face: 'tray', name: 'batch-03', verb: 'restart' },
  { face: 'tray', name: 'batch-11', verb: 'start' },
  { face: 'command line', name: 'shop-web-04', verb: 'stop' },
  { face: 'command line', name: 'shop-web-05', verb: 'deallocate' },
  { face: 'command line', name: 'shop-web-06', verb: 'restart' },
  { face: 'command line', name: 'dev-grace-07', verb: 'start' },
];
const orders: Readonly<Record<Verb, string>> = {
  start: 'start',
  stop: 'powerOff',
  deallocate: 'deallocate',
  restart: 'restart',
};
const ends: Readonly<Record<Verb, MachineState>> = {
  start: 'running',
  stop: 'stopped',
  deallocate: 'deallocated',
  restart: 'running',
};
const rowWords: Readonly<Record<Verb, RegExp>> = {
  start: /Running/,
  stop: /Stopped, still billed/,
  deallocate: /Deallocated/,
  restart: /Running/,
};
const trayLabels: Readonly<Record<Verb, string>> = {
  start: 'Start',
  stop: 'Stop (still billed)',
  deallocate: 'Deallocate',
  restart: 'Restart',
};
const cliVerbs: Readonly<Record<Verb, readonly string[]>> = {
  start: ['start'],
  stop: ['stop'],
  deallocate: ['azure', 'deallocate'],
  restart: ['restart'],
};

async function machine(name: string): Promise<Machine> {
  return (await engine.call('machine.get', { machine: name })).machine;
}

/** The row of a machine, found the way a person finds it among sixty. */
async function row(name: string) {
  await page.getByRole('textbox', { name: 'Filter the machines' }).fill(name);
  return page.getByRole('grid', { name: 'Machines' }).getByRole('row').filter({ hasText: name });
}

async function rowSays(name: string, words: RegExp): Promise<void> {
  const found = await row(name);
  await eventually(`${words} in the row of ${name}`, async () => words.test((await found.textContent()) ?? ''));
}

async function pressInRow(name: string, verb: Verb): Promise<void> {
  await (await row(name)).getByRole('button', { name: `More for ${name}` }).click();
  const label = { start: 'Start', stop: 'Stop…', deallocate: 'Deallocate…', restart: 'Restart' }[verb];
  await page.getByRole('menuitem', { name: label, exact: true }).click();
  const dialog = page.getByRole('dialog');
  if (verb === 'stop') await dialog.getByRole('button', { name: 'Stop, keep paying' }).click();
  if (verb === 'deallocate') await dialog.getByRole('button', { name: 'Deallocate' }).click();
}

async function done(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCliProcess(home, args);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

/** Oldest first. */
async function story(): Promise<readonly JournalEntry[]> {
  return (await engine.call('journal.list', { machine: patient, limit: 1000 })).toReversed();
}

const isHealthy = () =>
  eventually(
    `${patient} healthy and at rest`,
    async () => {
      const { state, operation, health } = await machine(patient);
      return state === 'running' && operation === null && health.status === 'healthy' && health.sshFailures === 0;
    },
    patience,
  );

/** Whether it was checked so often since that moment, as far as is seen by asking again and again. */
function checksAfter(moment: string | null, count: number): () => Promise<boolean> {
  const seen = new Set<string | null>([moment]);
  return async () => {
    seen.add((await machine(patient)).health.lastCheck);
    return seen.size > count;
  };
}

/** Watches the one that will fall ill, by the command line, and tells scripts of it. */
async function watchPatient(): Promise<void> {
  const one = company.machine(patient);
  let wasUp = true;
  one.onGuest((isUp) => {
    if (isUp !== wasUp) following = following.then(() => (isUp ? sshd.start() : sshd.stop()));
    wasUp = isUp;
  });
  const access = ['--ssh-port', String(sshd.port), '--ssh-user', sshd.user, '--ssh-key', sshd.clientKey.file];
  await done(
    'lifecycle',
    'enable',
    patient,
    '--interval',
    '5',
    '--restart-policy',
    'on-failure',
    ...access,
    '--trust-on-first-use',
  );
  for (const event of hookEvents) await done('lifecycle', 'hook', patient, event, writeTellingHook(hooks, event));
}
