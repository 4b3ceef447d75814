import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createProbes } from '../../../../main/adapters/probes/probes.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { startDeafListener } from '../../../support/deaf-listener.ts';
import { freePort } from '../../../support/sshd.ts';

/** Real sockets on loopback, at both ends. */

const probes = createProbes();
const limits = { timeoutMs: 2000, signal: createStopSource().signal };
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  );
  return (server.address() as AddressInfo).port;
}
const tcpServer = (greet: (socket: Socket) => void) => listening(createTcpServer(greet));
const web = async (answer: RequestListener) => `http://127.0.0.1:${await listening(createServer(answer))}/`;

describe('a port', () => {
  it('that takes the connection is open', async () => {
    const port = await tcpServer(() => undefined);
    expect(await probes.tcp('127.0.0.1', port, limits)).toEqual({
      durationMs: expect.any(Number),
      finding: 'ok',
      reason: `Port ${port} of 127.0.0.1 took the connection.`,
    });
  });

  it('that refuses it is refused', async () => {
    expect((await probes.tcp('127.0.0.1', await freePort(), limits)).finding).toBe('refused');
  });

  it('behind a forward that hangs up at once was refused in truth; held, it was taken', async () => {
    const hangingUp = await tcpServer((socket) => socket.end());
    expect((await probes.tcp('127.0.0.1', hangingUp, { ...limits, holdMs: 500 })).finding).toBe('closed');
    const resetting = await tcpServer((socket) => socket.resetAndDestroy());
    expect((await probes.tcp('127.0.0.1', resetting, { ...limits, holdMs: 500 })).finding).toBe('closed');
    const staying = await tcpServer(() => undefined);
    expect((await probes.tcp('127.0.0.1', staying, { ...limits, holdMs: 50 })).finding).toBe('ok');
  });

  it('at a name that does not exist is a matter of names', async () => {
    expect((await probes.tcp('nowhere.invalid', 80, limits)).finding).toBe('name-resolution');
  });

  it('is let go of when the check is cancelled', async () => {
    const port = await tcpServer(() => undefined);
    const stop = createStopSource();
    const asked = probes.tcp('127.0.0.1', port, { timeoutMs: 60_000, signal: stop.signal, holdMs: 60_000 });
    stop.stop('over');
    expect((await asked).finding).toBe('not-tried');
    expect((await probes.tcp('127.0.0.1', port, { timeoutMs: 1000, signal: stop.signal })).finding).toBe('not-tried');
  });

  it('is told as it is, however often and beside whatever others it is knocked at', async () => {
    const quiet = await tcpServer(() => undefined);
    const talking = await tcpServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    const leaving = await tcpServer((socket) => socket.end());
    const refusing = await freePort();
    const deaf = await startDeafListener();
    ends.push(deaf.close);
    const findings = new Map([
      [quiet, 'ok'],
      [talking, 'ok'],
      [leaving, 'ok'],
      [refusing, 'refused'],
      [deaf.port, 'timeout'],
    ]);
    const ports = Array.from({ length: 20 }, () => [...findings.keys()]).flat();
    for (let round = 0; round < 4; round += 1) {
      // Another order each time, so that a socket comes to another port than before.
      const order = [...ports.slice(round), ...ports.slice(0, round)];
      const answers = await Promise.all(
        order.map((port) => probes.tcp('127.0.0.1', port, { ...limits, timeoutMs: port === deaf.port ? 500 : 20_000 })),
      );
      expect(answers.map(({ finding }) => finding)).toEqual(order.map((port) => findings.get(port)));
      for (const [index, { reason }] of answers.entries()) expect(reason).toContain(` ${order[index]} of 127.0.0.1`);
    }
  });

  it('counts no wait for company as its duration', async () => {
    const port = await tcpServer(() => undefined);
    const knock = () => probes.tcp('127.0.0.1', port, limits);
    await knock();
    const begun = performance.now();
    const { durationMs } = await knock();
    const tookMs = performance.now() - begun;
    // The second has waited for most of a beat.
    expect(durationMs).toBeLessThan(tookMs - 300);
  });
});

describe('an address', () => {
  it('that answers is told with its status', async () => {
    const good = await web((_request, response) => response.end('fine'));
    expect(await probes.http(good, limits)).toMatchObject({ finding: 'ok', status: 200 });
    const broken = await web((_request, response) => response.writeHead(500).end());
    expect(await probes.http(broken, limits)).toMatchObject({ finding: 'ok', status: 500 });
  });

  it('that leads elsewhere is not followed', async () => {
    let visits = 0;
    const elsewhere = await web((_request, response) => {
      visits += 1;
      response.end();
    });
    const moved = await web((_request, response) => response.writeHead(302, { location: elsewhere }).end());
    expect(await probes.http(moved, limits)).toMatchObject({ finding: 'ok', status: 302 });
    expect(visits).toBe(0);
  });

  it('whose body never ends, or is huge, is not waited for', async () => {
    const slow = await web((_request, response) => response.writeHead(200).write('a'));
    const huge = await web((_request, response) => {
      response.writeHead(200);
      response.write(Buffer.alloc(64 * 1024 * 1024));
    });
    for (const url of [slow, huge]) {
      const begun = performance.now();
      expect(await probes.http(url, { ...limits, timeoutMs: 20_000 })).toMatchObject({ finding: 'ok', status: 200 });
      expect(performance.now() - begun).toBeLessThan(10_000);
    }
  });

  it('that is silent is given up on in time', async () => {
    const silent = await web(() => undefined);
    expect(await probes.http(silent, { ...limits, timeoutMs: 200 })).toMatchObject({
      finding: 'timeout',
      status: null,
    });
  });

  it('where something else speaks, or hangs up, is told apart', async () => {
    const ssh = await tcpServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    expect((await probes.http(`http://127.0.0.1:${ssh}/`, limits)).finding).toBe('no-http');
    expect((await probes.http(`https://127.0.0.1:${ssh}/`, limits)).finding).toBe('tls');
    const gone = await tcpServer((socket) => socket.destroy());
    expect((await probes.http(`http://127.0.0.1:${gone}/`, limits)).finding).toBe('closed');
    expect((await probes.http(`http://127.0.0.1:${await freePort()}/`, limits)).finding).toBe('refused');
  });

  it('whose headers have no end is cut off', async () => {
    const endless = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        if (!socket.destroyed) socket.write(`x-${'y'.repeat(4000)}: z\r\n`, () => setImmediate(more));
      };
      more();
    });
    expect((await probes.http(`http://127.0.0.1:${endless}/`, limits)).finding).toBe('no-http');
  });
});
