import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { createSqliteMetricsStore } from '../../main/adapters/sqlite/sqlite-metrics-store.ts';
import type { Machine, MachineDraftInput } from '../../main/contract/machine.ts';
import { noValues, type SampleSource } from '../../main/contract/sample.ts';
import type { StoredSample } from '../../main/engine/ports/metrics-store.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { type Habit, madeUpValues } from '../renderer/support/readings-story.ts';
import { type AppFixtures, appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';
import { recordingLog } from '../support/recording-log.ts';
import { freePort, type Sshd, startSshd } from '../support/sshd.ts';
import { takePictures } from '../support/take-pictures.ts';

/** A developer's fleet on a Tuesday. */
const fleet: readonly (MachineDraftInput & { readonly fate: 'runs' | 'rests' | 'is killed' })[] = [
  {
    name: 'postgres-16',
    cpus: 1,
    memoryMib: 1024,
    diskMib: 15_360,
    forwards: [{ host: 15_432, guest: 5432 }],
    tags: ['db', 'shop'],
    start: true,
    fate: 'runs',
  },
  {
    name: 'shop-frontend',
    cpus: 1,
    memoryMib: 512,
    diskMib: 10_240,
    forwards: [{ host: 18_080, guest: 80 }],
    tags: ['web', 'shop'],
    start: true,
    fate: 'runs',
  },
  { name: 'build-vm', cpus: 1, memoryMib: 1024, diskMib: 20_480, tags: ['ci'], start: true, fate: 'is killed' },
  { name: 'ci-runner-1', cpus: 1, memoryMib: 512, diskMib: 20_480, tags: ['ci'], start: true, fate: 'runs' },
  { name: 'docs-preview', cpus: 1, memoryMib: 256, diskMib: 8192, tags: ['web'], fate: 'rests' },
  { name: 'freebsd-14', cpus: 1, memoryMib: 1024, diskMib: 12_288, fate: 'rests' },
];

/** What the machines of the fleet are like, for the day before the pictures. */
const habits: Readonly<Record<string, Habit>> = {
  'postgres-16': { cpu: 1.4, memory: 18, disk: 28, traffic: 9e6 },
  'shop-frontend': { cpu: 0.5, memory: 41, disk: 30, traffic: 4e6 },
  'build-vm': { cpu: 1.5, memory: 84, disk: 72, traffic: 2e6 },
  'ci-runner-1': { cpu: 1.1, memory: 55, disk: 47, traffic: 12e6 },
  'nas-cellar': { cpu: 1.2, memory: 19, disk: 28, traffic: 31e6 },
};

const sshTest = appTest.extend<{ readonly sshd: Sshd; readonly moved: Sshd }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  sshd: async ({}, use) => {
    const sshd = await startSshd();
    await use(sshd);
    await sshd.dispose();
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  moved: async ({}, use) => {
    const sshd = await startSshd();
    await use(sshd);
    await sshd.dispose();
  },
});

sshTest(
  'every page looks right: pictures, no axe violation, nothing wider than the window',
  async ({ launch, home, sshd, moved }) => {
    // The pages show the rules that a first start lays down.
    rmSync(path.join(home, 'alert_rules.yaml'));
    // As often as is allowed, so that lines have something to draw.
    writeFileSync(path.join(home, 'settings.toml'), '[collection]\ninterval_seconds = 10\n', { mode: 0o600 });
    const faults: string[] = [];
    const machines = await firstDay(await open(launch, home, faults), sshd, moved);
    // Readings have one writer: while the app is away the day before is filled in. The machines run on.
    await fillYesterday(home, machines);
    await secondDay(await open(launch, home, faults), new Map(machines.map(({ name, id }) => [name, id])));
    expect(faults).toEqual([]);
  },
  600_000,
);

type Opened = Awaited<ReturnType<typeof open>>;

/** The app, ready to be pictured; what axe and the eye for overflow find is added to `faults`. */
async function open(launch: AppFixtures['launch'], home: string, faults: string[]) {
  const app = await launch({ trace: false });
  const page = await app.window();
  const engine = await connectToEngineOf(home);
  return { app, page, engine, show: await takePictures({ app, page, engine, faults }) };
}

/** An app with nothing in it, the ways to begin, and then a fleet. The app is gone afterwards. */
async function firstDay({ app, page, engine, show }: Opened, sshd: Sshd, moved: Sshd): Promise<readonly Machine[]> {
  await show('first-run', '#/');
  await show('new-machine', '#/new', () =>
    fill(page, { Name: 'staging-db', CPUs: '2', Memory: '512', Disk: '15360', Tags: 'staging ' }, async () => {
      await page.getByRole('button', { name: 'Add a forward' }).click();
      await page.getByRole('button', { name: 'Advanced' }).click();
      await page.getByRole('textbox', { name: 'MAC address' }).fill('52:54:00:7c:19:04');
    }),
  );
  await show('add-host', '#/add-host', () =>
    fill(page, { Name: 'nas-cellar', Address: 'nas.example.org', User: 'ops', Key: '/home/ada/.ssh/id_ed25519' }),
  );
  await settle(engine);
  await watchOverSsh(engine, sshd, moved);
  const machines = await engine.call('machine.list', {});
  engine.close();
  await app.kill();
  return machines;
}

/** Every page of a fleet at work. */
async function secondDay({ page, engine, show }: Opened, ids: ReadonlyMap<string, string>): Promise<void> {
  const rounds = countRounds(engine);
  const postgres = `#/machines/${ids.get('postgres-16')}`;
  await eventually('readings of a guest', () => hasReading(engine, 'postgres-16', 'guest'), 60_000);
  const charts = async () => {
    await page.locator('.recharts-surface').nth(4).waitFor();
  };
  await show('machine', postgres, charts);
  await show('machine-day', postgres, async () => {
    await page.getByText('24 h', { exact: true }).click();
    await eventually('a day', async () =>
      /last 24 hours/.test((await page.getByRole('slider').first().getAttribute('aria-label')) ?? ''),
    );
  });
  await show('machine-health', `${postgres}/health`);
  await show('machine-health-arming', `${postgres}/health`, async () => {
    await page.getByText('On failure', { exact: true }).click();
    await page.getByText('In the last 30 days it would have', { exact: false }).scrollIntoViewIfNeeded();
  });
  await eventually('a decision about a host that is down', () => hasDecision(engine, 'vpn-gw'), 120_000);
  await show('machine-health-down', `#/machines/${ids.get('vpn-gw')}/health`, async () => {
    await page.getByText('Restarts', { exact: true }).waitFor();
  });
  await show('machine-security', `#/machines/${ids.get('relay-berlin')}/health`);
  await show('machine-configuration', `${postgres}/configuration`);
  await show('machine-console', `${postgres}/console`);
  await takeSnapshots(engine, ids.get('docs-preview') ?? '', ['clean-install', 'before-upgrade', 'after-upgrade']);
  await show('machine-snapshots', `#/machines/${ids.get('docs-preview')}/snapshots`);
  await show('machine-stopped', `#/machines/${ids.get('docs-preview')}`);
  await show('machine-failed', `#/machines/${ids.get('build-vm')}`);
  await show('machine-timeline', `#/machines/${ids.get('build-vm')}/timeline`);
  await show('host', `#/machines/${ids.get('nas-cellar')}`, charts);
  await show('activity', '#/activity');
  await engine.call('hook.write', {
    machine: ids.get('build-vm') ?? '',
    event: 'on_failure',
    text: '#!/bin/sh\nset -eu\necho "keeping the last words of $VIGIL_VM_NAME"\n',
  });
  await engine.call('hook.test', { machine: ids.get('build-vm') ?? '', event: 'on_failure' });
  await show('hooks', '#/hooks', async () => {
    await page
      .getByRole('button', { name: /ago|now/ })
      .first()
      .click();
    await page.getByText('keeping the last words of build-vm', { exact: true }).waitFor();
  });
  await engine.call('alert.add', { name: 'machine_down', metric: 'machine_down', severity: 'critical' });
  await eventually('an alert', () => fires(engine, 'vpn-gw'), 60_000);
  await show('alerts', '#/alerts', async () => {
    await page
      .getByRole('row', { name: /vpn-gw/ })
      .getByRole('link', { name: 'machine_down' })
      .click();
    await page.getByText('delivered').waitFor();
  });
  await show('alerts-rules', '#/alerts/rules/high_cpu', async () => {
    await page.getByText('1 d', { exact: true }).click();
    await page.locator('.rehearsal-chart .recharts-surface').waitFor();
  });
  await show('alerts-file', '#/alerts/rules/-file', async () => {
    await page.getByRole('textbox', { name: 'Text of the rules' }).getByText('critical_memory').waitFor();
  });
  await show('alerts-channels', '#/alerts/channels/email', async () => {
    await page.getByText('[Vigil] WARNING', { exact: false }).waitFor();
  });
  await eventually('enough rounds for a line', async () => rounds() >= 8, 120_000);
  await show('fleet', '#/');
  await show('fleet-bin', '#/', async () => {
    await page.getByRole('button', { name: 'Deleted machines' }).click();
    await page.getByText('No deleted machine can be brought back.').waitFor();
  });
  await page.keyboard.press('Escape');
  await show('settings', '#/settings');
  await engine.call('lifecycle.pause', { seconds: 3600 });
  await show('settings-paused', '#/settings', async () => {
    await page.getByRole('button', { name: 'Resume healing' }).first().waitFor();
  });
  engine.close();
}

/** A tree with a branch: the second one is gone back to before the third. */
async function takeSnapshots(engine: SocketConnection, machine: string, names: readonly string[]): Promise<void> {
  const done = async (begun: Promise<{ readonly id: string }>) =>
    expect(await engine.call('operation.wait', { operation: (await begun).id })).toMatchObject({ state: 'done' });
  for (const [index, name] of names.entries()) {
    if (index === 2) await done(engine.call('snapshot.revert', { machine, snapshot: names[0] ?? '' }));
    await done(engine.call('snapshot.take', { machine, name }));
  }
}

/** Fills a form by the names of its fields, then does the rest. */
async function fill(
  page: Page,
  fields: Readonly<Record<string, string>>,
  rest: () => Promise<void> = async () => {},
): Promise<void> {
  for (const [name, text] of Object.entries(fields)) await page.getByRole('textbox', { name, exact: true }).fill(text);
  await rest();
  await page.getByRole('textbox', { name: 'Name', exact: true }).focus();
}

function countRounds(engine: SocketConnection): () => number {
  let rounds = 0;
  engine.subscribe('metrics.collected', () => {
    rounds += 1;
  });
  return () => rounds;
}

/** A guest and a host that answer, one that shows another key than before, one that is down. */
async function watchOverSsh(engine: SocketConnection, sshd: Sshd, moved: Sshd): Promise<void> {
  const access = (server: Sshd) => ({
    address: server.host,
    port: server.port,
    user: server.user,
    keyFile: server.clientKey.file,
    trustOnFirstUse: true,
  });
  const statusOf = async (machine: string) => (await engine.call('machine.get', { machine })).machine.health.status;
  await engine.call('lifecycle.enable', {
    machine: 'postgres-16',
    watch: {
      check_interval_seconds: 10,
      start_allowance_seconds: 0,
      ssh_host: sshd.host,
      ssh_port: sshd.port,
      ssh_user: sshd.user,
      ssh_key: sshd.clientKey.file,
      ssh_trust_on_first_use: true,
      check_tcp: [sshd.port],
      check_console: ['Out of memory'],
    },
  });
  await engine.call('host.add', { name: 'nas-cellar', ...access(sshd) });
  await engine.call('host.add', { name: 'relay-berlin', ...access(moved) });
  await engine.call('host.add', { name: 'vpn-gw', ...access(sshd), port: await freePort() });
  const often = { check_interval_seconds: 5, ssh_failure_threshold: 2 };
  for (const machine of ['relay-berlin', 'vpn-gw']) await engine.call('lifecycle.enable', { machine, watch: often });
  const rehearsed = { restart_policy: 'on-failure', dry_run: true } as const;
  await engine.call('lifecycle.enable', { machine: 'vpn-gw', watch: rehearsed });
  for (const name of ['postgres-16', 'nas-cellar', 'relay-berlin']) {
    await eventually(`${name} is healthy`, async () => (await statusOf(name)) === 'healthy', 60_000);
  }
  await moved.changeHostKey();
  await eventually('a doubted host key', async () => (await statusOf('relay-berlin')) === 'degraded', 60_000);
  await eventually('a host that is down', async () => (await statusOf('vpn-gw')) === 'unhealthy', 60_000);
}

async function fires(engine: SocketConnection, machine: string): Promise<boolean> {
  const active = await engine.call('alert.active', {});
  return active.some((episode) => episode.machine === machine && episode.state === 'firing');
}

async function hasDecision(engine: SocketConnection, machine: string): Promise<boolean> {
  return (await engine.call('lifecycle.healing', { machine })).decision !== null;
}

async function hasReading(engine: SocketConnection, machine: string, source: SampleSource): Promise<boolean> {
  const newest = await engine.call('metrics.newest', {});
  return newest.some((sample) => sample.machine === machine && sample.source === source && sample.cpuPercent !== null);
}

/** The readings of a day up to now, with a night in which Vigil was closed and a guest that was silent for a while. */
async function fillYesterday(home: string, machines: readonly Machine[]): Promise<void> {
  const minute = 60_000;
  const now = Date.now();
  const store = createSqliteMetricsStore({
    home,
    migrationsFolder: path.resolve('resources', 'migrations', 'metrics'),
    log: recordingLog(),
  });
  await store.open();
  for (const [index, { id, name, provider }] of machines.entries()) {
    const habit = habits[name];
    if (habit === undefined) continue;
    const sources: readonly SampleSource[] = provider === 'ssh' ? ['ssh'] : ['host', 'guest'];
    const samples: StoredSample[] = [];
    for (let ago = 1440; ago >= 2; ago -= 1) {
      if (ago > 600 && ago < 790) continue;
      for (const source of sources) {
        const isSilent = source !== 'host' && ago > 21 && ago < 27;
        const atMs = now - ago * minute;
        const values = isSilent ? noValues : madeUpValues(index + 1, habit, source, atMs);
        samples.push({ machineId: id, source, atMs, error: isSilent ? 'No reading within 30 s.' : null, ...values });
      }
    }
    await store.append(samples);
  }
  await store.close();
}

/** Makes the fleet and lets each machine meet its fate. */
async function settle(engine: SocketConnection): Promise<void> {
  for (const { fate: _, ...draft } of fleet) {
    const operation = await engine.call('machine.create', draft);
    expect(await engine.call('operation.wait', { operation: operation.id })).toMatchObject({ state: 'done' });
  }
  const runs = (await engine.call('machine.list', {})).filter(({ name }) =>
    fleet.some((each) => each.name === name && each.start === true),
  );
  for (const { id } of runs) {
    await eventually(
      'a machine that runs',
      async () => (await engine.call('machine.get', { machine: id })).machine.pid,
    );
  }
  for (const { name } of fleet.filter(({ fate }) => fate === 'is killed')) {
    const { machine } = await engine.call('machine.get', { machine: name });
    process.kill(machine.pid ?? 0, 'SIGKILL');
    await eventually(`${name} seen to be dead`, async () => {
      return (await engine.call('machine.get', { machine: name })).machine.state === 'failed';
    });
  }
}
