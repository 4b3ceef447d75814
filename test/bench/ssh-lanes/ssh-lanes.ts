import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { createSsh } from '../../../main/adapters/ssh/ssh.ts';
import { createStopSource } from '../../../main/contract/stop-signal.ts';
import { guestRoutineCommand } from '../../../main/engine/metrics/guest-report.ts';
import type { Ssh } from '../../../main/engine/ports/ssh.ts';
import { findCommand } from '../../../scripts/debian-packages.mjs';
import { createRealClock } from '../../support/real-clock.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { CannotRun, type Contest, type Goal, type Lane } from '../lane.ts';

const kex = 'curve25519-sha256';
const sampleCommand = 'cat /proc/stat /proc/meminfo /proc/loadavg; df -kP /';
const shared = { area: 'ssh', unit: 'per s', rounds: 7, warmUps: 1, limitMs: 180_000 } as const;

/** Every lane measures how often a second a piece of work gets done, over a stretch of time, by so many at once. */
export const sshLanes: readonly Lane[] = [
  freshCommandLane(1, { atLeast: 2.2 }),
  freshCommandLane(10, { atLeast: 1.5 }),
  {
    ...shared,
    id: 'P15',
    title: 'fresh check',
    reference: 'a connection of ssh2 as it comes, same key exchange',
    goal: { atLeast: 4 },
    open: () =>
      onSshd(async (rig) => {
        const openDefault = async () => void (await rig.openDefault()).end();
        const cpuMs = await processorTimeOf(rig.check);
        const defaultMs = await processorTimeOf(openDefault);
        return {
          ours: () => rateOf(rig.check, 1),
          reference: () => rateOf(openDefault, 1),
          notes: () => [
            `One check takes ${cpuMs.toFixed(1)} ms of our processor time, one connection of ssh2 as it comes ${defaultMs.toFixed(1)}; the goal is 4.`,
          ],
        };
      }),
  },
  keptOpenLane('OpenSSH with a ControlMaster', 1, { atLeast: 6 }, controlMaster),
  keptOpenLane('OpenSSH with a ControlMaster', 6, { atLeast: 6 }, controlMaster),
  keptOpenLane('exec of ssh2 as it comes', 1, { atLeast: 35 }, defaultExec),
  {
    ...shared,
    id: 'P16',
    title: 'routine reading of a guest',
    reference: 'the same shell words in a bare loop on a bare channel',
    goal: { atLeast: 0.8 },
    open: () =>
      onSshd(async (rig) => {
        const { once, close } = await bareLoop(rig);
        return { ours: () => rateOf(() => rig.run(guestRoutineCommand), 1), reference: () => rateOf(once, 1), close };
      }),
  },
];

function freshCommandLane(atOnce: number, goal: Goal): Lane {
  return {
    ...shared,
    id: 'P15',
    title: `fresh connection and one command, ${atOnce} at once`,
    reference: 'the OpenSSH client, same key exchange',
    goal,
    open: () =>
      onSshd(async (rig) => ({
        ours: () => rateOf(rig.freshCommand, atOnce),
        reference: () =>
          rateOf(() => runSsh([...rig.sshOptions, '-o', `KexAlgorithms=${kex}`, rig.destination, 'true']), atOnce),
      })),
  };
}

/** The same command on both sides, each on a connection that is kept open. */
function keptOpenLane(
  reference: string,
  atOnce: number,
  goal: Goal,
  open: (rig: Rig) => Promise<{ once(): Promise<void>; close(): Promise<void> }>,
): Lane {
  return {
    ...shared,
    id: 'P16',
    title: `kept open, ${atOnce} at once, against ${reference}`,
    reference,
    goal,
    open: () =>
      onSshd(async (rig) => {
        const { once, close } = await open(rig);
        return {
          ours: () => rateOf(() => rig.run(sampleCommand), atOnce),
          reference: () => rateOf(once, atOnce),
          close,
        };
      }),
  };
}

async function controlMaster(rig: Rig) {
  const control = [...rig.sshOptions, '-o', `ControlPath=${path.join(rig.folder, 'master')}`];
  await runSsh([...control, '-o', 'ControlMaster=yes', '-o', 'ControlPersist=yes', rig.destination, 'true']);
  return {
    once: () => runSsh([...control, rig.destination, sampleCommand]),
    close: () => runSsh([...control, '-O', 'exit', rig.destination]).catch(() => undefined),
  };
}

async function defaultExec(rig: Rig) {
  const client = await rig.openDefault();
  return { once: () => execDefault(client, sampleCommand), close: async () => void client.end() };
}

/** What a read loop in the other side's shell can do at best: no guard, no limit, nothing but the words and their end. */
async function bareLoop(rig: Rig) {
  const client = await rig.openWithoutDelay();
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.exec('exec sh', (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  channel.stderr.resume();
  let answered = () => {};
  channel.on('data', (chunk: Buffer) => {
    if (chunk.toString('latin1').endsWith('=end=\n')) answered();
  });
  channel.write(`while read -r go; do ${guestRoutineCommand}; echo =end=; done\n`);
  return {
    once: () =>
      new Promise<void>((resolve) => {
        answered = resolve;
        channel.write('go\n');
      }),
    close: async () => void client.end(),
  };
}

const stretchMs = 1500;

/** Times a second. */
async function rateOf(once: () => Promise<void>, atOnce: number): Promise<number> {
  const begun = performance.now();
  let done = 0;
  const worker = async () => {
    do {
      await once();
      done += 1;
    } while (performance.now() - begun < stretchMs);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (done * 1000) / (performance.now() - begun);
}

async function processorTimeOf(once: () => Promise<void>): Promise<number> {
  const times = 50;
  await once();
  const before = process.cpuUsage();
  for (let index = 0; index < times; index += 1) await once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

/** A contest on a real sshd of its own, which ends with the contest. */
async function onSshd(
  open: (rig: Rig) => Promise<Omit<Contest, 'close'> & Partial<Pick<Contest, 'close'>>>,
): Promise<Contest> {
  for (const program of ['ssh', 'sshd']) if (!findCommand(program)) throw new CannotRun(`${program} is not installed.`);
  const sshd = await startSshd(['LogLevel ERROR', 'MaxSessions 100']);
  const rig = rigOf(sshd);
  const end = async () => {
    await rig.close();
    await sshd.dispose();
  };
  try {
    const contest = await open(rig);
    return {
      ...contest,
      close: async () => {
        await contest.close?.();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

type Rig = ReturnType<typeof rigOf>;

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
    openDefault: () => openBare({}),
    openWithoutDelay: () => openBare({ sock: connect({ host: target.host, port: target.port, noDelay: true }) }),
    close: () => ssh.forget(),
  };

  function openBare(socket: { readonly sock?: Socket }): Promise<Client> {
    return new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      client.once('ready', () => resolve(client)).on('error', reject);
      client.connect({
        ...target,
        ...socket,
        username: target.user,
        privateKey: readFileSync(target.keyFile),
        algorithms: { kex: [kex] },
      });
    });
  }
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
