import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckMethod, CheckReport, HealthRound } from '../../../main/contract/health-check.ts';
import type { WatchStatus } from '../../../main/contract/lifecycle.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import type { SocketConnection } from '../../../main/transport/client/socket-connection.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { eventually } from '../../support/eventually.ts';
import {
  type DebianGuest,
  debianBuildMs,
  debianGuest,
  debianObstacle,
  layDebianDisk,
} from '../../support/guests/debian.ts';
import { type DebianShell, debianCreateFlags, debianShell } from '../../support/guests/debian-machine.ts';
import { connectToEngineOf } from '../../support/launch-headless.ts';
import { killProcessesOfHome } from '../../support/processes-of-home.ts';
import { freePort } from '../../support/sshd.ts';

/** One Debian whose services, disk and heartbeat really go wrong, seen through the command line. */
const obstacle = await debianObstacle();
const notTested = obstacle === null ? '' : `: NOT TESTED here, ${obstacle}`;
const slow = 300_000;
const slowBoot = 600_000;
const pollMs = 250;

/** Says an error when it is asked to; else it only runs. */
const steady = [
  '[Service]',
  `ExecStart=/bin/sh -c 'while sleep 0.5; do if [ -e /run/complain ]; then rm /run/complain; echo "<3>the oven is on fire"; fi; done'`,
];
const crashing = [
  '[Unit]',
  'StartLimitIntervalSec=0',
  '[Service]',
  'Restart=always',
  'RestartSec=0',
  'ExecStart=/bin/sleep infinity',
];

describe.runIf(obstacle === null)(`checking a Debian guest${notTested}`, () => {
  let folder: string;
  let home: string;
  let guest: DebianGuest;
  let shell: DebianShell;
  let engine: SocketConnection;

  const vigil = (...args: string[]) => runCliProcess(home, args);
  const check = async (): Promise<{ exitCode: number | null; round: HealthRound }> => {
    const { exitCode, stdout } = await vigil('check', 'box', '--json');
    return { exitCode, round: JSON.parse(stdout) as HealthRound };
  };
  /** Waits for what a check says. */
  const until = (method: CheckMethod, subject: string | null, wanted: Pick<CheckReport, 'kind'>, says = '') =>
    eventually(
      `${method} ${subject ?? ''} to be ${wanted.kind}`,
      async () => {
        const reportIn = (checks: readonly CheckReport[]): CheckReport => {
          const report = checks.find((each) => each.method === method && each.subject === subject);
          if (report?.kind === wanted.kind && report.reason.startsWith(says)) return report;
          throw new Error(JSON.stringify(report));
        };
        // To sign in costs the guest seconds of its processor: what the engine has seen by itself is waited for first.
        const [status] = await engine.call('lifecycle.status', { machine: 'box' });
        reportIn(status?.checks ?? []);
        const seen = await check();
        return { ...seen, report: reportIn(seen.round.checks) };
      },
      slow,
      pollMs,
    );
  const lay = async (name: string, lines: readonly string[]): Promise<void> => {
    const text = Buffer.from(`${lines.join('\n')}\n`).toString('base64');
    await shell.run(`echo ${text} | base64 -d > /etc/systemd/system/${name}`, slow);
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'vc-'));
    home = path.join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    guest = await debianGuest();
    const port = await freePort();
    shell = debianShell(guest, port);
    writeFileSync(
      path.join(home, 'settings.toml'),
      '[collection]\ninterval_seconds = 30\n[healing]\nquiet_after_action_seconds = 0\n',
      { mode: 0o600 },
    );
    const watch = [
      '[vms.box]',
      'check_interval_seconds = 10',
      'health_check_timeout = 30',
      'start_allowance_seconds = 0',
      'ladder = ["restart"]',
      'check_agent = true',
      'heartbeat_file = "/run/beat"',
      'ssh_user = "root"',
      `ssh_key = "${guest.key.file}"`,
      'ssh_trust_on_first_use = true',
    ];
    writeFileSync(path.join(home, 'lifecycle-config.toml'), `${watch.join('\n')}\n`, { mode: 0o600 });
    const made = await vigil('create', 'box', ...debianCreateFlags(guest, port));
    expect(made.exitCode, made.stderr).toBe(0);
    engine = await connectToEngineOf(home);
    const { id } = JSON.parse((await vigil('show', 'box', '--json')).stdout) as Machine;
    layDebianDisk(guest, path.join(home, 'machines', id, 'disk.qcow2'));
    await vigil('start', 'box');
    await shell.booted();
    await lay('steady.service', steady);
    await lay('crashing.service', crashing);
    await shell.run('systemctl daemon-reload; systemctl start steady crashing; touch /run/beat', slow);
    const enabled = await vigil(
      ...['lifecycle', 'enable', 'box', '--restart-policy', 'on-failure', '--dry-run'],
      ...['--service', 'steady.service', '--service', 'crashing.service'],
    );
    expect(enabled.exitCode, enabled.stderr).toBe(0);
    await until('agent', null, { kind: 'ok' });
    await until('disk', null, { kind: 'ok' });
  }, debianBuildMs + slowBoot);

  afterAll(async () => {
    engine?.close();
    await vigil('lifecycle', 'daemon', 'stop');
    await killProcessesOfHome(home);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is healthy, and says so of each check', { timeout: slow }, async () => {
    await until('unit', 'crashing.service', { kind: 'ok' });
    const { exitCode, stdout } = await vigil('check', 'box');
    expect(stdout).toMatch(/^box: HEALTHY$/m);
    for (const line of ['SSH', 'Process', 'Power state', 'Guest agent', 'Disk', 'Memory', 'Heartbeat /run/beat'])
      expect(stdout).toMatch(new RegExp(`^ {2}ok {8}${line} `, 'm'));
    expect(stdout).toContain('steady.service is active (running).');
    expect(exitCode).toBe(0);
    // It is looked at once a minute: what is in its way now is seen at the end.
    await shell.run('fallocate -l $(( $(df -k --output=avail / | tail -1) - 20000 ))K /filler', slow);
  });

  it('warns of a service that crashes and comes back again and again', { timeout: slow }, async () => {
    await shell.run('for i in 1 2 3 4 5 6 7; do systemctl kill -s KILL crashing; sleep 0.7; done', slow);
    const { report } = await until('unit', 'crashing.service', { kind: 'degraded' });
    expect(report.reason).toMatch(/^crashing\.service is in a crash loop: restarted [67] times within 5 minutes\.$/);
    const [status] = [JSON.parse((await vigil('lifecycle', 'status', 'box', '--json')).stdout) as WatchStatus];
    expect(status.checks.find(({ subject }) => subject === 'crashing.service')).toMatchObject({ kind: 'degraded' });
  });

  it('warns of what a service has logged as an error', { timeout: slow }, async () => {
    await shell.run('touch /run/complain', slow);
    const { report } = await until('unit', 'steady.service', { kind: 'degraded' });
    expect(report.reason).toContain('the oven is on fire');
  });

  it('calls a service that was stopped critical, and counts it until the machine is unhealthy', {
    timeout: slow,
  }, async () => {
    await shell.run('systemctl stop steady', slow);
    const { exitCode, report, round } = await until('unit', 'steady.service', { kind: 'failed' });
    expect(report.reason).toContain('steady.service is inactive');
    expect(exitCode).toBe(2);
    expect(round.status).toBe('unhealthy');
    const health = await eventually(
      'the machine to be unhealthy',
      async () => {
        const { health: seen } = (await engine.call('machine.get', { machine: 'box' })).machine;
        return seen.status === 'unhealthy' && seen.method === 'unit' && seen;
      },
      slow,
      pollMs,
    );
    expect(health).toMatchObject({ method: 'unit', sshReachable: true, sshFailures: 0 });
    expect((await vigil('lifecycle', 'status', 'box')).stdout).toMatch(/Policy: +on-failure \(dry run\)/);
    await shell.run('systemctl start steady', slow);
  });

  it('warns of a heartbeat that is old, and of one that is not there', { timeout: slow }, async () => {
    await shell.run("touch -d '10 minutes ago' /run/beat", slow);
    const old = await until('heartbeat', '/run/beat', { kind: 'degraded' });
    const [, seconds] = /^The last heartbeat is (\d+) s old; 300 s are allowed\.$/.exec(old.report.reason) ?? [];
    expect(Number(seconds), old.report.reason).toBeGreaterThanOrEqual(600);
    await shell.run('rm /run/beat', slow);
    const gone = await until('heartbeat', '/run/beat', { kind: 'degraded' }, 'There is no heartbeat');
    expect(gone.report.reason).toBe('There is no heartbeat: /run/beat does not exist.');
    await shell.run('touch /run/beat', slow);
  });

  it('calls a disk critical that is full', { timeout: slow }, async () => {
    const { report, exitCode } = await until('disk', null, { kind: 'failed' });
    expect(report.reason).toMatch(/^Its disk is 9\d(\.\d)? % full; 90 % is critical\.$/);
    expect(exitCode).toBe(2);
    await shell.run('rm /filler', slow);
  });
});
