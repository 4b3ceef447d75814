import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmod, chown, lchown, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { prepareSocketPath } from '../../../main/transport/socket-folder.ts';
import { frameLimitBytes } from '../../../main/transport/socket-frames.ts';
import { eventually } from '../../support/eventually.ts';
import { hostileCalls } from '../../support/hostile-inputs.ts';
import { rawFrame, type SocketRig, socketRig } from '../../support/socket-rig.ts';

let rig: SocketRig;
beforeEach(async () => {
  rig = await socketRig();
});
afterEach(() => rig.end());

async function replaceRig(...args: Parameters<typeof socketRig>): Promise<void> {
  await rig.end();
  rig = await socketRig(...args);
}

/** Only root can stand in for another user. */
const isRoot = process.getuid?.() === 0;
const notTested = isRoot ? '' : ': NOT TESTED here, it takes root';

describe('the place of the socket', () => {
  test('folder 0700, socket 0600, whatever the umask', async () => {
    const previous = process.umask(0);
    await rig.server.listen();
    expect(process.umask(previous)).toBe(0);
    expect((await lstat(path.dirname(rig.socketPath))).mode & 0o777).toBe(0o700);
    expect((await lstat(rig.socketPath)).mode & 0o777).toBe(0o600);
  });

  test('a folder open to others is closed to them', async () => {
    await mkdir(path.dirname(rig.socketPath), { mode: 0o777 });
    await chmod(path.dirname(rig.socketPath), 0o777);
    await rig.server.listen();
    expect((await stat(path.dirname(rig.socketPath))).mode & 0o777).toBe(0o700);
  });

  test('a symbolic link in place of the folder is refused', async () => {
    await mkdir(path.join(rig.folder, 'elsewhere'));
    await symlink(path.join(rig.folder, 'elsewhere'), path.dirname(rig.socketPath));
    await expect(rig.server.listen()).rejects.toMatchObject({ code: 'conflict' });
    expect(await readdir(path.join(rig.folder, 'elsewhere'))).toEqual([]);
  });

  test('a folder around it that others may change is refused', async () => {
    await chmod(rig.folder, 0o777);
    await expect(rig.server.listen()).rejects.toMatchObject({ code: 'refused' });
    await chmod(rig.folder, 0o1777);
    await rig.server.listen();
  });

  test.skipIf(!isRoot)(`a folder of another user, or below a link of theirs, is refused${notTested}`, async () => {
    await mkdir(path.dirname(rig.socketPath), { mode: 0o700 });
    await chown(path.dirname(rig.socketPath), 12_345, 12_345);
    await expect(rig.server.listen()).rejects.toMatchObject({ code: 'refused' });
    const link = path.join(rig.folder, 'theirs');
    await mkdir(path.join(rig.folder, 'ours'), { mode: 0o700 });
    await symlink(path.join(rig.folder, 'ours'), link);
    await lchown(link, 12_345, 12_345);
    await expect(prepareSocketPath(path.join(link, 'run', 'engine.sock'))).rejects.toMatchObject({ code: 'refused' });
  });

  test.each(['file', 'folder', 'link'])('a %s in place of the socket is refused and left alone', async (kind) => {
    await mkdir(path.dirname(rig.socketPath));
    const precious = path.join(rig.folder, 'precious');
    await writeFile(precious, 'mine');
    if (kind === 'file') await writeFile(rig.socketPath, 'mine');
    else if (kind === 'folder') await mkdir(rig.socketPath);
    else await symlink(precious, rig.socketPath);
    await expect(rig.server.listen()).rejects.toMatchObject({ code: 'conflict' });
    if (kind !== 'folder') expect(await readFile(rig.socketPath, 'utf8')).toBe('mine');
  });

  test('a leftover of a dead engine is replaced', async () => {
    await leaveStaleSocket(rig.socketPath);
    await rig.server.listen();
    await (await rig.connect()).greet();
  });

  test('a socket on which somebody answers is refused and goes on answering', async () => {
    await rig.server.listen();
    await expect(rig.makeServer().listen()).rejects.toMatchObject({ code: 'conflict' });
    await (await rig.connect()).greet();
  });

  test.skipIf(!isRoot)(`another user cannot connect${notTested}`, async () => {
    await rig.server.listen();
    // The folder around the socket must not be what keeps them out.
    await chmod(rig.folder, 0o755);
    // It changes its user only once it runs: another user may not be let into the folder where Node lives.
    const script = `
      process.setgroups([]);
      process.setgid(65534);
      process.setuid(65534);
      require('net')
        .connect(process.argv[1])
        .on('connect', () => process.exit(0))
        .on('error', (error) => process.exit(error.code === 'EACCES' ? 13 : 1));`;
    const exitOfAnotherUser = () =>
      exitOf(spawn(process.execPath, ['-e', script, rig.socketPath], { stdio: 'ignore' }));
    expect(await exitOfAnotherUser()).toBe(13);
    expect(rig.server.connections).toBe(0);
    // Control: with the modes opened the very same attempt succeeds.
    await chmod(path.dirname(rig.socketPath), 0o755);
    await chmod(rig.socketPath, 0o666);
    expect(await exitOfAnotherUser()).toBe(0);
  });

  test('closing removes it and its folder', async () => {
    await rig.server.listen();
    await rig.server.close();
    await rig.server.close();
    expect(await readdir(rig.folder)).toEqual([]);
  });

  test('a path the kernel cannot hold is refused in words', async () => {
    const long = path.join(rig.folder, 'x'.repeat(100), 'engine.sock');
    await expect(prepareSocketPath(long)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('103'),
    });
  });
});

describe('the greeting', () => {
  beforeEach(() => rig.server.listen());

  test('the engine says nothing before the client speaks', async () => {
    const client = await rig.connect();
    rig.bus.publish('machine.removed', { id: '1', name: 'demo' });
    await eventually('the server has the client', () => rig.server.connections === 1);
    await rig.clock.advance(1_999);
    expect(client.bytes()).toBe(0);
    expect(client.isClosed()).toBe(false);
  });

  test('a client that does not greet within 2 s is disconnected, also one that greets half', async () => {
    const clients = [await rig.connect(), await rig.connect()];
    clients[1]?.socket.write(rawFrame(JSON.stringify({ kind: 'hello', protocol: 1 })).subarray(0, 20));
    await eventually('the server has both', () => rig.server.connections === 2);
    await rig.clock.advance(2_000);
    await eventually('both are disconnected', () => clients.every((client) => client.isClosed()));
    expect(clients.map((client) => client.bytes())).toEqual([0, 0]);
  });

  test('half-open clients that never close their side are gone after the farewell', async () => {
    await rig.connect();
    await eventually('the server has it', () => rig.server.connections === 1);
    await rig.clock.advance(3_000);
    await eventually('no session is left', () => rig.server.connections === 0);
    expect(rig.clock.waiting).toBe(0);
  });

  test('another protocol version is told so and disconnected', async () => {
    const client = await rig.connect();
    client.send({ kind: 'hello', protocol: 2 });
    await eventually('it is disconnected', client.isClosed);
    expect(client.messages).toEqual([{ kind: 'refused', reason: expect.stringContaining('protocol 1, the client 2') }]);
  });

  test.each([
    ['a call', { kind: 'call', id: 1, name: 'engine.status', input: {} }],
    ['a subscription', { kind: 'subscribe' }],
    ['a greeting without version', { kind: 'hello' }],
    ['a list', []],
    ['null', null],
    ['an unknown kind', { kind: 'constructor' }],
  ])('%s in its place ends the connection unheard', async (_about, frame) => {
    const client = await rig.connect();
    client.send(frame);
    client.send({ kind: 'hello', protocol: 1 });
    client.send({ kind: 'call', id: 2, name: 'engine.status', input: {} });
    await eventually('it is disconnected', client.isClosed);
    expect(client.bytes()).toBe(0);
    expect(rig.handlers.heard()).toEqual([]);
  });

  test('a face may name itself, and nothing more than that', async () => {
    const faces: unknown[] = [];
    await replaceRig({
      'engine.notices': (_input, { user, face }) => {
        faces.push([user, face]);
        return [];
      },
    });
    await rig.server.listen();
    for (const face of ['app', 'cli', 'root', { toString: 'app' }, undefined]) {
      const client = await rig.connect();
      client.send({ kind: 'hello', protocol: 1, face, user: 'root' });
      await client.ask(1, 'engine.notices', {});
    }
    expect(faces).toEqual(['app', 'cli', 'socket', 'socket', 'socket'].map((face) => ['ada', face]));
  });
});

describe('a conversation', () => {
  beforeEach(() => rig.server.listen());

  test('a second hello, or a frame that is none, ends it', async () => {
    for (const frame of [{ kind: 'hello', protocol: 1 }, { kind: 'call', id: 'one' }, 7]) {
      const client = await rig.connect();
      await client.greet();
      client.send(frame);
      await eventually('it is disconnected', client.isClosed);
    }
  });

  test.each([
    ['too large', rawFrame('{}', frameLimitBytes + 1)],
    ['empty', rawFrame('')],
    ['no JSON', rawFrame('{"kind":')],
    ['no UTF-8', rawFrame(Buffer.from([0x22, 0xc3, 0x28, 0x22]))],
  ])('a frame that is %s ends it, and others go on', async (_about, bytes) => {
    const [bad, good] = [await rig.connect(), await rig.connect()];
    await Promise.all([bad.greet(), good.greet()]);
    bad.socket.write(bytes);
    await eventually('it is disconnected', bad.isClosed);
    expect(await good.ask(1, 'engine.status', {})).toEqual({ ok: true, value: null });
  });

  test('events come only after subscribing, once each, and no more after leaving', async () => {
    const [listener, other] = [await rig.connect(), await rig.connect()];
    await Promise.all([listener.greet(), other.greet()]);
    listener.send({ kind: 'subscribe' });
    listener.send({ kind: 'subscribe' });
    await listener.ask(1, 'engine.status', {});
    await other.ask(1, 'engine.status', {});
    rig.bus.publish('machine.removed', { id: '1', name: 'demo' });
    await listener.ask(2, 'engine.status', {});
    await other.ask(2, 'engine.status', {});
    const event = { kind: 'event', name: 'machine.removed', payload: { id: '1', name: 'demo' } };
    expect(listener.messages.filter(({ kind }) => kind === 'event')).toEqual([event]);
    expect(other.messages.filter(({ kind }) => kind === 'event')).toEqual([]);
    listener.socket.destroy();
    await eventually('its session is over', () => rig.server.connections === 1);
    rig.bus.publish('machine.removed', { id: '1', name: 'demo' });
    expect(rig.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('a handler is told when its client has gone, and what it does goes on', async () => {
    const ended: string[] = [];
    await replaceRig({
      'engine.notices': (_input, { gone }) =>
        new Promise((resolve) => {
          gone?.addEventListener('abort', () => {
            ended.push('gone');
            resolve([]);
          });
        }),
    });
    await rig.server.listen();
    const client = await rig.connect();
    await client.greet();
    client.send({ kind: 'call', id: 1, name: 'engine.notices', input: {} });
    await eventually('the handler has it', () => rig.handlers.heard().length === 1);
    client.socket.destroy();
    await eventually('the handler ended', () => ended.length === 1);
  });

  test('calls beyond the limit of one connection are refused, and the others answered', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await replaceRig({ 'engine.notices': () => released.then(() => []) }, { callsInFlight: 3 });
    await rig.server.listen();
    const client = await rig.connect();
    await client.greet();
    for (const id of [1, 2, 3]) client.send({ kind: 'call', id, name: 'engine.notices', input: {} });
    expect(await client.ask(4, 'engine.notices', {})).toMatchObject({ ok: false, error: { code: 'refused' } });
    release();
    await eventually(
      'the three are answered',
      () => client.messages.filter(({ kind }) => kind === 'outcome').length === 4,
    );
    expect(await client.ask(5, 'engine.notices', {})).toEqual({ ok: true, value: [] });
  });

  test('more connections than allowed are turned away until one leaves', async () => {
    await replaceRig({}, { connections: 2 });
    await rig.server.listen();
    const [first] = [await rig.connect(), await rig.connect()];
    const third = await rig.connect();
    await eventually('the third is turned away', third.isClosed);
    first?.socket.destroy();
    await eventually('there is room', () => rig.server.connections === 1);
    await (await rig.connect()).greet();
  });

  test('a client that does not read is disconnected before it costs memory; the engine goes on', async () => {
    await replaceRig({ 'console.read': () => ({ text: 'x'.repeat(200_000), from: 0, to: 1, size: 1 }) });
    await rig.server.listen();
    const client = await rig.connect();
    await client.greet();
    client.socket.pause();
    for (let id = 1; id <= 60; id += 1) {
      client.send({ kind: 'call', id, name: 'console.read', input: { machine: 'demo' } });
    }
    await eventually('it is disconnected', () => rig.server.connections === 0);
    expect(rig.log.lines.map(({ message }) => message)).toContain(
      'a client does not read what it asked for: disconnected',
    );
    await (await rig.connect()).greet();
  });

  test('an answer that fits no frame becomes an error the caller can read', async () => {
    await replaceRig({ 'console.read': () => ({ text: 'x'.repeat(frameLimitBytes), from: 0, to: 1, size: 1 }) });
    await rig.server.listen();
    const client = await rig.connect();
    await client.greet();
    expect(await client.ask(1, 'console.read', { machine: 'demo' })).toMatchObject({
      ok: false,
      error: { code: 'refused', message: 'The message is larger than 1 MiB.' },
    });
  });

  test('every client hears the end when the server closes, also with calls under way', async () => {
    await replaceRig({ 'engine.notices': () => new Promise(() => undefined) });
    await rig.server.listen();
    const client = await rig.connect();
    await client.greet();
    client.send({ kind: 'call', id: 1, name: 'engine.notices', input: {} });
    const closing = rig.server.close();
    await eventually('it is told', client.isClosed);
    client.socket.end();
    await closing;
    expect(rig.server.connections).toBe(0);
  });
});

describe('hostility', () => {
  beforeEach(() => rig.server.listen());

  test('hostile calls that JSON can carry are refused over the socket too', async () => {
    const client = await rig.connect();
    await client.greet();
    const hostile = hostileCalls().filter(({ isJson }) => isJson);
    expect(hostile.length).toBeGreaterThan(500);
    const outcomes = () => client.messages.filter(({ kind }) => kind === 'outcome');
    for (let at = 0; at < hostile.length; at += 50) {
      const batch = hostile.slice(at, at + 50);
      for (const [offset, { name, input }] of batch.entries()) {
        client.send({ kind: 'call', id: at + offset, name, input });
      }
      await eventually('the batch is answered', () => outcomes().length === at + batch.length);
    }
    const wrong = outcomes()
      .filter(({ outcome }) => (outcome as { error?: { code: string } }).error?.code !== 'bad-input')
      .map(({ id }) => hostile[id as number]?.about);
    expect(wrong).toEqual([]);
    expect(rig.handlers.heard()).toEqual([]);
  });

  test('10,000 random frames: no handler hears of one, the server lives', { timeout: 120_000 }, async () => {
    const random = seeded(20_260_101);
    const handled = vi.fn();
    let sent = 0;
    while (sent < 10_000) {
      const client = await rig.connect();
      if (random() < 0.9) client.send({ kind: 'hello', protocol: 1 });
      for (let frame = 0; frame < 50 && !client.isClosed(); frame += 1) {
        client.socket.write(randomFrame(random));
        sent += 1;
      }
      if (random() < 0.5) client.socket.destroy();
      else client.socket.end();
      if (client.messages.some(({ outcome }) => (outcome as { ok?: boolean } | undefined)?.ok === true)) handled();
    }
    await rig.clock.advance(4_000);
    await eventually('the sessions are over', () => rig.server.connections === 0);
    expect(rig.handlers.heard()).toEqual([]);
    expect(handled).not.toHaveBeenCalled();
    expect(rig.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(rig.clock.waiting).toBe(0);
    await (await rig.connect()).greet();
  });

  test('500 half-open clients do not keep a good one out for longer than the hello limit', async () => {
    const held = [];
    for (let index = 0; index < 500; index += 1) held.push(await rig.connect());
    expect(rig.server.connections).toBeLessThanOrEqual(64);
    await rig.clock.advance(3_000);
    await eventually('they are gone', () => rig.server.connections === 0);
    await (await rig.connect()).greet();
  });
});

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}

/** A server that dies without tidying up: the file stays, nobody listens. */
async function leaveStaleSocket(socketPath: string): Promise<void> {
  await mkdir(path.dirname(socketPath), { recursive: true });
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script, socketPath]);
  expect((await lstat(socketPath)).isSocket()).toBe(true);
}

/** Park and Miller's generator: the same frames on every run. */
function seeded(seed: number): () => number {
  let state = seed % 2_147_483_647;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Mostly frames that keep the conversation going, so that it gets somewhere before one of the others ends it. */
function randomFrame(random: () => number): Buffer {
  const integer = (below: number) => Math.floor(random() * below);
  const bytes = () => Buffer.from(Array.from({ length: integer(64) + 1 }, () => integer(256)));
  const messages: readonly unknown[] = [
    { kind: 'call', id: integer(9), name: 'machine.delet', input: {} },
    { kind: 'call', id: integer(9), name: 'machine.delete', input: { machine: integer(9), force: true } },
    { kind: 'call', id: integer(9), name: '__proto__', input: { __proto__: null } },
    { kind: 'call', id: -integer(9), name: [integer(9)], input: bytes().toString('latin1') },
    { kind: 'subscribe', extra: integer(9) },
  ];
  const strange: readonly unknown[] = ['hello', null, 7, [], { kind: 'event' }, { kind: 'call', id: 0.5 }];
  const pick = (list: readonly unknown[]) => JSON.stringify(list[integer(list.length)]);
  if (random() < 0.97) return rawFrame(pick(messages));
  const kinds = [
    bytes,
    () => rawFrame(bytes()),
    () => rawFrame(pick(strange)),
    () => rawFrame(pick(messages), integer(0xffffffff)),
    () => rawFrame(pick(messages)).subarray(0, integer(12)),
  ];
  return kinds[integer(kinds.length)]?.() ?? bytes();
}
