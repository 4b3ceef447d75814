import { type ChildProcess, type ExecFileSyncOptions, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectNode } from '../../../scripts/project.mjs';
import { type KeyPair, makeKeyPair } from '../sshd.ts';

/** How the own network may be cut while everything at its other end is well. */
export const networkCuts = ['link down', 'route gone', 'names gone', 'packets dropped'] as const;
export type NetworkCut = (typeof networkCuts)[number];

/** A network behind one cable: a router that is the name server as well, and machines behind it. */
export interface Outside {
  /** Lets in as root. */
  readonly key: KeyPair;
  readonly sshPort: 22;
  cut(how: NetworkCut): void;
  mend(how: NetworkCut): void;
}

const here = '10.99.0.2';
const router = '10.99.0.1';

/**
 * Makes it, with `machines` at 10.99.N.1, all of them one real sshd. To be called in a network and mount namespace of its own,
 * whose only cable it becomes; everything ends with that.
 */
export async function makeOutside(folder: string, machines: number): Promise<Outside> {
  const key = makeKeyPair(folder, 'client');
  const hostKey = makeKeyPair(folder, 'host');
  const other = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  await inOtherNetwork(other);
  const door = `--net=/proc/${other.pid}/ns/net`;
  const quiet: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'pipe'] };
  const inside = (...args: string[]) => execFileSync('ip', args, quiet);
  const there = (...args: string[]) => execFileSync('nsenter', [door, 'ip', ...args], quiet);
  inside('link', 'set', 'lo', 'up');
  inside('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1', 'netns', String(other.pid));
  there('link', 'set', 'lo', 'up');
  there('address', 'add', `${router}/24`, 'dev', 'v1');
  there('link', 'set', 'v1', 'up');
  for (let index = 1; index <= machines; index += 1) there('address', 'add', `10.99.${index}.1/32`, 'dev', 'lo');
  inside('address', 'add', `${here}/24`, 'dev', 'v0');
  inside('link', 'set', 'v0', 'up');
  const setRoute = () => inside('route', 'add', 'default', 'via', router);
  setRoute();

  writeFileSync(path.join(folder, 'authorized_keys'), `${key.publicLine}\n`);
  const lines = [
    `HostKey ${hostKey.file}`,
    `AuthorizedKeysFile ${path.join(folder, 'authorized_keys')}`,
    ...['PermitRootLogin yes', 'PidFile none', 'UsePAM no', 'StrictModes no', 'UseDNS no', 'MaxStartups 200'],
    `SetEnv HOME=${folder}`,
  ];
  const config = path.join(folder, 'sshd_config');
  writeFileSync(config, `${lines.join('\n')}\n`);
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  // Where names are asked, for this namespace alone.
  const names = path.join(folder, 'resolv.conf');
  writeFileSync(names, `nameserver ${router}\noptions timeout:1 attempts:1\n`);
  execFileSync('mount', ['--bind', names, '/etc/resolv.conf']);
  const startThere = (command: string, ...args: string[]) =>
    spawn('nsenter', [door, command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  // For each connection it would begin itself anew, which takes longer than to let somebody in.
  startThere('/usr/sbin/sshd', '-D', '-r', '-f', config);
  const nameServer = startThere(projectNode(), path.join(import.meta.dirname, 'name-server.ts'));
  await new Promise((resolve) => nameServer.stdout?.once('data', resolve));

  return {
    key,
    sshPort: 22,
    cut: (how) => {
      switch (how) {
        case 'link down':
          inside('link', 'set', 'v0', 'down');
          return;
        case 'route gone':
          inside('route', 'del', 'default');
          return;
        case 'names gone':
          nameServer.kill('SIGSTOP');
          return;
        case 'packets dropped':
          // It still hears everything; what it says goes nowhere.
          there('route', 'add', 'blackhole', `${here}/32`);
      }
    },
    mend: (how) => {
      switch (how) {
        case 'link down':
          inside('link', 'set', 'v0', 'up');
          setRoute();
          return;
        case 'route gone':
          setRoute();
          return;
        case 'names gone':
          nameServer.kill('SIGCONT');
          return;
        case 'packets dropped':
          there('route', 'del', 'blackhole', `${here}/32`);
      }
    },
  };
}

/** Waits until it has left our network for one of its own. */
async function inOtherNetwork({ pid }: ChildProcess): Promise<void> {
  const network = (id: string) => execFileSync('readlink', [`/proc/${id}/ns/net`], { encoding: 'utf8' });
  const own = network('self');
  while (network(String(pid)) === own) await new Promise((resolve) => setTimeout(resolve, 20));
}
