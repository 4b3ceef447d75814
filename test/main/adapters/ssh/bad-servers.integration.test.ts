import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2, { type Connection, type ServerConfig } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSsh } from '../../../../main/adapters/ssh/ssh.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { Ssh, SshFinding, SshTarget } from '../../../../main/engine/ports/ssh.ts';
import { eventually } from '../../../support/eventually.ts';
import { type MisbehavingServer, rawServer, spoiledServer } from '../../../support/misbehaving-ssh-server.ts';
import { createRealClock } from '../../../support/real-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { type KeyPair, makeKeyPair } from '../../../support/sshd.ts';

let folder: string;
let hostKey: KeyPair;
let otherKey: KeyPair;
let clientKey: KeyPair;
let server: MisbehavingServer | null = null;
let ssh: Ssh;
let clock: ReturnType<typeof createRealClock>;
const never = createStopSource().signal;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-bad-ssh-'));
  hostKey = makeKeyPair(folder, 'host');
  otherKey = makeKeyPair(folder, 'other');
  clientKey = makeKeyPair(folder, 'client');
  writeFileSync(path.join(folder, 'known'), `* ${hostKey.publicLine}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  clock = createRealClock();
  ssh = createSsh({
    home: folder,
    clock,
    log: recordingLog(),
    knownHostsFiles: [path.join(folder, 'known')],
    agentPath: null,
  });
});
afterEach(async () => {
  await ssh.forget();
  expect(clock.waiting, 'timers left').toBe(0);
  const serving = server;
  if (serving === null) return;
  await eventually('the server has no client left', () => serving.openSockets() === 0);
  await serving.close();
  server = null;
});

const target = (port: number): SshTarget => ({
  host: '127.0.0.1',
  port,
  user: 'someone',
  keyFile: clientKey.file,
  hostKeyAlias: null,
  trustOnFirstUse: false,
});
const config = (changes: Partial<ServerConfig> = {}): ServerConfig => ({
  hostKeys: [readFileSync(hostKey.file)],
  ...changes,
});

/** Sends a little at a time for as long as it may. */
function drip(socket: Socket, text: string): void {
  let at = 0;
  const next = () => {
    if (socket.destroyed) return;
    socket.write(text[at++ % text.length] ?? '');
    setTimeout(next, 20);
  };
  next();
}

type Start = () => Promise<MisbehavingServer>;
const raw =
  (behave: (socket: Socket) => void): Start =>
  () =>
    rawServer(behave);
const spoiled =
  (spoil: (connection: Connection, socket: Socket) => void, changes?: () => Partial<ServerConfig>): Start =>
  () =>
    spoiledServer(config(changes?.()), spoil);
/** Passes on what the real server sends, up to `bytes`. */
const stallsAfter =
  (bytes: number): Start =>
  async () => {
    const real = await spoiledServer(config());
    const relay = await rawServer((socket) => relayUntil(socket, real.port, bytes));
    return { ...relay, close: async () => void (await Promise.all([relay.close(), real.close()])) };
  };

const behaviours: readonly [name: string, start: Start, finding: SshFinding][] = [
  ['answers as it should', spoiled(() => {}), 'ok'],
  ['says nothing', raw(() => {}), 'no-banner'],
  ['closes at once', raw((socket) => socket.destroy()), 'closed'],
  ['resets at once', raw((socket) => socket.resetAndDestroy()), 'closed'],
  ['speaks HTTP', raw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), 'no-banner'],
  ['has no place left', raw((socket) => socket.end('Exceeded MaxStartups\r\n')), 'no-banner'],
  ['greets without end', raw((socket) => pour(socket, 'a'.repeat(4096))), 'no-banner'],
  ['greets in lines without end', raw((socket) => pour(socket, 'hello\r\n'.repeat(500))), 'no-banner'],
  ['drips its greeting', raw((socket) => drip(socket, 'x')), 'no-banner'],
  ['closes after its greeting', raw((socket) => socket.end('SSH-2.0-Nothing\r\n')), 'closed'],
  ['stalls after its greeting', raw((socket) => void socket.write('SSH-2.0-Nothing\r\n')), 'timeout'],
  ['drips the key exchange', raw((socket) => dripAfter(socket, 'SSH-2.0-Nothing\r\n')), 'timeout'],
  ['speaks SSH 1 only', raw((socket) => void socket.write('SSH-1.5-Old\r\n')), 'protocol'],
  [
    'sends noise after its greeting',
    raw((socket) => void socket.write(Buffer.concat([Buffer.from('SSH-2.0-N\r\n'), Buffer.alloc(500, 0xff)]))),
    'protocol',
  ],
  ['stalls within the key exchange', stallsAfter(900), 'timeout'],
  [
    'knows only unsafe algorithms',
    spoiled(
      () => {},
      () => ({
        algorithms: { kex: ['diffie-hellman-group1-sha1'], cipher: ['aes128-cbc'], hmac: ['hmac-md5'] },
      }),
    ),
    'protocol',
  ],
  [
    'shows another host key',
    spoiled(
      () => {},
      () => ({ hostKeys: [readFileSync(otherKey.file)] }),
    ),
    'host-key-changed',
  ],
  ['stalls in the authentication', spoiled((connection) => void connection.on('authentication', () => {})), 'timeout'],
  [
    'wants a password',
    spoiled((connection) => void connection.on('authentication', (c) => c.reject(['password']))),
    'auth',
  ],
  [
    'wants a password on top of the key',
    spoiled((connection) => void connection.on('authentication', (c) => c.reject(['password'], true))),
    'auth',
  ],
  [
    'asks for the key for ever',
    spoiled((connection) => void connection.on('authentication', (c) => c.reject(['publickey']))),
    'auth',
  ],
  [
    'closes in the authentication',
    spoiled((connection, socket) => void connection.on('authentication', () => socket.destroy())),
    'closed',
  ],
  [
    'sends a banner of 25 KB with control characters',
    spoiled(
      () => {},
      () => ({ banner: '\u001b[31mhello\u0007'.repeat(2000) }),
    ),
    'ok',
  ],
];

describe('a server that', () => {
  it.each(behaviours)('%s', async (_name, start, finding) => {
    server = await start();
    const check = await ssh.check(target(server.port), 1200, never);
    expect(check).toMatchObject({ finding });
    expect(check.durationMs).toBeLessThan(2200);
    expect(check.reason.length).toBeLessThan(500);
    expect(check.reason).not.toMatch(/\p{Cc}/u);
    expect(server.attempts.every((method) => method === 'publickey')).toBe(true);
    if (finding === 'host-key-changed') expect(server.attempts).toEqual([]);
  });

  it('changes its host key in the middle of a session is cut off', async () => {
    server = await spoiledServer(config({ hostKeys: [readFileSync(hostKey.file)] }), (connection) => {
      answerCommands(connection, () => {
        const { _protocol: protocol } = connection as Connection & {
          _protocol: { _hostKeys: Record<string, unknown> };
        };
        protocol._hostKeys['ssh-ed25519'] = ssh2.utils.parseKey(readFileSync(otherKey.file));
        connection.rekey();
      });
    });
    const at = target(server.port);
    await expect(ssh.run(at, 'rekey', 3000, never)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('exchanges keys anew with the same host key is kept', async () => {
    server = await spoiledServer(config(), (connection) => answerCommands(connection, () => connection.rekey()));
    const at = target(server.port);
    expect(await ssh.run(at, 'rekey', 3000, never)).toMatchObject({ stdout: 'done' });
    expect(await ssh.run(at, 'more', 3000, never)).toMatchObject({ stdout: 'done' });
    expect(server.attempts.length).toBeLessThanOrEqual(2);
  });

  it('opens no channel is given up, and asked anew by the next call', async () => {
    let silent = true;
    server = await spoiledServer(config(), (connection) => {
      if (silent) connection.on('session', () => {});
      else answerCommands(connection, () => {});
    });
    const at = target(server.port);
    await expect(ssh.run(at, 'anything', 700, never)).rejects.toMatchObject({ code: 'timeout' });
    silent = false;
    expect(await ssh.run(at, 'anything', 3000, never)).toMatchObject({ stdout: 'done' });
  });

  it('refuses commands is told as such', async () => {
    server = await spoiledServer(config(), (connection) => {
      connection.on('session', (accept) => accept().on('exec', (_accept, reject) => reject()));
    });
    await expect(ssh.run(target(server.port), 'x', 3000, never)).rejects.toMatchObject({ code: 'refused' });
  });

  it('sends output without end is cut at 64 KiB and ends with its time', async () => {
    server = await spoiledServer(config(), (connection) => {
      connection.on('session', (accept) => {
        accept().on('exec', (take) => {
          const channel = take();
          const more = () => {
            while (channel.writable && channel.write(Buffer.alloc(32 * 1024, 97)));
            channel.once('drain', more);
          };
          more();
        });
      });
    });
    await expect(ssh.run(target(server.port), 'yes', 500, never)).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('500 checks', () => {
  it('leave no socket and no timer, whatever they meet', async () => {
    const good = await spoiledServer(config());
    const silent = await rawServer(() => {});
    const closing = await rawServer((socket) => socket.destroy());
    const resources = () => process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
    const before = resources();
    const at = [good, good, good, closing, silent];
    const findings = new Map<string, number>();
    for (let round = 0; round < 10; round++) {
      const checks = Array.from({ length: 50 }, (_, index) =>
        ssh.check(target(at[index % at.length]?.port ?? 0), index % at.length === 4 ? 100 : 20_000, never),
      );
      for (const { finding } of await Promise.all(checks)) findings.set(finding, (findings.get(finding) ?? 0) + 1);
    }
    // On a busy computer the connection alone may take up the tenth of a second that the silent server is given.
    const silence = (findings.get('no-banner') ?? 0) + (findings.get('timeout') ?? 0);
    expect([findings.get('ok'), findings.get('closed'), silence]).toEqual([300, 100, 100]);
    await eventually('every server is alone', () => [good, silent, closing].every((one) => one.openSockets() === 0));
    expect(clock.waiting).toBe(0);
    expect(resources()).toBeLessThanOrEqual(before);
    await Promise.all([good, silent, closing].map((one) => one.close()));
  });
});

function answerCommands(connection: Connection, before: () => void): void {
  connection.on('session', (accept) => {
    accept().on('exec', (take) => {
      before();
      const channel = take();
      channel.write('done');
      channel.exit(0);
      channel.end();
    });
  });
}

function pour(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}

function dripAfter(socket: Socket, greeting: string): void {
  socket.write(greeting);
  // The begin of a packet of 1 KiB.
  drip(socket, `\0\0\u0004\u0004\u0006${'a'.repeat(2000)}`);
}

function relayUntil(socket: Socket, port: number, bytes: number): void {
  let left = bytes;
  const upstream = connect(port, '127.0.0.1');
  upstream.on('error', () => {});
  upstream.on('data', (chunk) => {
    const passed = chunk.subarray(0, left);
    left -= passed.length;
    if (passed.length > 0) socket.write(passed);
  });
  socket.on('data', (chunk) => upstream.write(chunk));
  socket.on('close', () => upstream.destroy());
}
