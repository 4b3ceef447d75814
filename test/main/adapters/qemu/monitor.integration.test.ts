import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentLanes } from '../../../../main/adapters/qemu/guest-agent-lanes.ts';
import { connectQmp, type QmpEvent } from '../../../../main/adapters/qemu/qmp-client.ts';
import { clearStaleSocket } from '../../../../main/adapters/qemu/start-machine.ts';
import { eventually } from '../../../support/eventually.ts';
import { createRealClock } from '../../../support/real-clock.ts';

const greeting = '{"QMP":{"version":{},"capabilities":[]}}\n';
let folder = '';
let socketPath = '';
let server: Server;
let behave: (socket: Socket) => void;
let events: QmpEvent[];
let closed: string[];

beforeEach(async () => {
  folder = mkdtempSync('/tmp/vm-');
  socketPath = path.join(folder, 's');
  events = [];
  closed = [];
  server = createServer((socket) => {
    socket.on('error', () => {});
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Greets and answers each command by `answer`. */
function monitor(answer: (command: { execute: string; id: number }, socket: Socket) => void) {
  behave = (socket) => {
    socket.write(greeting);
    socket.on('data', (chunk) => {
      for (const line of String(chunk).trim().split('\n')) {
        const command = JSON.parse(line);
        if (command.execute === 'qmp_capabilities') socket.write(`{"return":{},"id":${command.id}}\n`);
        else answer(command, socket);
      }
    });
  };
}

const open = (timeoutMs = 2000) => {
  // This test's own: the end of an earlier test's connection may still be told.
  const heard = { events, closed };
  return connectQmp({
    path: socketPath,
    generation: 7,
    clock: createRealClock(),
    timeoutMs,
    onEvent: (event) => heard.events.push(event),
    onClosed: (reason) => heard.closed.push(reason),
  });
};

describe('the monitor', () => {
  it('without a greeting is given up in time', async () => {
    behave = () => {};
    await expect(open(100)).rejects.toMatchObject({ code: 'timeout' });
    await eventually('the connection is closed', () => closed.length === 1);
  });

  it('answers by number, in any order and any pieces', async () => {
    const held: number[] = [];
    monitor((command, socket) => {
      held.push(command.id);
      if (held.length < 2) return;
      for (const byte of held
        .reverse()
        .map((id) => `{"return":${id},"id":${id}}\n`)
        .join(''))
        socket.write(byte);
    });
    const client = await open();
    const answers = await Promise.all([client.execute('a'), client.execute('b')]);
    expect(answers).toEqual([...held].reverse());
    client.close();
  });

  it("passes on QEMU's refusal, and drops an answer that comes too late", async () => {
    monitor(({ execute, id }, socket) => {
      if (execute === 'bad') socket.write(`{"error":{"class":"x","desc":"no such thing"},"id":${id}}\n`);
      if (execute === 'after') socket.write(`{"return":"late","id":${id - 1}}\n{"return":"right","id":${id}}\n`);
    });
    const client = await open();
    await expect(client.execute('bad')).rejects.toMatchObject({
      code: 'refused',
      message: 'QEMU refused: no such thing',
    });
    await expect(client.execute('slow', undefined, { timeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
    expect(await client.execute('after')).toBe('right');
    client.close();
  });

  it('tells events with the generation of their connection, and survives what is no message', async () => {
    monitor((command, socket) => {
      socket.write(
        'null\n[]\nnot json\n\n{"event":5}\n{"event":"STOP","timestamp":{"seconds":2,"microseconds":500}}\n',
      );
      socket.write(`{"return":{},"id":${command.id}}\n`);
    });
    const client = await open();
    await client.execute('a');
    expect(events).toEqual([{ generation: 7, name: 'STOP', data: {}, atMs: 2000.5 }]);
    client.close();
  });

  it('that floods one line without end is cut off', async () => {
    monitor((_command, socket) => socket.write(Buffer.alloc(6 * 1024 * 1024, 0x61)));
    const client = await open();
    await expect(client.execute('a', undefined, { timeoutMs: 10_000 })).rejects.toMatchObject({ code: 'unreachable' });
    expect(closed).toHaveLength(1);
  });

  it('that ends fails what still waits, once', async () => {
    monitor((_command, socket) => socket.destroy());
    const client = await open();
    await expect(client.execute('a')).rejects.toMatchObject({ code: 'unreachable' });
    await expect(client.execute('b')).rejects.toMatchObject({ code: 'unreachable' });
    expect([client.isOpen, closed.length]).toEqual([false, 1]);
  });
});

describe('the guest agent', () => {
  const ask = (timeoutMs = 2000) => createAgentLanes(createRealClock()).powerOff(socketPath, { timeoutMs });

  it('is believed only after it gave back the number of this moment', async () => {
    const heard: string[] = [];
    behave = (socket) => {
      socket.write('{"return":1}\n{"return":{"stale":true}}\n');
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1');
        heard.push(text);
        const id = /"id":(\d+)/.exec(text)?.[1];
        if (id !== undefined)
          socket.write(Buffer.concat([Buffer.from('rubbish'), Buffer.of(0xff), Buffer.from(`{"return":${id}}\n`)]));
      });
    };
    await ask();
    await eventually('the request arrives', () => heard.some((text) => text.includes('guest-shutdown')));
    expect(heard[0]?.charCodeAt(0)).toBe(0xff);
    expect(heard[0]).toContain('guest-sync-delimited');
  });

  it('that is silent is given up, and never asked to shut down', async () => {
    const heard: string[] = [];
    behave = (socket) => {
      socket.write('{"return":1}\n');
      socket.on('data', (chunk) => heard.push(String(chunk)));
    };
    await expect(ask(100)).rejects.toMatchObject({ code: 'timeout' });
    expect(heard.join('')).not.toContain('guest-shutdown');
  });
});

describe('a socket that lies in the way', () => {
  it('stays when somebody listens', async () => {
    behave = () => {};
    await expect(clearStaleSocket(socketPath)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('goes when nobody listens any more, and an absent one is no fault', async () => {
    // Left behind as by a kill -9: the name stays, the listener is gone.
    const left = path.join(folder, 'left');
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(`${socketPath}2`, resolve));
    renameSync(`${socketPath}2`, left);
    await new Promise((resolve) => dead.close(resolve));
    expect(existsSync(left)).toBe(true);
    await clearStaleSocket(left);
    expect(existsSync(left)).toBe(false);
    await clearStaleSocket(left);
  });
});
