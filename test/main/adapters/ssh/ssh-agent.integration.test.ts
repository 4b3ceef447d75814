import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSsh } from '../../../../main/adapters/ssh/ssh.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { Ssh, SshTarget } from '../../../../main/engine/ports/ssh.ts';
import { eventually } from '../../../support/eventually.ts';
import { createRealClock } from '../../../support/real-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { makeKeyPair, type Sshd, startSshd } from '../../../support/sshd.ts';

/** Keys that lie in a real ssh-agent alone, against a real sshd that would also take a password. */

const never = createStopSource().signal;
let sshd: Sshd;
let home: string;
let agentPath: string;
let agent: ChildProcess;
let ssh: Ssh;
let clock: ReturnType<typeof createRealClock>;

beforeAll(async () => {
  sshd = await startSshd(['PasswordAuthentication yes', 'PermitRootLogin yes']);
});
afterAll(() => sshd.dispose());

beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'va-'));
  // The usual keys of the account must not let anybody in.
  vi.stubEnv('HOME', home);
  agentPath = path.join(home, 'agent');
  agent = spawn('ssh-agent', ['-D', '-a', agentPath], { stdio: 'ignore' });
  await eventually('the agent', () => existsSync(agentPath));
  writeFileSync(path.join(home, 'known'), `[127.0.0.1]:${sshd.port} ${sshd.hostKey.publicLine}\n`);
  clock = createRealClock();
  const knownHostsFiles = [path.join(home, 'known')];
  ssh = createSsh({ home, clock, log: recordingLog(), knownHostsFiles, agentPath });
});
afterEach(async () => {
  await endAgent();
  await ssh.forget();
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
  await eventually('no timer left', () => clock.waiting === 0, 1000);
});

async function endAgent(): Promise<void> {
  agent.kill('SIGCONT');
  agent.kill('SIGKILL');
  await eventually('the end of the agent', () => agent.exitCode !== null || agent.signalCode !== null);
}

function addToAgent(file: string): void {
  execFileSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: agentPath }, stdio: 'ignore' });
}

const target = (): SshTarget => ({
  host: '127.0.0.1',
  port: sshd.port,
  user: sshd.user,
  keyFile: null,
  hostKeyAlias: null,
  trustOnFirstUse: false,
});
const check = () => ssh.check(target(), 10_000, never);

describe('a key that only the agent holds', () => {
  it('lets us in, for a check and for a command', async () => {
    addToAgent(sshd.clientKey.file);
    const before = sshd.log().length;
    expect(await check()).toMatchObject({ finding: 'ok' });
    expect(await ssh.run(target(), 'echo in', 10_000, never)).toMatchObject({ stdout: 'in\n', exitCode: 0 });
    expect(
      sshd
        .log()
        .slice(before)
        .match(/Accepted publickey/g),
    ).toHaveLength(2);
  });

  it('is found behind one that the server does not know', async () => {
    addToAgent(makeKeyPair(home, 'stranger').file);
    addToAgent(sshd.clientKey.file);
    expect(await check()).toMatchObject({ finding: 'ok' });
  });

  it('is missed with a clear reason once the agent is gone, hangs or is empty', async () => {
    expect(await check()).toMatchObject({
      finding: 'key-file',
      reason: expect.stringMatching(/SSH agent .* holds no key/),
    });
    addToAgent(sshd.clientKey.file);
    expect(await check()).toMatchObject({ finding: 'ok' });

    agent.kill('SIGSTOP');
    const hung = await check();
    expect(hung).toMatchObject({ finding: 'key-file', reason: expect.stringMatching(/SSH agent .* does not answer/) });
    expect(hung.durationMs).toBeLessThan(6000);

    await endAgent();
    const gone = await check();
    expect(gone).toMatchObject({ finding: 'key-file', reason: expect.stringMatching(/SSH agent .* does not answer/) });
    expect(gone.reason).toContain(agentPath);
  });
});

describe('a password', () => {
  const attempts = (from: number) =>
    sshd
      .log()
      .slice(from)
      .match(/password for/gi) ?? [];

  it('is never tried, whatever else fails and whatever the server offers', async () => {
    addToAgent(makeKeyPair(home, 'stranger').file);
    const before = sshd.log().length;
    expect(await check()).toMatchObject({ finding: 'auth' });
    await endAgent();
    expect(await check()).toMatchObject({ finding: 'key-file' });
    await eventually(
      'sshd saw both ends',
      () =>
        (
          sshd
            .log()
            .slice(before)
            .match(/\[preauth\]/g) ?? []
        ).length >= 2,
    );
    expect(attempts(before)).toEqual([]);
  });

  it('shows in the log of sshd when somebody does try one', async () => {
    const before = sshd.log().length;
    await tryPassword();
    await eventually('the attempt in the log', () => attempts(before).length > 0);
  });

  /** OpenSSH's own client, with a wrong one. */
  function tryPassword(): Promise<void> {
    const asking = path.join(home, 'ask');
    writeFileSync(asking, '#!/bin/sh\necho wrong\n');
    chmodSync(asking, 0o700);
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'PreferredAuthentications=password'];
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      SSH_ASKPASS: asking,
      SSH_ASKPASS_REQUIRE: 'force',
      DISPLAY: ':0',
    };
    return new Promise((resolve) => {
      execFile(
        'ssh',
        [
          ...['-F', 'none', '-p', String(sshd.port), '-o', 'NumberOfPasswordPrompts=1'],
          ...options.flatMap((option) => ['-o', option]),
          ...[`${sshd.user}@127.0.0.1`, 'true'],
        ],
        { env, timeout: 20_000 },
        () => resolve(),
      );
    });
  }
});
