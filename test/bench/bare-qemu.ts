import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { firstDisk } from '../../main/contract/machine.ts';
import { endProcess } from './end-process.ts';

/** A command line as it runs, word for word. */
export function argumentsOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
}

/** QEMU and a client of its monitor, with nothing around them. */
export interface BareQemu {
  readonly pid: number;
  /**
   * Milliseconds from the start of the process until the monitor has said who it is and how it does. Its greeting comes
   * long before: QEMU sends it in the middle of its own start and hears nothing until that is done.
   */
  readonly answeredAfterMs: number;
  /** The same until the greeting. */
  readonly greetedAfterMs: number;
  /** Saves memory and disk by QEMU's own job; milliseconds until it is concluded. Whatever was saved is removed again after. */
  saveSnapshot(): Promise<number>;
  /** Says `quit`; milliseconds until the process is gone. */
  quit(): Promise<number>;
  close(): Promise<void>;
}

export async function startBareQemu(command: readonly string[]): Promise<BareQemu> {
  const [program = '', ...args] = command;
  const qmp = pathIn(args, 'socket', 'qmp');
  mkdirSync(path.dirname(qmp), { recursive: true, mode: 0o700 });
  makePipe(pathIn(args, 'pipe', 'serial'));
  const begin = performance.now();
  // In a session of its own as the engine's, because kernels share processors out by session.
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  const socket = await connected(qmp, child);
  await once(socket, 'data');
  const greetedAfterMs = performance.now() - begin;
  for (const command of ['qmp_capabilities', 'query-uuid', 'query-status']) await ask(socket, command);
  const answeredAfterMs = performance.now() - begin;
  return {
    pid: child.pid ?? 0,
    answeredAfterMs,
    greetedAfterMs,
    saveSnapshot: async () => {
      const asked = performance.now();
      await runJob(socket, 'snapshot-save', { vmstate: firstDisk });
      const elapsed = performance.now() - asked;
      await runJob(socket, 'snapshot-delete', {});
      return elapsed;
    },
    quit: async () => {
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

async function ask(socket: Socket, command: string, args: object = {}, until = '"return"'): Promise<void> {
  socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
  for (let said = ''; !said.includes(until); ) {
    said += String((await once(socket, 'data'))[0]);
    if (said.includes('"error"')) throw new Error(`QEMU refused ${command}: ${said}`);
  }
}

async function runJob(socket: Socket, command: string, more: object): Promise<void> {
  const job = { 'job-id': command, tag: 'bench', devices: [firstDisk], ...more };
  await ask(socket, command, job, '"concluded"');
  await ask(socket, 'job-dismiss', { id: command });
}

/** What QEMU waits for at its start: both ends of the serial console. */
function makePipe(file: string): void {
  if (existsSync(`${file}.in`)) return;
  execFileSync('mkfifo', ['-m', '600', `${file}.in`]);
  symlinkSync('/dev/null', `${file}.out`);
}

function pathIn(args: readonly string[], kind: 'socket' | 'pipe', id: string): string {
  const device = args.find((argument) => argument.startsWith(`${kind},id=${id},`));
  const found = /,path=([^,]+)/.exec(device ?? '')?.[1];
  if (found === undefined) throw new Error(`QEMU was started without a ${id} ${kind}: ${args.join(' ')}`);
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
