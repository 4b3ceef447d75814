import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { findCommand } from '../../../scripts/debian-packages.mjs';
import { type KeyPair, makeKeyPair } from '../sshd.ts';
import { type CpioEntry, cpioArchive } from './cpio-archive.ts';
import { cachedGuest, isGuestCached } from './guest-cache.ts';
import { unpackedKernel } from './unpacked-kernel.ts';

/** A whole Debian 12: systemd, sshd, the guest agent, a login prompt on ttyS0. */
export interface DebianGuest {
  /** A compressed qcow2 image that many use at once and nobody writes: a backing file, or the source of a copy. */
  readonly image: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly append: string;
  /** Its host key as `TYPE BASE64`, for a known_hosts line: every start of one image shows the same. */
  readonly hostKey: string;
  /** Lets in, as `root` and as `vigil`. */
  readonly key: KeyPair;
  /** An account without privileges. */
  readonly user: 'vigil';
  /** Of `root` and of `vigil`, at the console. */
  readonly password: 'vigil';
  readonly hostName: 'debian-guest';
}

/** What the image holds; a machine that boots from it has at least as much disk. */
export const debianDiskMib = 2048;

/** For the hook that asks for the guest: the first one on a computer waits until it is built. */
export const debianBuildMs = 10 * 60_000;

const run = promisify(execFile);
const name = 'debian-12';
const buildScript = path.join(import.meta.dirname, 'debian-build.sh');
/** Of root, who only runs commands, no manager of his own is started: it takes a guest ten seconds of its processor. */
const append =
  'root=/dev/vda rw console=ttyS0 net.ifnames=0 quiet panic=-1 cryptomgr.notests systemd.mask=user@0.service';

/** What debootstrap mounts and starts disappears with it, however it ends. */
const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child'];

/** Files laid over the bare system. */
const files: Readonly<Record<string, string>> = {
  'etc/hostname': 'debian-guest\n',
  'etc/hosts': '127.0.0.1 localhost debian-guest\n',
  'etc/resolv.conf': 'nameserver 10.0.2.3\n',
  'etc/systemd/network/20-wired.network': '[Match]\nName=eth*\n\n[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n',
  // The same moment may be gone back to many times: what was written to the journal is no part of it.
  'etc/systemd/journald.conf.d/volatile.conf': '[Journal]\nStorage=volatile\nRuntimeMaxUse=8M\n',
  // A session of PAM's and an exchange of keys that nobody can break tomorrow take two thirds of what a sign-in costs.
  'etc/ssh/sshd_config.d/tests.conf':
    'PermitRootLogin prohibit-password\nUseDNS no\nUsePAM no\nKexAlgorithms curve25519-sha256\n',
  // Nor does its server begin itself anew for each of them.
  'etc/default/ssh': 'SSHD_OPTS=-r\n',
};

/** Debian's own initrd asks udev for everything there is and takes ten seconds. This one knows where the disk is. */
const initScript = (modules: readonly string[]) => `#!/bin/busybox sh
busybox mount -t devtmpfs dev /dev
for m in ${modules.join(' ')}; do busybox insmod /modules/$m; done
until busybox mount -t ext4 /dev/vda /disk 2>/dev/null; do busybox sleep 0.05; done
busybox mount --move /dev /disk/dev
exec busybox switch_root /disk /sbin/init
`;

/** Why the guest cannot be had here, for a test's name; null when it can. Needs root (or sudo), debootstrap and a mirror, once. */
export async function debianObstacle(): Promise<string | null> {
  if (isGuestCached(name, inputs())) return null;
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it takes Linux on x64';
  if (findCommand('debootstrap') === undefined) return 'it takes debootstrap';
  const root = asRoot();
  if (root === null) return 'it takes root';
  const [program = '', ...args] = [...root, ...namespaces, 'true'];
  if (spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).status !== 0) return 'it takes the right to mount';
  const from = mirror();
  // debootstrap has one of its own.
  if (from === null) return null;
  try {
    const answer = await fetch(`${from}dists/bookworm/Release`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(20_000),
    });
    return answer.ok ? null : `the mirror answers ${answer.status}`;
  } catch {
    return 'it takes a mirror of Debian';
  }
}

/** Built at the first call on this computer (about two minutes), then taken from the cache. */
export async function debianGuest(): Promise<DebianGuest> {
  const folder = await cachedGuest(name, inputs(), build);
  const key = path.join(folder, 'client');
  return {
    image: path.join(folder, 'disk.qcow2'),
    kernel: path.join(folder, 'vmlinuz'),
    initrd: path.join(folder, 'initrd'),
    append,
    hostKey: publicLine(path.join(folder, 'host')),
    key: { file: key, publicLine: publicLine(key) },
    user: 'vigil',
    password: 'vigil',
    hostName: 'debian-guest',
  };
}

/** A disk of its own for one machine, whole: Vigil opens none that stands on a file it does not know. Replaces what is there. */
export function layDebianDisk(guest: DebianGuest, file: string, diskMib = debianDiskMib): void {
  rmSync(file, { force: true });
  copyFileSync(guest.image, file, constants.COPYFILE_FICLONE);
  chmodSync(file, 0o600);
  execFileSync('qemu-img', ['resize', '-q', '-f', 'qcow2', file, `${diskMib}M`]);
}

async function build(folder: string): Promise<void> {
  const begun = performance.now();
  const key = makeKeyPair(folder, 'client');
  makeKeyPair(folder, 'host');
  const work = path.join(folder, 'work');
  const everything = {
    ...files,
    'etc/ssh/ssh_host_ed25519_key': readFileSync(path.join(folder, 'host'), 'utf8'),
    'etc/ssh/ssh_host_ed25519_key.pub': readFileSync(path.join(folder, 'host.pub'), 'utf8'),
    'root/.ssh/authorized_keys': `${key.publicLine}\n`,
  };
  for (const [file, text] of Object.entries(everything)) {
    const target = path.join(work, 'files', file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  const { uid, gid } = userInfo();
  const from = mirror();
  const [program = '', ...args] = [
    ...(asRoot() ?? []),
    ...namespaces,
    ...['sh', buildScript, work, `${uid}:${gid}`, ...(from === null ? [] : [from])],
  ];
  // Its words are many, and those that tell why it failed are the last ones.
  await run(program, args, { timeout: debianBuildMs, maxBuffer: 16 * 1024 * 1024 }).catch((error: unknown) => {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(
      `The Debian guest could not be built:\n${`${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n')}`,
    );
  });
  const image = path.join(folder, 'disk.qcow2');
  const form = ['-c', '-O', 'qcow2', '-o', 'compression_type=zstd'];
  await run('qemu-img', ['convert', '-f', 'raw', ...form, path.join(work, 'disk.raw'), image], {
    timeout: debianBuildMs,
  });
  chmodSync(image, 0o444);
  const packed = readFileSync(path.join(work, 'vmlinuz'));
  writeFileSync(path.join(folder, 'vmlinuz'), unpackedKernel(packed) ?? packed);
  writeFileSync(path.join(folder, 'initrd'), gzipSync(cpioArchive(initrdEntries(work)), { level: 6 }));
  rmSync(work, { recursive: true, force: true });
  console.log(`the Debian guest: built in ${Math.round((performance.now() - begun) / 1000)} s`);
}

function initrdEntries(work: string): readonly CpioEntry[] {
  const modules = readdirSync(path.join(work, 'modules')).sort();
  const file = (entry: string, data: Buffer | string, mode: number): CpioEntry => ({
    name: entry,
    kind: 'file',
    mode,
    data,
  });
  return [
    ...['bin', 'dev', 'disk', 'modules'].map((entry): CpioEntry => ({ name: entry, kind: 'folder', mode: 0o755 })),
    file('bin/busybox', readFileSync(path.join(work, 'busybox')), 0o755),
    ...modules.map((entry) => file(`modules/${entry}`, readFileSync(path.join(work, 'modules', entry)), 0o644)),
    file('init', initScript(modules), 0o755),
  ];
}

/** Everything that shapes the guest: one that was built from another recipe is not used. */
function inputs(): readonly string[] {
  return [readFileSync(buildScript, 'utf8'), JSON.stringify(files), initScript([])];
}

/** What stands before a command that needs root; null where we may not be root. */
function asRoot(): readonly string[] | null {
  if (process.getuid?.() === 0) return [];
  const sudo = findCommand('sudo');
  if (sudo === undefined) return null;
  try {
    execFileSync(sudo, ['-n', 'true'], { stdio: 'ignore', timeout: 10_000 });
    return [sudo, '-n'];
  } catch {
    return null;
  }
}

/** Where this computer gets Debian from; null when it is no Debian and debootstrap's own choice is as good as any. */
function mirror(): string | null {
  if (!existsSync('/etc/debian_version')) return null;
  const targets = [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Created-By: Packages',
    'Origin: Debian',
    'Component: main',
  ];
  try {
    const [first] = execFileSync('apt-get', [...targets, 'Codename: bookworm'], { encoding: 'utf8' }).split('\n');
    return first === undefined || first === '' ? null : first;
  } catch {
    return null;
  }
}

function publicLine(file: string): string {
  return readFileSync(`${file}.pub`, 'utf8').split(' ', 2).join(' ').trim();
}
