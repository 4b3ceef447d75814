import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSsh } from '../../../main/adapters/ssh/ssh.ts';
import { createStopSource } from '../../../main/contract/stop-signal.ts';
import { guestReportCommand, readGuestReport } from '../../../main/engine/metrics/guest-report.ts';
import type { Ssh, SshTarget } from '../../../main/engine/ports/ssh.ts';
import { eventually } from '../eventually.ts';
import { createRealClock } from '../real-clock.ts';
import { recordingLog } from '../recording-log.ts';
import { freePort, makeKeyPair } from '../sshd.ts';
import { tinyLinux } from './tiny-linux.ts';

const never = createStopSource().signal;
let folder: string;
let qemu: ChildProcess;
let ssh: Ssh;
let target: SshTarget;
const consoleText = () => readFileSync(path.join(folder, 'console'), 'utf8');
const check = async (timeoutMs = 5000) => (await ssh.check(target, timeoutMs, never)).finding;
const run = (command: string, timeoutMs = 20_000) => ssh.run(target, command, timeoutMs, never);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-guest-'));
  const key = makeKeyPair(folder, 'client');
  const guest = await tinyLinux({ authorizedKey: key.publicLine });
  const port = await freePort();
  const disk = path.join(folder, 'data.img');
  execFileSync('truncate', ['-s', '16M', disk]);
  execFileSync('/usr/sbin/mkfs.ext4', ['-q', '-F', disk]);
  writeFileSync(path.join(folder, 'known_hosts_of_user'), `[127.0.0.1]:${port} ${guest.hostKey}\n`);
  ssh = createSsh({
    home: folder,
    clock: createRealClock(),
    log: recordingLog(),
    knownHostsFiles: [path.join(folder, 'known_hosts_of_user')],
    agentPath: null,
  });
  target = { host: '127.0.0.1', port, user: guest.user, keyFile: key.file, hostKeyAlias: null, trustOnFirstUse: false };
  const begun = performance.now();
  const since = () => Math.round(performance.now() - begun);
  qemu = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg', '-m', '192', '-nodefaults', '-display', 'none', '-no-user-config'],
      ...['-kernel', guest.kernel, '-initrd', guest.initrd, '-append', guest.append],
      ...['-chardev', `socket,id=con,path=${folder}/con.sock,server=on,wait=off,logfile=${folder}/console`],
      ...['-serial', 'chardev:con', '-qmp', `unix:${folder}/qmp.sock,server=on,wait=off`],
      ...['-netdev', `user,id=n,hostfwd=tcp:127.0.0.1:${port}-:22`, '-device', 'virtio-net-pci,netdev=n'],
      ...['-drive', `file=${disk},if=virtio,format=raw`],
    ],
    { stdio: 'ignore' },
  );
  const seen: string[] = [];
  await eventually(
    'the guest lets us in',
    async () => {
      const finding = await check(2000);
      if (seen.at(-1) !== finding) seen.push(finding);
      return finding === 'ok' || qemu.exitCode !== null;
    },
    90_000,
  );
  console.log(`tiny linux: SSH after ${since()} ms; on the way: ${seen.join(', ')}`);
}, 240_000);

afterAll(async () => {
  await ssh.forget();
  qemu.kill('SIGKILL');
  await eventually('QEMU is gone', () => qemu.exitCode !== null || qemu.signalCode !== null);
  rmSync(folder, { recursive: true, force: true });
});

describe('the tiny Linux', () => {
  it('tells its processor, memory, disk and network to the constant command', async () => {
    const { stdout } = await run(guestReportCommand);
    const reading = readGuestReport(stdout, 0);
    expect(reading).toMatchObject({
      epoch: expect.stringMatching(/^[0-9a-f-]{36}$/),
      cpu: { busy: expect.any(Number), total: expect.any(Number) },
      memoryPercent: expect.any(Number),
      networkInBytes: expect.any(Number),
    });
    expect((await run('df -kP /data')).stdout).toMatch(/\/dev\/vda .* \/data/);
  });

  it('has a processor that can be kept busy', async () => {
    const busyShare = async () => {
      const cpu = readGuestReport((await run(guestReportCommand)).stdout, 0)?.cpu;
      if (cpu === undefined || cpu === null) throw new Error('no reading');
      return cpu;
    };
    const before = await busyShare();
    await run('burn-cpu 2');
    const after = await busyShare();
    expect((after.busy - before.busy) / (after.total - before.total)).toBeGreaterThan(0.6);
  });

  it('is down without its dropbear, and back with it', async () => {
    await eventually('the console has a shell', () => consoleText().includes('tiny linux is up'));
    const type = consoleOf(path.join(folder, 'con.sock'));
    type.write('killall dropbear\n');
    let finding = '';
    await eventually('the check notices', async () => {
      finding = await check(2000);
      return finding !== 'ok';
    });
    // QEMU's own side of a forwarded port takes every connection and drops it when the guest refuses.
    expect(['refused', 'closed']).toContain(finding);
    await expect(run('true')).rejects.toMatchObject({ code: 'unreachable' });
    type.write('start-dropbear\n');
    await eventually('the check notices', async () => (await check()) === 'ok', 20_000);
    type.end();
  });

  it('obeys the power button', async () => {
    await ssh.forget();
    const monitor = consoleOf(path.join(folder, 'qmp.sock'));
    monitor.write('{"execute":"qmp_capabilities"}\n{"execute":"system_powerdown"}\n');
    await eventually('QEMU ends', () => qemu.exitCode !== null, 30_000);
    expect(qemu.exitCode).toBe(0);
    monitor.destroy();
  });
});

function consoleOf(socketPath: string) {
  const socket = connect(socketPath);
  socket.on('error', () => {});
  socket.resume();
  return socket;
}
