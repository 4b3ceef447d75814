import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { failureOf } from '../../main/contract/failure.ts';
import { canary, hitsOf, type Place, type Secret, secretBytes, token } from './canaries.ts';
import { eventually } from './eventually.ts';
import type { MisbehavingServer } from './misbehaving-ssh-server.ts';
import { searchedEngine } from './searched-engine.ts';
import { checkBehaviours } from './ssh-behaviours/check-behaviours.ts';
import { makeSshRig } from './ssh-behaviours/ssh-rig.ts';
import { makeKeyPair, startSshd } from './sshd.ts';

export interface SshCanaryReport {
  readonly secrets: number;
  readonly places: readonly Place[];
  /** `slot in place`. */
  readonly hits: readonly string[];
  readonly servers: number;
  /** Servers that were offered a key. */
  readonly offered: number;
}

const patienceMs = 120_000;

/**
 * Keys with a passphrase, without one, in an agent, broken and open to all, and every server of docs/guides/ssh-checks.md
 * that they are offered to; the engine is killed and begun again. `leak`: the control, a key for a user name.
 */
export async function canarySshRound({ leak = false } = {}): Promise<SshCanaryReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vk-'));
  const home = path.join(folder, 'home');
  const rig = makeSshRig();
  const sshd = await startSshd();
  const servers: MisbehavingServer[] = [];
  const searched = searchedEngine(folder, home);
  const { say } = searched;
  const agentSocket = path.join(folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', agentSocket], { stdio: 'ignore' });
  try {
    await eventually('an agent', () => existsSync(agentSocket), patienceMs);
    const secrets: Secret[] = [...privateHalf('key of a file', rig.clientKey.file)];
    secrets.push(...privateHalf('key of the real server', sshd.clientKey.file));
    const locked = makeKeyPair(folder, 'locked');
    secrets.push(...privateHalf('key in the agent', locked.file));
    execFileSync('ssh-add', ['-q', locked.file], {
      env: { ...process.env, SSH_AUTH_SOCK: agentSocket },
      stdio: 'ignore',
    });
    const passphrase = 'c4n4rypassphrasex7f3a9';
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', locked.file]);
    secrets.push(canary('passphrase', passphrase), ...linesOf('locked key file', locked.file));
    sshd.authorize([sshd.clientKey.publicLine, locked.publicLine]);
    const broken = path.join(folder, 'broken');
    writeFileSync(broken, '-----BEGIN OPENSSH PRIVATE KEY-----\nc4n4rybrokenkeyx7f3a9\nAAAA\n', { mode: 0o600 });
    secrets.push(canary('broken key file', 'c4n4rybrokenkeyx7f3a9'));
    const open = path.join(folder, 'open');
    copyFileSync(rig.clientKey.file, open);
    chmodSync(open, 0o644);

    const ownSsh = path.join(folder, '.ssh');
    mkdirSync(ownSsh, { mode: 0o700 });
    copyFileSync(rig.knownHosts, path.join(ownSsh, 'known_hosts'));
    const environment = { HOME: folder, SSH_AUTH_SOCK: agentSocket };
    let engine = await searched.begin(environment);
    let added = 0;
    const add = async (port: number, keyFile: string): Promise<void> => {
      const draft = {
        name: `host-${added++}`,
        address: '127.0.0.1',
        port,
        user: sshd.user,
        keyFile,
        trustOnFirstUse: true,
      };
      say('call host.add', JSON.stringify(await engine.call('host.add', draft).catch(failureOf)));
    };
    for (const keyFile of [sshd.clientKey.file, locked.file, broken, open]) await add(sshd.port, keyFile);
    for (const behaviour of checkBehaviours.filter(({ needsIpv6 }) => !needsIpv6)) {
      const server = await behaviour.start(rig);
      servers.push(server);
      await add(server.port, rig.clientKey.file);
    }
    if (leak) {
      const body = readFileSync(rig.clientKey.file, 'utf8').trim().split('\n').at(-2) ?? '';
      await engine.call('host.add', { name: 'leak', address: '127.0.0.1', keyFile: `/${body}` }).catch(failureOf);
    }
    const readAll = async (): Promise<void> => {
      say('call health.check', JSON.stringify(await engine.call('health.check', {}).catch(failureOf)));
      say('call machine.list', JSON.stringify(await engine.call('machine.list', {})));
      for (const { name } of await engine.call('machine.list', {})) {
        say('call machine.why', JSON.stringify(await engine.call('machine.why', { machine: name }).catch(failureOf)));
        say('call ssh.target', JSON.stringify(await engine.call('ssh.target', { machine: name }).catch(failureOf)));
      }
      for (const command of ['list', 'history', 'lifecycle daemon status'])
        for (const form of [[], ['--json']]) await searched.command([...command.split(' '), ...form]);
    };
    await readAll();
    await searched.kill(engine);
    engine = await searched.begin(environment);
    await readAll();
    await searched.end(engine);
    searched.gather();
    return {
      secrets: secrets.length,
      places: searched.places,
      hits: hitsOf(secrets, searched.places, () => false),
      servers: servers.length,
      offered: servers.filter(({ attempts }) => attempts.includes('publickey')).length,
    };
  } finally {
    await searched.close();
    for (const server of servers) await server.close();
    await sshd.dispose();
    agent.kill('SIGKILL');
    rig.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The seed of an Ed25519 key, and the lines of its file. */
function privateHalf(slot: string, file: string): readonly Secret[] {
  const body = Buffer.from(readFileSync(file, 'utf8').replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const encoded = readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '';
  const publicHalf = Buffer.from(encoded, 'base64').subarray(-32);
  const at = body.lastIndexOf(publicHalf);
  return [secretBytes(slot, body.subarray(at - 32, at)), ...linesOf(`${slot}, its file`, file)];
}

/** The second half of the file: before it stand what every file of a key begins with, and the public half. */
function linesOf(slot: string, file: string): readonly Secret[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1, -1);
  return lines.slice(Math.ceil(lines.length / 2)).map((line) => token(slot, line));
}
