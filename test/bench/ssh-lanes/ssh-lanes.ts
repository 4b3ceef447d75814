import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ssh2, { type Client } from 'ssh2';
import { createSsh } from '../../../main/adapters/ssh/ssh.ts';
import { createStopSource } from '../../../main/contract/stop-signal.ts';
import type { Ssh } from '../../../main/engine/ports/ssh.ts';
import { createRealClock } from '../../support/real-clock.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { type LaneResult, pairedRounds } from './paired-rounds.ts';

export interface LaneOptions {
  readonly rounds: number;
  readonly roundMs: number;
}

const usual: LaneOptions = { rounds: 5, roundMs: 1500 };
const kex = 'curve25519-sha256';
const sampleCommand = 'cat /proc/stat /proc/meminfo /proc/loadavg; df -kP /';

/** P15: a fresh connection that runs one command, against the OpenSSH client with the same key exchange. */
export async function freshCommandLane(atOnce: number, options: LaneOptions = usual): Promise<LaneResult> {
  return withSshd((rig) =>
    pairedRounds(
      `fresh connection and one command, ${atOnce} at once`,
      [
        { name: 'vigil', once: () => rig.freshCommand() },
        {
          name: 'openssh',
          once: () => runSsh([...rig.sshOptions, '-o', `KexAlgorithms=${kex}`, rig.destination, 'true']),
        },
      ],
      { ...options, atOnce },
    ),
  );
}

/** P15: a check, against ssh2 as it comes; and the processor time that one costs us. */
export async function freshCheckLane(options: LaneOptions = usual): Promise<LaneResult & { readonly cpuMs: number }> {
  return withSshd(async (rig) => {
    const result = await pairedRounds(
      'fresh check, 1 at once',
      [
        { name: 'vigil', once: () => rig.check() },
        { name: 'ssh2 default', once: async () => void (await rig.openDefault()).end() },
      ],
      { ...options, atOnce: 1 },
    );
    const before = process.cpuUsage();
    const checks = 50;
    for (let index = 0; index < checks; index++) await rig.check();
    const { user, system } = process.cpuUsage(before);
    return { ...result, cpuMs: (user + system) / 1000 / checks };
  });
}

/** P16: the same command on a connection that is kept open, against a ControlMaster and against ssh2 as it comes. */
export async function keptOpenLane(atOnce: number, options: LaneOptions = usual): Promise<LaneResult> {
  return withSshd(async (rig) => {
    const master = path.join(rig.folder, 'master');
    const control = [...rig.sshOptions, '-o', `ControlPath=${master}`];
    await runSsh([...control, '-o', 'ControlMaster=yes', '-o', 'ControlPersist=yes', rig.destination, 'true']);
    const client = await rig.openDefault();
    try {
      return await pairedRounds(
        `kept open, ${atOnce} at once`,
        [
          { name: 'vigil', once: () => rig.run(sampleCommand) },
          { name: 'controlmaster', once: () => runSsh([...control, rig.destination, sampleCommand]) },
          { name: 'ssh2 default', once: () => execDefault(client, sampleCommand) },
        ],
        { ...options, atOnce },
      );
    } finally {
      client.end();
      await runSsh([...control, '-O', 'exit', rig.destination]).catch(() => undefined);
    }
  });
}

/** Every lane, for a runner. */
export async function lane(options: LaneOptions = usual): Promise<readonly LaneResult[]> {
  return [
    await freshCommandLane(1, options),
    await freshCommandLane(10, options),
    await freshCheckLane(options),
    await keptOpenLane(1, options),
    await keptOpenLane(6, options),
  ];
}

async function withSshd<T>(work: (rig: ReturnType<typeof rigOf>) => Promise<T>): Promise<T> {
  const sshd = await startSshd(['LogLevel ERROR', 'MaxSessions 100']);
  const rig = rigOf(sshd);
  try {
    return await work(rig);
  } finally {
    await rig.close();
    await sshd.dispose();
  }
}

function rigOf(sshd: Sshd) {
  const known = path.join(sshd.folder, 'known');
  writeFileSync(known, `[127.0.0.1]:${sshd.port} ${sshd.hostKey.publicLine}\n`);
  const never = createStopSource().signal;
  const make = () =>
    createSsh({
      home: sshd.folder,
      clock: createRealClock(),
      log: recordingLog(),
      knownHostsFiles: [known],
      agentPath: null,
    });
  const ssh = make();
  /** One connection per target is kept: those at work at once each need their own. */
  const idle: Ssh[] = [];
  const target = {
    host: sshd.host,
    port: sshd.port,
    user: sshd.user,
    keyFile: sshd.clientKey.file,
    hostKeyAlias: null,
    trustOnFirstUse: false,
  };
  const settings = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${known}`,
    'GlobalKnownHostsFile=/dev/null',
  ];
  return {
    folder: sshd.folder,
    destination: `${sshd.user}@${sshd.host}`,
    sshOptions: [
      '-F',
      'none',
      '-p',
      String(sshd.port),
      '-i',
      target.keyFile,
      ...settings.flatMap((line) => ['-o', line]),
    ],
    check: async () => {
      const { finding, reason } = await ssh.check(target, 20_000, never);
      if (finding !== 'ok') throw new Error(reason);
    },
    freshCommand: async () => {
      const own = idle.pop() ?? make();
      await own.run(target, 'true', 20_000, never);
      await own.forget();
      idle.push(own);
    },
    run: async (command: string) => {
      const { stdout } = await ssh.run(target, command, 20_000, never);
      if (!stdout.includes('MemTotal')) throw new Error('the command said too little');
    },
    /** ssh2 without anything of ours: no `setNoDelay`, no verifier. */
    openDefault: () =>
      new Promise<Client>((resolve, reject) => {
        const client = new ssh2.Client();
        client.once('ready', () => resolve(client)).on('error', reject);
        client.connect({
          ...target,
          username: target.user,
          privateKey: readFileSync(target.keyFile),
          algorithms: { kex: [kex] },
        });
      }),
    close: () => ssh.forget(),
  };
}

function execDefault(client: Client, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      channel.on('close', () => resolve()).resume();
      channel.stderr.resume();
      channel.end();
    });
  });
}

function runSsh(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', args, { stdio: ['ignore', 'ignore', 'ignore'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`ssh ended with ${code}`))));
  });
}

if (import.meta.main) {
  const short = process.argv.includes('--short');
  for (const result of await lane(short ? { rounds: 3, roundMs: 700 } : usual)) console.log(JSON.stringify(result));
}
