import { execFile } from 'node:child_process';
import { eventually } from '../eventually.ts';
import { type DebianGuest, debianDiskMib } from './debian.ts';

/** A way into a Debian guest that Vigil knows nothing of. */
export interface DebianShell {
  /** A command in the guest over OpenSSH's own client; its output. Rejects when it fails or takes longer. */
  run(command: string, limitMs?: number): Promise<string>;
  /** What OpenSSH's client takes to run a command there. */
  arguments(command: string): readonly string[];
  /** Waits until the guest lets a test in. */
  booted(): Promise<void>;
}

/** A slow computer whose cores are all in use. */
const bootMs = 420_000;
/** Each look is a connection, and the guest has its boot to do. */
const pollMs = 1000;

/** `port` of this computer leads to the guest's port 22. */
export function debianShell(guest: DebianGuest, port: number, user: 'root' | 'vigil' = 'root'): DebianShell {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'ConnectTimeout=60',
  ];
  const argumentsFor = (command: string) => [
    ...['-F', 'none', '-q', '-i', guest.key.file, '-p', String(port)],
    ...options.flatMap((option) => ['-o', option]),
    ...[`${user}@127.0.0.1`, command],
  ];
  const run = (command: string, limitMs = 60_000) =>
    new Promise<string>((resolve, reject) => {
      execFile(
        'ssh',
        argumentsFor(command),
        { timeout: limitMs, env: { PATH: process.env.PATH, HOME: '/nonexistent' } },
        (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
      );
    });
  return {
    run,
    arguments: argumentsFor,
    booted: async () => {
      await eventually('the Debian guest to let the test in', () => run('echo in', 20_000), bootMs, pollMs);
    },
  };
}

/** What a machine that boots the guest is made of, beside its disk (`layDebianDisk`) and its forwards. */
export function debianConfig(guest: DebianGuest) {
  const { kernel, initrd, append } = guest;
  return { cpus: 1, memoryMib: 384, diskMib: debianDiskMib, kernel, initrd, append };
}

/** The same on the command line of `vigil create`; `port` of this computer leads to its sshd. */
export function debianCreateFlags(guest: DebianGuest, port: number): readonly string[] {
  const { append, cpus, diskMib, initrd, kernel, memoryMib } = debianConfig(guest);
  return [
    ...['--cpus', String(cpus), '--memory', String(memoryMib), '--disk', String(diskMib)],
    ...['--kernel', kernel, '--initrd', initrd, '--append', append, '--forward', `${port}:22`],
  ];
}
