import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSsh } from '../../../../main/adapters/ssh/ssh.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { Ssh, SshTarget } from '../../../../main/engine/ports/ssh.ts';
import { eventually } from '../../../support/eventually.ts';
import { createRealClock } from '../../../support/real-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { freePort, makeKeyPair, type Sshd, startSshd } from '../../../support/sshd.ts';

let sshd: Sshd;
let home: string;
let knownHosts: string;
let ssh: Ssh;
let clock: ReturnType<typeof createRealClock>;
const never = createStopSource().signal;

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.dispose());

beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'vigil-home-'));
  knownHosts = path.join(home, 'users_known_hosts');
  remember(sshd.hostKey.publicLine);
  clock = createRealClock();
  ssh = make();
});
afterEach(async () => {
  await ssh.forget();
  expect(clock.waiting, 'timers left').toBe(0);
  rmSync(home, { recursive: true, force: true });
});

function make(agentPath: string | null = null): Ssh {
  return createSsh({ home, clock, log: recordingLog(), knownHostsFiles: [knownHosts], agentPath });
}
function remember(publicLine: string, name = `[127.0.0.1]:${sshd.port}`): void {
  writeFileSync(knownHosts, `${name} ${publicLine}\n`);
}
function target(changes: Partial<SshTarget> = {}): SshTarget {
  return {
    host: '127.0.0.1',
    port: sshd.port,
    user: sshd.user,
    keyFile: sshd.clientKey.file,
    hostKeyAlias: null,
    trustOnFirstUse: false,
    ...changes,
  };
}
const findingOf = async (changes: Partial<SshTarget> = {}, timeoutMs = 10_000) =>
  (await ssh.check(target(changes), timeoutMs, never)).finding;

describe('a check against OpenSSH', () => {
  it('is ok with the known host key and an authorized key', async () => {
    const check = await ssh.check(target(), 10_000, never);
    expect(check).toMatchObject({ finding: 'ok', reason: `127.0.0.1 port ${sshd.port} let ${sshd.user} in.` });
    await eventually('sshd heard our goodbye', () => sshd.log().includes('Received disconnect from'));
  });

  it('is refused where nothing listens', async () => {
    const port = await freePort();
    remember(sshd.hostKey.publicLine, `[127.0.0.1]:${port}`);
    const check = await ssh.check(target({ port }), 10_000, never);
    expect(check).toMatchObject({ finding: 'refused' });
    expect(check.reason).toContain(`127.0.0.1 port ${port}`);
  });

  it('stops before any authentication when the host key is another one, whatever its type', async () => {
    for (const type of ['ed25519', 'rsa'] as const) {
      const other = makeKeyPair(home, `other-${type}`, type);
      remember(other.publicLine);
      const before = sshd.log().length;
      const check = await ssh.check(target({ trustOnFirstUse: true }), 10_000, never);
      expect(check.finding).toBe('host-key-changed');
      expect(check.reason).toMatch(/SHA256:/);
      await eventually('sshd saw the end', () => /\[preauth\]/.test(sshd.log().slice(before)));
      expect(sshd.log().slice(before)).not.toMatch(/Accepted|Failed|Postponed|user /i);
    }
    expect(existsSync(path.join(home, 'known_hosts'))).toBe(false);
  });

  it('shows in the log of sshd when authentication is tried', async () => {
    const before = sshd.log().length;
    expect(await findingOf()).toBe('ok');
    await eventually('the attempt is there', () => /Accepted/.test(sshd.log().slice(before)));
  });

  it('brings the signature with the key at once, for which sshd lets nobody wait', async () => {
    const before = sshd.log().length;
    expect(await findingOf()).toBe('ok');
    await eventually('the attempt is there', () => /Accepted/.test(sshd.log().slice(before)));
    // What sshd calls a key that is asked about beforehand.
    expect(sshd.log().slice(before)).not.toContain('Postponed publickey');
  });

  it.each(['ecdsa', 'rsa'] as const)('is let in by an %s key, too', async (type) => {
    const key = makeKeyPair(home, `client-${type}`, type);
    sshd.authorize([key.publicLine]);
    try {
      expect(await findingOf({ keyFile: key.file })).toBe('ok');
    } finally {
      sshd.authorize([sshd.clientKey.publicLine]);
    }
  });

  it('does not take an unknown host key, and leaves nothing behind', async () => {
    writeFileSync(knownHosts, '');
    expect(await findingOf()).toBe('host-key-unknown');
    expect(existsSync(path.join(home, 'known_hosts'))).toBe(false);
  });

  it('remembers a host key on first use, when asked to, and holds it against the next one', async () => {
    writeFileSync(knownHosts, '');
    expect(await findingOf({ trustOnFirstUse: true })).toBe('ok');
    const own = path.join(home, 'known_hosts');
    expect(readFileSync(own, 'utf8')).toBe(`[127.0.0.1]:${sshd.port} ${sshd.hostKey.publicLine}\n`);
    expect(statSync(own).mode & 0o777).toBe(0o600);
    expect(await make().check(target(), 10_000, never)).toMatchObject({ finding: 'ok' });

    const before = sshd.hostKey.publicLine;
    await sshd.changeHostKey();
    expect(await findingOf({ trustOnFirstUse: true })).toBe('host-key-changed');
    expect(readFileSync(own, 'utf8')).toContain(before);
  });

  it('keeps the key under the alias, where there is one', async () => {
    writeFileSync(knownHosts, '');
    expect(await findingOf({ trustOnFirstUse: true, hostKeyAlias: 'vigil-web' })).toBe('ok');
    expect(readFileSync(path.join(home, 'known_hosts'), 'utf8')).toMatch(/^vigil-web ssh-ed25519 /);
    expect(await findingOf({ hostKeyAlias: 'vigil-web' })).toBe('ok');
    expect(await findingOf({ hostKeyAlias: 'vigil-db' })).toBe('host-key-unknown');
  });

  it('finds hashed names, and keys of the host without its port', async () => {
    const salt = Buffer.from('0123456789abcdefghij');
    const hash = createHmac('sha1', salt).update(`[127.0.0.1]:${sshd.port}`).digest('base64');
    remember(sshd.hostKey.publicLine, `|1|${salt.toString('base64')}|${hash}`);
    expect(await findingOf()).toBe('ok');
    remember(sshd.hostKey.publicLine, '127.0.0.1');
    expect(await findingOf()).toBe('ok');
  });

  it('refuses a revoked key, and one that only an authority vouches for', async () => {
    const name = `[127.0.0.1]:${sshd.port}`;
    writeFileSync(knownHosts, `${name} ${sshd.hostKey.publicLine}\n@revoked * ${sshd.hostKey.publicLine}\n`);
    expect(await findingOf()).toBe('host-key-revoked');
    writeFileSync(knownHosts, `@cert-authority * ${makeKeyPair(home, 'ca').publicLine}\n`);
    expect(await findingOf({ trustOnFirstUse: true })).toBe('host-key-unknown');
  });

  it('is a matter of authentication when the key is not let in', async () => {
    const stranger = makeKeyPair(home, 'stranger');
    const check = await ssh.check(target({ keyFile: stranger.file }), 10_000, never);
    expect(check).toMatchObject({ finding: 'auth' });
  });

  it('names the key file when it is missing, open to others, locked, or no key', async () => {
    const open = makeKeyPair(home, 'open');
    chmodSync(open.file, 0o644);
    const locked = makeKeyPair(home, 'locked', 'ed25519', 'a passphrase');
    const nonsense = path.join(home, 'nonsense');
    writeFileSync(nonsense, 'nonsense', { mode: 0o600 });
    const reasons: string[] = [];
    for (const keyFile of [path.join(home, 'missing'), open.file, locked.file, nonsense]) {
      const check = await ssh.check(target({ keyFile }), 10_000, never);
      expect(check.finding).toBe('key-file');
      reasons.push(check.reason);
    }
    expect(reasons.join('\n')).toMatch(/does not exist.*chmod 600.*ssh-add.*no private key/s);
  });

  it('waits for a frozen sshd no longer than it may', async () => {
    sshd.signal('SIGSTOP');
    try {
      const check = await ssh.check(target(), 700, never);
      expect(check.finding).toBe('no-banner');
      expect(check.durationMs).toBeLessThan(1700);
    } finally {
      sshd.signal('SIGCONT');
    }
  });

  it('ends at once when it is cancelled', async () => {
    sshd.signal('SIGSTOP');
    try {
      const stop = createStopSource();
      const check = ssh.check(target(), 30_000, stop.signal);
      stop.stop('enough');
      expect(await check).toMatchObject({ finding: 'not-tried' });
    } finally {
      sshd.signal('SIGCONT');
    }
  });

  it('tells a name that does not exist', async () => {
    expect(await findingOf({ host: 'nowhere.invalid' })).toBe('name-resolution');
  });

  it('reaches localhost, whichever address answers', async () => {
    remember(sshd.hostKey.publicLine, `[localhost]:${sshd.port}`);
    expect(await findingOf({ host: 'localhost' })).toBe('ok');
  });
});

describe('a command against OpenSSH', () => {
  const run = (command: string, timeoutMs = 10_000) => ssh.run(target(), command, timeoutMs, never);
  const logins = (from: number) =>
    sshd
      .log()
      .slice(from)
      .match(/Accepted publickey/g)?.length ?? 0;

  it('comes back with output and exit code and without what it complained of, all on one connection', async () => {
    const before = sshd.log().length;
    expect(await run('echo out; echo err >&2; exit 3')).toEqual({ exitCode: 3, stdout: 'out\n' });
    const many = await Promise.all(Array.from({ length: 20 }, (_, index) => run(`echo ${index}`)));
    expect(many.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`));
    expect(logins(before)).toBe(1);
  });

  it('gives the same answers from the shell that is kept, also where it ends that shell', async () => {
    await run('true');
    const sessions = () => sshd.log().match(/Starting session/g)?.length ?? 0;
    await run('true');
    const before = sessions();
    expect(await run('echo out; echo err >&2; false')).toEqual({ exitCode: 1, stdout: 'out\n' });
    expect(await run('printf "%s" "no line"; cat')).toEqual({ exitCode: 0, stdout: 'no line' });
    expect((await run('head -c 300000 /dev/zero | tr "\\0" a')).stdout.length).toBe(64 * 1024);
    const many = await Promise.all(Array.from({ length: 20 }, (_, index) => run(`echo ${index}`)));
    expect(many.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`));
    expect(sessions()).toBe(before);
    expect(await run('echo out; exit 3')).toEqual({ exitCode: 3, stdout: 'out\n' });
    expect(await run('kill -9 $$')).toMatchObject({ exitCode: null });
    expect(await run('echo after')).toMatchObject({ stdout: 'after\n' });
  });

  it('does not lose those who wait behind a command that ends the shell', async () => {
    await run('true');
    await run('true');
    const answers = await Promise.all([run('echo one'), run('echo two; exit 7'), run('echo three'), run('echo four')]);
    expect(answers).toEqual([
      { exitCode: 0, stdout: 'one\n' },
      { exitCode: 7, stdout: 'two\n' },
      { exitCode: 0, stdout: 'three\n' },
      { exitCode: 0, stdout: 'four\n' },
    ]);
  });

  it('does without a shell where the other side has none', async () => {
    const plain = await startSshd(['ForceCommand echo forced']);
    try {
      writeFileSync(knownHosts, `[127.0.0.1]:${plain.port} ${plain.hostKey.publicLine}\n`);
      const at = target({ port: plain.port, keyFile: plain.clientKey.file });
      for (let index = 0; index < 3; index++) {
        expect(await ssh.run(at, 'anything', 10_000, never)).toMatchObject({ stdout: 'forced\n', exitCode: 0 });
      }
    } finally {
      await plain.dispose();
    }
  });

  it('keeps no more than 64 KiB of a stream', async () => {
    const output = await run('head -c 300000 /dev/zero | tr "\\0" a');
    expect(output.stdout.length).toBe(64 * 1024);
  });

  it('tells a signal as no exit code', async () => {
    expect(await run('kill -9 $$')).toMatchObject({ exitCode: null });
  });

  it('gives up on a connection that froze, and opens a new one for the next call', async () => {
    expect(await run('echo one')).toMatchObject({ stdout: 'one\n' });
    sshd.signal('SIGSTOP');
    try {
      await expect(run('echo two', 500)).rejects.toMatchObject({ code: 'timeout' });
    } finally {
      sshd.signal('SIGCONT');
    }
    const before = sshd.log().length;
    expect(await run('echo three')).toMatchObject({ stdout: 'three\n' });
    expect(logins(before)).toBe(1);
  });

  it('opens a new connection after sshd was restarted', async () => {
    await run('true');
    await sshd.stop();
    await sshd.start();
    expect(await run('echo again')).toMatchObject({ stdout: 'again\n' });
  });

  it('is unreachable while sshd is down, and refused when the host key changed', async () => {
    await sshd.stop();
    await expect(run('true')).rejects.toMatchObject({ code: 'unreachable' });
    await sshd.changeHostKey();
    await expect(run('true')).rejects.toMatchObject({ code: 'refused' });
  });
});
