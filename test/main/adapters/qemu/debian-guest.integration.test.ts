import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgentLanes } from '../../../../main/adapters/qemu/guest-agent-lanes.ts';
import { machinePaths } from '../../../../main/adapters/qemu/qemu-paths.ts';
import { guestReportCommand, readGuestReport } from '../../../../main/engine/metrics/guest-report.ts';
import type { MachineProvider, ProvidedMachine } from '../../../../main/engine/ports/machine-provider.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  type DebianGuest,
  debianBuildMs,
  debianGuest,
  debianObstacle,
  layDebianDisk,
} from '../../../support/guests/debian.ts';
import { type DebianShell, debianConfig, debianShell } from '../../../support/guests/debian-machine.ts';
import { createQemuRig, firmwareMachine, type QemuRig, recordOf, work } from '../../../support/qemu.ts';
import { createRealClock } from '../../../support/real-clock.ts';
import { freePort } from '../../../support/sshd.ts';

/** One Debian, booted once: its agent, its forwards, and at the end its shutdown. */

const obstacle = await debianObstacle();
const notTested = obstacle === null ? '' : `: NOT TESTED here, ${obstacle}`;
const slow = 120_000;

describe.runIf(obstacle === null)(`a Debian guest${notTested}`, () => {
  let rig: QemuRig;
  let provider: MachineProvider;
  let guest: DebianGuest;
  let machine: ProvidedMachine;
  let shell: DebianShell;
  let port: number;

  beforeAll(async () => {
    guest = await debianGuest();
    rig = createQemuRig();
    provider = rig.provider();
    port = await freePort();
    const made = firmwareMachine({ ...debianConfig(guest), forwards: [{ host: port, guest: 22 }] });
    await provider.create(made, work());
    layDebianDisk(guest, machinePaths(rig.home, made.id).disk);
    const begun = performance.now();
    const run = await provider.start(made, work());
    machine = { ...made, runtime: run.runtime };
    shell = debianShell(guest, port);
    await shell.booted();
    console.log(`Debian: SSH after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    await eventually('the agent', async () => (await provider.guest.look(machine))?.present, slow);
  }, debianBuildMs + slow);
  afterAll(() => rig.end());

  it('shows a login prompt on its console', { timeout: slow }, async () => {
    await eventually(
      'the prompt',
      async () => (await provider.readConsole(machine, undefined, 65_536)).text.includes('debian-guest login:'),
      slow,
    );
  });

  it('tells its system, name, addresses and how full its file systems are', { timeout: slow }, async () => {
    const look = await provider.guest.look(machine);
    expect(look).toMatchObject({
      present: true,
      os: expect.stringContaining('Debian GNU/Linux 12'),
      hostName: guest.hostName,
      addresses: [{ interface: 'eth0', address: '10.0.2.15' }],
    });
    const root = look?.present === true ? look.fileSystems.find(({ mount }) => mount === '/') : undefined;
    expect(root).toMatchObject({ type: 'ext4' });
    const [, total, used] = (await shell.run('df -B1 --output=source,size,used / | tail -1')).trim().split(/\s+/);
    // What root alone may use is counted by one and not by the other, and the guest goes on writing.
    expect((root?.totalBytes ?? 0) / Number(total)).toBeGreaterThan(0.9);
    expect((root?.usedBytes ?? 0) / Number(used)).toBeCloseTo(1, 1);
  });

  it('has its processor, memory, disk and network read by its agent', { timeout: slow }, async () => {
    const { output } = await provider.guest.run(machine, '/bin/sh', ['-c', guestReportCommand], 20_000);
    const reading = readGuestReport(output, 0);
    expect(reading?.epoch).toBe((await shell.run('cat /proc/sys/kernel/random/boot_id')).trim());
    expect(reading?.cpu?.total).toBeGreaterThan(100);
    const memory = /^MemTotal: +(\d+)[\s\S]*?^MemAvailable: +(\d+)/m;
    const [, total, available] = (await shell.run('cat /proc/meminfo')).match(memory) ?? [];
    expect(Math.abs((reading?.memoryPercent ?? 0) - (1 - Number(available) / Number(total)) * 100)).toBeLessThan(5);
    expect(reading?.diskPercent).toBeGreaterThan(1);
    expect(reading?.diskReadBytes).toBeGreaterThan(0);
    expect(reading?.networkInBytes).toBeGreaterThan(0);
  });

  it('holds every write while it is frozen, and carries it out when it is let go', { timeout: slow }, async () => {
    const inside = sessionIn(shell);
    // What it takes to look is read in before.
    await inside.answer('cat /proc/self/stat; echo 1 > /srv/before; sync; echo ready', /ready/);
    expect(await provider.guest.freeze(machine)).toBe(true);
    const [, writer] = await inside.answer(
      '(echo held > /srv/held; sync; echo it is written) & echo pid $!',
      /pid (\d+)/,
    );
    await eventually(
      'the writer to hang in its write',
      async () => (await inside.answer(`grep State: /proc/${writer}/status`, /State:\s+(\w)/))[1] === 'D',
      slow,
    );
    expect(await provider.guest.look(machine)).toBeNull();
    expect(inside.said()).not.toContain('it is written');
    await provider.guest.thaw(machine);
    await eventually('the write', () => inside.said().includes('it is written'), slow);
    inside.end();
    expect(await shell.run('cat /srv/held')).toBe('held\n');
  });

  it('that a dead engine left frozen is let go at the first look', { timeout: slow }, async () => {
    const lanes = createAgentLanes(createRealClock());
    const { agent } = recordOf(machine.runtime ?? '').paths;
    const ask = (command: string) =>
      lanes.use(agent, { timeoutMs: 20_000, totalMs: 60_000 }, (session) => session.execute(command));
    await ask('guest-fsfreeze-freeze');
    expect(await ask('guest-fsfreeze-status')).toBe('frozen');
    expect(await provider.guest.look(machine)).toMatchObject({ present: true });
    expect(await ask('guest-fsfreeze-status')).toBe('thawed');
    expect(await shell.run('echo 1 > /srv/after; sync; cat /srv/after')).toBe('1\n');
  });

  it('has its clock set', { timeout: slow }, async () => {
    await shell.run('date --set 2020-01-01');
    expect(await provider.guest.setTime(machine)).toBe(true);
    const seconds = Number(await shell.run('date +%s'));
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(60);
  });

  it('whose agent hangs or is stopped is no data within bounds, and back with it', { timeout: slow }, async () => {
    await shell.run('systemctl kill --signal=STOP qemu-guest-agent');
    const begun = performance.now();
    expect(await provider.guest.look(machine)).toMatchObject({
      present: false,
      reason: expect.stringContaining('did not answer'),
    });
    expect(performance.now() - begun).toBeLessThan(12_000);
    expect(await provider.guest.setTime(machine)).toBe(false);
    await shell.run('systemctl kill --signal=CONT qemu-guest-agent');
    // What it says late to the questions of before is not taken for an answer.
    await eventually('the agent', async () => (await provider.guest.look(machine))?.present, slow);
    expect(await provider.guest.look(machine)).toMatchObject({ hostName: guest.hostName });

    await shell.run('systemctl stop qemu-guest-agent');
    await eventually('the port to close', async () => {
      const look = await provider.guest.look(machine);
      return look?.present === false && look.reason === 'No guest agent listens in it.';
    });
    expect(await provider.guest.freeze(machine)).toBe(false);
    await shell.run('systemctl start qemu-guest-agent');
    await eventually('the agent', async () => (await provider.guest.look(machine))?.present, slow);
  });

  it('answers over a forward that is added while it runs, and no longer when it is taken back', {
    timeout: slow,
  }, async () => {
    const host = await freePort();
    const second = debianShell(guest, host, 'vigil');
    await expect(second.run('id')).rejects.toThrow();
    const { runtime } = await provider.forwards.add(machine, { host, guest: 22 });
    expect(recordOf(runtime).hostPorts).toEqual([port, host]);
    expect(await second.run('id --user --name')).toBe('vigil\n');
    // Taken by the machine itself: QEMU's own refusal.
    await expect(provider.forwards.add(machine, { host, guest: 80 })).rejects.toMatchObject({
      code: 'refused',
      field: 'host',
    });
    await provider.forwards.remove(machine, { host, guest: 22 });
    await expect(second.run('id')).rejects.toThrow();
    await provider.forwards.remove(machine, { host, guest: 22 });
    expect(await shell.run('echo still here')).toBe('still here\n');
  });

  it('is shut down by its agent', { timeout: slow }, async () => {
    // The agent has 10 s, which a busy computer may need to carry out half of an emulated shutdown.
    const real = createRealClock();
    const patient = {
      ...real,
      monotonicNow: () => real.monotonicNow() / 10,
      after: (delayMs: number, action: () => void) => real.after(delayMs * 10, action),
    };
    await provider.close();
    const next = rig.provider(undefined, patient);
    expect((await next.reconcile([machine])).findings.get(machine.id)).toMatchObject({ kind: 'running' });
    expect(await next.stop(machine, { force: false, acpiMs: 30_000 }, work())).toEqual({ rung: 'agent' });
    expect(rig.pids()).toEqual([]);
  });
});

/** A shell in the guest that stays: a new one could not begin while nothing can be written. */
function sessionIn(shell: DebianShell) {
  const child = spawn('ssh', shell.arguments('sh'), { stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return {
    said: () => said,
    answer: async (command: string, pattern: RegExp): Promise<readonly string[]> => {
      const from = said.length;
      child.stdin.write(`${command}\n`);
      return eventually(`an answer to ${command}`, () => pattern.exec(said.slice(from)), slow);
    },
    end: () => child.stdin.end(),
  };
}
