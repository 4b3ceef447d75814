import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endProcess } from './end-process.ts';

/** A command line as it runs, word for word. */
export function argumentsOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

/** QEMU and a client of its monitor, with nothing around them. */
export interface BareQemu {
  /** Milliseconds from the start of the process to the monitor's greeting. */
  readonly greetedAfterMs: number;
  /** Says `quit`; milliseconds until the process is gone. */
  quit(): Promise<number>;
  close(): Promise<void>;
}

export async function startBareQemu(command: readonly string[]): Promise<BareQemu> {
  const [program = '', ...args] = command;
  const qmp = socketPathIn(args, 'qmp');
  mkdirSync(path.dirname(qmp), { recursive: true, mode: 0o700 });
  const begin = performance.now();
  const child = spawn(program, args, { stdio: 'ignore' });
  const socket = await connected(qmp, child);
  await once(socket, 'data');
  const greetedAfterMs = performance.now() - begin;
  return {
    greetedAfterMs,
    quit: async () => {
      socket.write('{"execute":"qmp_capabilities"}\n');
      await once(socket, 'data');
      const gone = once(child, 'exit');
      const asked = performance.now();
      socket.write('{"execute":"quit"}\n');
      await gone;
      return performance.now() - asked;
    },
    close: async () => {
      socket.destroy();
      await endProcess(child, 'SIGKILL');
    },
  };
}

function socketPathIn(args: readonly string[], id: string): string {
  const device = args.find((argument) => argument.startsWith(`socket,id=${id},`));
  const found = /,path=([^,]+)/.exec(device ?? '')?.[1];
  if (found === undefined) throw new Error(`QEMU was started without a ${id} socket: ${args.join(' ')}`);
  return found;
}

async function connected(file: string, child: ChildProcess): Promise<Socket> {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = createConnection(file);
    try {
      await once(socket, 'connect');
      // What goes wrong later shows where it is waited for.
      socket.on('error', () => undefined);
      return socket;
    } catch {
      await pause(1);
    }
  }
  throw new Error(`QEMU ended at once with ${child.exitCode ?? child.signalCode}.`);
}
