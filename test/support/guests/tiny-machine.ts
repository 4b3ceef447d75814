import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { freePort, type KeyPair, makeKeyPair } from '../sshd.ts';
import { tinyLinux } from './tiny-linux.ts';

/** The tiny Linux as a machine of Vigil, with a way into it that Vigil knows nothing of. */
export interface TinyMachine {
  /** The one who is let in. */
  readonly key: KeyPair;
  readonly user: string;
  /** Leads to the dropbear that Vigil is to watch. */
  readonly sshPort: number;
  /** What `vigil create NAME` takes to make it. */
  readonly createFlags: readonly string[];
  /** A command in the guest over OpenSSH's own client and the guest's side door; its output. */
  run(command: string, limitMs?: number): Promise<string>;
  /** The same as a process whose input and output are pipes; whoever starts it ends it. */
  spawn(command: string): ChildProcess;
  /** Waits until the guest has booted. */
  booted(): Promise<void>;
  /** Removes the keys. */
  dispose(): void;
}

export interface TinyMachineOptions {
  readonly cpus?: number;
  /** Added to the kernel's command line. */
  readonly append?: string;
  readonly diskMib?: number;
}

const bootMs = 90_000;
const pollMs = 250;

export async function tinyMachine({
  cpus = 1,
  append = '',
  diskMib = 16,
}: TinyMachineOptions = {}): Promise<TinyMachine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigil-tiny-'));
  const key = makeKeyPair(folder, 'client');
  const guest = await tinyLinux({ authorizedKey: key.publicLine });
  const sshPort = await freePort();
  const sidePort = await freePort();
  const argumentsFor = (command: string): readonly string[] => {
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'BatchMode=yes'];
    return [
      ...['-F', 'none', '-q', '-i', key.file, '-p', String(sidePort), '-o', 'ConnectTimeout=5'],
      ...options.flatMap((option) => ['-o', option]),
      ...[`${guest.user}@127.0.0.1`, command],
    ];
  };
  const environment = { PATH: process.env.PATH, HOME: folder };
  const run = (command: string, limitMs = 120_000) =>
    new Promise<string>((resolve, reject) => {
      const limits = { timeout: limitMs, maxBuffer: 64 * 1024 * 1024, env: environment };
      execFile('ssh', argumentsFor(command), limits, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
    });
  return {
    key,
    user: guest.user,
    sshPort,
    createFlags: [
      ...['--cpus', String(cpus), '--memory', '192', '--disk', String(diskMib)],
      ...['--kernel', guest.kernel, '--initrd', guest.initrd, '--append', `${guest.append} ${append}`.trim()],
      ...['--forward', `${sshPort}:22`, '--forward', `${sidePort}:2022`],
    ],
    run,
    spawn: (command) => spawn('ssh', argumentsFor(command), { stdio: ['pipe', 'pipe', 'ignore'], env: environment }),
    booted: async () => {
      await eventually('the guest to let the test in', () => run('echo in'), bootMs, pollMs);
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
