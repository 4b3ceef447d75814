import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectToEngine, type EngineClientOptions } from '../../../main/transport/client/engine-client.ts';
import { connectSocket, type SocketConnection } from '../../../main/transport/client/socket-connection.ts';
import { eventually } from '../../support/eventually.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { rawFrame, type SocketRig, socketRig } from '../../support/socket-rig.ts';

let rig: SocketRig;
let opened: SocketConnection[];
let strangers: Server[];

beforeEach(async () => {
  rig = await socketRig();
  opened = [];
  strangers = [];
});
afterEach(async () => {
  for (const connection of opened) connection.close();
  for (const server of strangers) server.close();
  await rig.end();
});

async function connected(path = rig.socketPath, limits: { helloMs?: number; callMs?: number } = {}) {
  const connection = await connectSocket({ path, face: 'cli', log: recordingLog(), ...limits });
  opened.push(connection);
  return connection;
}

describe('a connection over the socket', () => {
  test('calls, failures and events cross it', async () => {
    await rig.server.listen();
    const connection = await connected();
    expect(connection.engine).toEqual({ pid: process.pid, host: 'headless', version: '0.1.0' });
    expect(await connection.call('engine.status', {})).toBeNull();
    const failure = { code: 'bad-input', message: 'Name a machine.', field: 'machine' };
    await expect(connection.call('machine.get', { machine: '' })).rejects.toMatchObject(failure);
    const heard: string[] = [];
    const undo = connection.subscribe('machine.removed', ({ name }) => heard.push(name));
    await connection.call('engine.status', {});
    rig.bus.publish('machine.removed', { id: '1', name: 'one' });
    await eventually('the event is here', () => heard.length === 1);
    undo();
    rig.bus.publish('machine.removed', { id: '1', name: 'two' });
    await connection.call('engine.status', {});
    expect(heard).toEqual(['one']);
  });

  test('the end of the engine fails calls under way, also a wait without a limit, and is told once', async () => {
    await rig.end();
    const never = () => new Promise<never>(() => undefined);
    rig = await socketRig({ 'operation.wait': never, 'engine.notices': never });
    await rig.server.listen();
    const connection = await connected(rig.socketPath, { callMs: 20 });
    const wait = connection.call('operation.wait', { operation: '5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d' });
    // A later call with the same limit is over; the wait is not, or it would fail as `timeout` below.
    await expect(connection.call('engine.notices', {})).rejects.toMatchObject({ code: 'timeout' });
    // Heard from before the end: a rejection that nobody awaits yet counts as unhandled.
    const failed = expect(wait).rejects.toMatchObject({ code: 'unreachable' });
    await rig.server.close();
    await failed;
    expect(await connection.closed).toBe('The engine has closed the connection.');
    await expect(connection.call('engine.status', {})).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('a call that is not answered in time fails alone', async () => {
    await rig.end();
    rig = await socketRig({ 'engine.notices': () => new Promise(() => undefined) });
    await rig.server.listen();
    const connection = await connected(rig.socketPath, { callMs: 50 });
    await expect(connection.call('engine.notices', {})).rejects.toMatchObject({ code: 'timeout' });
    expect(await connection.call('engine.status', {})).toBeNull();
  });

  test('an input that no frame can carry is refused here, and the connection lives', async () => {
    await rig.server.listen();
    const connection = await connected();
    const huge = { draft: { name: 'x'.repeat(2_000_000) } };
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    await expect(connection.call('machine.rehearse', huge)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(connection.call('machine.rehearse', { draft: cyclic })).rejects.toMatchObject({ code: 'bad-input' });
    expect(await connection.call('engine.status', {})).toBeNull();
  });

  test.each([
    ['says nothing', () => undefined],
    ['speaks HTTP', (write: (bytes: Buffer) => void) => write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ['sends another frame', (write: (bytes: Buffer) => void) => write(rawFrame('{"kind":"welcome"}'))],
  ])('a stranger who %s is given up as unreachable', async (_about, speak) => {
    const place = path.join(rig.folder, 'stranger.sock');
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      speak((bytes) => socket.write(bytes));
    });
    strangers.push(server);
    await new Promise<void>((resolve) => server.listen(place, resolve));
    await expect(connected(place, { helloMs: 100 })).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('a file in place of the socket is not spoken to', async () => {
    const place = path.join(rig.folder, 'file.sock');
    await writeFile(place, '');
    await expect(connected(place)).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('finding the engine of a home', () => {
  const limits = { settleMs: 2_000, readyMs: 2_000, pollMs: 5 };

  async function writeLock(changes: Record<string, unknown> = {}): Promise<void> {
    await mkdir(rig.folder, { recursive: true });
    const lock = { pid: process.pid, startTime: null, bootId: null, host: 'headless', version: '0.1.0' };
    await writeFile(
      path.join(rig.folder, 'engine.lock'),
      JSON.stringify({ ...lock, socket: rig.socketPath, ...changes }),
    );
  }

  async function find(options: Partial<EngineClientOptions> = {}): Promise<SocketConnection> {
    const connection = await connectToEngine({
      home: rig.folder,
      face: 'cli',
      log: recordingLog(),
      limits,
      ...options,
    });
    opened.push(connection);
    return connection;
  }

  const living = { ended: () => null, logTail: async () => '' };

  test('one that runs is used, and none is started', async () => {
    await rig.server.listen();
    await writeLock();
    await find({ start: () => Promise.reject(new Error('started')) });
  });

  test.each([['nothing'], ['no JSON'], ['another shape'], ['a dead owner']])(
    'a lock that holds %s means that none runs',
    async (kind) => {
      if (kind === 'no JSON') await writeFile(path.join(rig.folder, 'engine.lock'), '{');
      if (kind === 'another shape') await writeLock({ pid: 'one' });
      // Above the largest pid that Linux gives out.
      if (kind === 'a dead owner') await writeLock({ pid: 4_194_305 });
      await expect(find()).rejects.toMatchObject({ code: 'unreachable', message: `No engine runs for ${rig.folder}.` });
    },
  );

  test('one that holds the home but does not answer yet is waited for', async () => {
    await writeLock();
    const found = find({ start: () => Promise.reject(new Error('started')) });
    await rig.server.listen();
    await found;
  });

  test('one that is started is used as soon as it answers', async () => {
    const found = find({
      start: async () => {
        void rig.server.listen().then(() => writeLock());
        return living;
      },
    });
    await found;
  });

  test('one that dies while it starts is told with its last words', async () => {
    const found = find({ start: async () => ({ ended: () => 'exit code 1', logTail: async () => 'no space left\n' }) });
    await expect(found).rejects.toMatchObject({
      code: 'unreachable',
      message: 'The engine ended at once (exit code 1).',
      hint: 'It said: no space left',
    });
  });

  test('one that gave up because another was faster leads to that other one', async () => {
    const found = find({
      start: async () => {
        await writeLock();
        void rig.server.listen();
        return { ended: () => 'exit code 1', logTail: async () => 'held' };
      },
    });
    await found;
  });

  test('one that never answers is given up', async () => {
    const found = find({ start: async () => living, limits: { ...limits, readyMs: 50 } });
    await expect(found).rejects.toMatchObject({ message: 'The engine did not answer within 0.05 s.' });
  });

  test('an engine of another version is an error, not a reason to start a second one', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(rawFrame('{"kind":"refused","reason":"This engine speaks protocol 2."}'));
    });
    strangers.push(server);
    await mkdir(path.dirname(rig.socketPath));
    await new Promise<void>((resolve) => server.listen(rig.socketPath, resolve));
    await chmod(rig.socketPath, 0o600);
    await writeLock();
    const found = find({ start: () => Promise.reject(new Error('started')) });
    await expect(found).rejects.toMatchObject({ code: 'refused', message: 'This engine speaks protocol 2.' });
  });
});
