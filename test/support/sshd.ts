import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.ts';

/** A key pair made by ssh-keygen: the path of the private half and the public line. */
export interface KeyPair {
  readonly file: string;
  /** `TYPE BASE64`, without the comment. */
  readonly publicLine: string;
}

/** OpenSSH's own sshd in a private folder on a loopback port. */
export interface Sshd {
  readonly folder: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  /** Lets in. */
  readonly clientKey: KeyPair;
  /** As a known_hosts line without the names. */
  readonly hostKey: KeyPair;
  /** What sshd wrote since it was first started, verbosely. */
  log(): string;
  start(): Promise<void>;
  /** The listener and every session. */
  stop(): Promise<void>;
  /** Stops the listener, makes it show another host key and starts it again. */
  changeHostKey(type?: 'ed25519' | 'ecdsa' | 'rsa'): Promise<KeyPair>;
  authorize(publicLines: readonly string[]): void;
  /** To the listener and to every session process below it. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** Ends everything and removes the folder. */
  dispose(): Promise<void>;
}

export function makeKeyPair(
  folder: string,
  name: string,
  type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519',
  passphrase = '',
) {
  const file = path.join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', file]);
  const [keyType, blob] = readFileSync(`${file}.pub`, 'utf8').split(' ');
  return { file, publicLine: `${keyType} ${blob}` } satisfies KeyPair;
}

/** `extra` is added to its configuration. */
export async function startSshd(extra: readonly string[] = []): Promise<Sshd> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigil-sshd-'));
  const port = await freePort();
  const clientKey = makeKeyPair(folder, 'client');
  let hostKey = makeKeyPair(folder, 'host-0');
  let hostKeys = 1;
  let child: ChildProcess | null = null;
  const logFile = path.join(folder, 'sshd.log');
  const authorized = path.join(folder, 'authorized_keys');
  writeFileSync(logFile, '');
  writeFileSync(authorized, `${clientKey.publicLine}\n`);
  const log = () => readFileSync(logFile, 'utf8');
  // Root's sshd insists on this folder, which only its service makes.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });

  const start = async () => {
    const lines = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey.file}`,
      `AuthorizedKeysFile ${authorized}`,
      'PidFile none',
      'UsePAM no',
      'StrictModes no',
      'UseDNS no',
      'LogLevel VERBOSE',
      'MaxStartups 200',
      'PrintMotd no',
      // An account's own start-up files take longer than all the rest.
      `SetEnv HOME=${folder}`,
      ...extra,
    ];
    const config = path.join(folder, 'sshd_config');
    writeFileSync(config, `${lines.join('\n')}\n`);
    const before = log().length;
    const sshd = ['/usr/sbin/sshd', '/usr/bin/sshd'].find((file) => existsSync(file)) ?? 'sshd';
    // For each connection it would begin itself anew, which takes longer than to let somebody in.
    const started = spawn(sshd, ['-D', '-r', '-f', config, '-E', logFile], { stdio: 'ignore' });
    child = started;
    await eventually(
      'sshd listens',
      () => log().slice(before).includes('Server listening') || started.exitCode !== null,
    );
    if (started.exitCode !== null) throw new Error(`sshd did not start: ${log().slice(before)}`);
  };
  const everyProcess = () => (child?.pid === undefined ? [] : [child.pid, ...descendantsOf(child.pid)]);
  const signal = (name: NodeJS.Signals) => {
    for (const pid of everyProcess()) {
      try {
        process.kill(pid, name);
      } catch {
        // It ended by itself.
      }
    }
  };
  const stop = async () => {
    const ending = child;
    if (ending === null) return;
    signal('SIGKILL');
    await eventually('sshd is gone', () => ending.exitCode !== null || ending.signalCode !== null);
    child = null;
  };
  await start();
  return {
    folder,
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    clientKey,
    get hostKey() {
      return hostKey;
    },
    log,
    start,
    stop,
    changeHostKey: async (type = 'ed25519') => {
      await stop();
      hostKey = makeKeyPair(folder, `host-${hostKeys++}`, type);
      await start();
      return hostKey;
    },
    authorize: (lines) => writeFileSync(authorized, lines.map((line) => `${line}\n`).join('')),
    signal,
    dispose: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port of 127.0.0.1 that nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function descendantsOf(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === ''
      ? []
      : children
          .split(' ')
          .map(Number)
          .flatMap((child) => [child, ...descendantsOf(child)]);
  } catch {
    return [];
  }
}
