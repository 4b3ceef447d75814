import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import type { SocketConnection } from '../../../main/transport/client/socket-connection.ts';
import { auditFaults } from '../../support/audit-faults.ts';
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

/** A whole Debian that really fails, and Vigil that really heals it. */
const obstacle = await debianObstacle();
const notTested = obstacle === null ? '' : `: NOT TESTED here, ${obstacle}`;
const slow = 180_000;
/** Its guest needs the processor more than whoever waits for it. */
const pollMs = 250;

/** Nobody is in the way: what this test does before counts as a person's work. */
const settings = '[healing]\nquiet_after_action_seconds = 0\n';

describe.runIf(obstacle === null)(`healing a Debian guest${notTested}`, () => {
  let folder: string;
  let home: string;
  let guest: DebianGuest;
  let shell: DebianShell;
  let engine: SocketConnection;

  const vigil = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runCliProcess(home, args);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  const machine = async (): Promise<Machine> => (await engine.call('machine.get', { machine: 'box' })).machine;
  const isHealthy = async (): Promise<boolean> => {
    const { health, state } = await machine();
    if (state === 'running' && health.status === 'healthy' && health.sshFailures === 0) return true;
    throw new Error(`${state}, ${JSON.stringify(health)}`);
  };
  const story = async (): Promise<readonly JournalEntry[]> =>
    (await engine.call('journal.list', { machine: 'box', limit: 1000 })).toReversed();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'vh-'));
    home = path.join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    guest = await debianGuest();
    const port = await freePort();
    shell = debianShell(guest, port);
    writeFileSync(path.join(home, 'settings.toml'), settings, { mode: 0o600 });
    const watch = [
      '[vms.box] # the only one',
      'check_interval_seconds = 10',
      'health_check_timeout = 4',
      'start_allowance_seconds = 120',
      'restart_policy = "on-failure"',
      'ssh_user = "root"',
      `ssh_key = "${guest.key.file}"`,
      'ssh_trust_on_first_use = true',
    ];
    writeFileSync(path.join(home, 'lifecycle-config.toml'), `${watch.join('\n')}\n`, { mode: 0o600 });
    await vigil('create', 'box', ...debianCreateFlags(guest, port));
    engine = await connectToEngineOf(home);
    layDebianDisk(guest, path.join(home, 'machines', (await machine()).id, 'disk.qcow2'));
    for (const event of ['on_failure', 'on_restart', 'on_healthy']) {
      const script = path.join(folder, event);
      const line = 'echo "$VIGIL_EVENT_TYPE $VIGIL_VM_NAME $VIGIL_FAILURE_COUNT $AZLIN_EVENT_TYPE"';
      writeFileSync(script, `#!/bin/sh\n${line} >> ${path.join(folder, 'told')}\n`, { mode: 0o700 });
      await vigil('lifecycle', 'hook', 'box', event, script);
    }
    await vigil('start', 'box');
    await shell.booted();
    await eventually('the machine to be healthy', isHealthy, slow, pollMs);
    // Its agent is what tells a lost sshd from a lost guest.
    await eventually(
      'the agent to answer',
      async () => (await engine.call('machine.get', { machine: 'box' })).guest?.present,
      slow,
      pollMs,
    );
  }, debianBuildMs + slow);

  afterAll(async () => {
    engine?.close();
    await runCliProcess(home, ['lifecycle', 'daemon', 'stop']);
    await killProcessesOfHome(home);
    rmSync(folder, { recursive: true, force: true });
  });

  it('restarts sshd through the agent when only sshd is gone', { timeout: slow }, async () => {
    const { pid } = await machine();
    await shell.run('systemctl stop ssh.service');
    await eventually(
      'the unhealthy machine',
      async () => (await machine()).health.status === 'unhealthy',
      slow,
      pollMs,
    );
    await eventually('the healed machine', isHealthy, slow, pollMs);
    // What was refused meanwhile depends on the pace: below the threshold by policy, then until the wait is over.
    const healing = (await story()).filter(({ action }) =>
      ['health.changed', 'healing.intended', 'healing.done'].includes(action),
    );
    expect(healing.slice(-4).map(({ action, details }) => [action, details.rung ?? details.status])).toEqual([
      ['health.changed', 'unhealthy'],
      ['healing.intended', 'restart-unit'],
      ['healing.done', 'restart-unit'],
      ['health.changed', 'healthy'],
    ]);
    // The scripts were told once each, with what happened.
    const told = () => readFileSync(path.join(folder, 'told'), 'utf8').trim().split('\n').sort();
    await eventually('the scripts', () => told().length >= 3);
    expect(told()).toEqual([
      'on_failure box 3 on_failure',
      'on_healthy box 0 on_healthy',
      'on_restart box 0 on_restart',
    ]);
    expect(JSON.parse(await vigil('why', 'box', '--json')).story.map(({ action }: JournalEntry) => action)).toEqual(
      expect.arrayContaining(['health.changed', 'healing.intended', 'healing.done']),
    );
    // The guest itself was never touched.
    expect((await machine()).pid).toBe(pid);
    expect((await shell.run('uptime -s')).trim()).toMatch(/^\d{4}-/);
  });

  it('starts it again when its process was killed', { timeout: slow }, async () => {
    const { pid } = await machine();
    process.kill(pid ?? 0, 'SIGKILL');
    await eventually('the failed machine', async () => (await machine()).state === 'failed', slow);
    await eventually('the machine that runs again', async () => (await machine()).state === 'running', slow);
    expect((await machine()).pid).not.toBe(pid);
    await shell.booted();
    await eventually('the healthy machine', isHealthy, slow, pollMs);
    expect((await story()).findLast(({ action }) => action === 'machine.started')).toMatchObject({ actor: 'engine' });
  });

  it('accounts for all of it, in a journal that is as it was written', async () => {
    expect(auditFaults(await story())).toEqual([]);
    expect(await engine.call('journal.verify', {})).toMatchObject({ brokenAt: null });
    const { sentences } = await engine.call('machine.why', { machine: 'box' });
    expect(sentences[0]).toBe("'box' is running, as it is meant to be.");
  });
});
