import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type CpioEntry, cpioArchive } from './cpio-archive.ts';
import { dependencyOf, offeredPackages, unpackPackages } from './debian-parts.ts';
import { cachedGuest } from './guest-cache.ts';
import { unpackedKernel } from './unpacked-kernel.ts';

/** What a Vigil machine or plain QEMU boots from. */
export interface TinyLinux {
  readonly kernel: string;
  readonly initrd: string;
  readonly append: string;
  /** Its host key as `TYPE BASE64`, for a known_hosts line: every start of one image shows the same. */
  readonly hostKey: string;
  /** Name to sign in with. */
  readonly user: 'root';
}

export interface TinyLinuxOptions {
  /** The one who is let in, `TYPE BASE64`. */
  readonly authorizedKey: string;
  /** A guest that does not obey the power button: no acpid. */
  readonly ignoresPowerButton?: boolean;
}

/** In the guest. */
const rootHome = 'root';

/** In the order they are loaded. */
const modules = [
  'virtio_ring',
  'virtio',
  'virtio_pci_modern_dev',
  'virtio_pci_legacy_dev',
  'virtio_pci',
  'failover',
  'net_failover',
  'virtio_net',
  'virtio_blk',
  'virtio-rng',
  'virtio_console',
  'button',
  'evdev',
  'pvpanic',
  'pvpanic-mmio',
  'pvpanic-pci',
];

/** What no test asks of this guest, and what takes long where the processor is emulated. */
const shortCuts =
  'cryptomgr.notests initcall_blacklist=init_kprobe_trace,crypto_kdf108_init,load_system_certificate_list';

/** Of dropbear. The loader comes under its own path. */
const libraries = [
  'ld-linux-x86-64.so.2',
  'libc.so.6',
  'libcrypt.so.1',
  'libz.so.1',
  'libtomcrypt.so.1',
  'libtommath.so.1',
  'libgmp.so.10',
];

/**
 * A Linux that boots in seconds: Debian's cloud kernel, busybox and dropbear, nothing of it installed here.
 *
 * - Network by DHCP on the first virtio card, dropbear on port 22. `killall dropbear` ends it with all its sessions;
 *   `start-dropbear` brings it back, from the console or from a session that is still there.
 * - A second way in on port 2022, the same dropbear under the name `side-door`, which `killall dropbear` spares: a test's own.
 * - A root shell on ttyS0. `burn-cpu SECONDS` keeps one processor busy.
 * - The ACPI power button and `poweroff` end it.
 * - /dev/vda, where there is one with a file system, is mounted on /data; `df` shows it. With `root=/dev/vda` on its command
 *   line it copies itself there and lives on it.
 */
export async function tinyLinux(options: TinyLinuxOptions): Promise<TinyLinux> {
  const kernelPackage = dependencyOf('linux-image-cloud-amd64', /linux-image-[\w.-]+-cloud-amd64/);
  const packages = offeredPackages([
    kernelPackage,
    'busybox-static',
    'dropbear-bin',
    'libc6',
    'libcrypt1',
    'zlib1g',
    'libtomcrypt1',
    'libtommath1',
    'libgmp10',
  ]);
  const recipe = readFileSync(import.meta.filename, 'utf8');
  const versions = packages.map(({ name, version }) => `${name}=${version}`);
  const parts = await cachedGuest('tiny-linux-parts', versions, (folder) => {
    unpackPackages(
      packages.map(({ name }) => name),
      folder,
    );
  });
  const packed = readdirSync(path.join(parts, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  if (packed === undefined) throw new Error('the kernel package holds no kernel');
  const kernel = await cachedGuest('tiny-linux-kernel', versions, (draft) => {
    const bzImage = readFileSync(path.join(parts, 'boot', packed));
    writeFileSync(path.join(draft, 'kernel'), unpackedKernel(bzImage) ?? bzImage);
  });
  const folder = await cachedGuest('tiny-linux', [...versions, recipe, JSON.stringify(options)], (draft) => {
    makeHostKey(parts, path.join(draft, 'host_key'));
    writeFileSync(
      path.join(draft, 'initrd'),
      gzipSync(cpioArchive(contents(parts, path.join(draft, 'host_key'), options)), { level: 6 }),
    );
  });
  return {
    kernel: path.join(kernel, 'kernel'),
    initrd: path.join(folder, 'initrd'),
    append: `console=ttyS0 quiet panic=-1 ${shortCuts}`,
    hostKey: readFileSync(path.join(folder, 'host_key.pub'), 'utf8').trim(),
    user: 'root',
  };
}

function contents(parts: string, hostKey: string, options: TinyLinuxOptions): readonly CpioEntry[] {
  const file = (name: string, data: Buffer | string, mode = 0o644): CpioEntry => ({ name, kind: 'file', mode, data });
  const folder = (name: string, mode = 0o755): CpioEntry => ({ name, kind: 'folder', mode });
  const program = (name: string, from: string) => file(name, readFileSync(path.join(parts, from)), 0o755);
  const everything = readdirSync(parts, { recursive: true, encoding: 'utf8' });
  const find = (name: string): string => {
    const found = everything.filter((entry) => path.basename(entry) === name);
    // Some are also there as a link that leads out of the packages.
    const best = found.find((entry) => entry.startsWith('lib/x86_64-linux-gnu/')) ?? found[0];
    if (best === undefined) throw new Error(`the packages hold no ${name}`);
    return best;
  };
  const power: readonly CpioEntry[] = options.ignoresPowerButton
    ? []
    : [folder('etc/acpi'), folder('etc/acpi/PWRF'), file('etc/acpi/PWRF/00000080', '#!/bin/sh\npoweroff -f\n', 0o755)];
  const folders = [
    'bin',
    'sbin',
    'etc',
    'dev',
    'proc',
    'sys',
    'tmp',
    'run',
    'data',
    'lib',
    'lib64',
    'lib/modules',
    'var',
    'var/run',
  ];
  return [
    ...folders.map((name) => folder(name)),
    folder(rootHome, 0o700),
    folder(`${rootHome}/.ssh`, 0o700),
    program('bin/busybox', 'bin/busybox'),
    { name: 'bin/sh', kind: 'link', mode: 0o777, data: 'busybox' },
    program('sbin/dropbear', 'usr/sbin/dropbear'),
    program('lib64/ld-linux-x86-64.so.2', find('ld-linux-x86-64.so.2')),
    ...libraries.slice(1).map((name) => program(`lib/${name}`, find(name))),
    ...modules.map((name) => file(`lib/modules/${name}.ko`, readFileSync(path.join(parts, find(`${name}.ko`))))),
    file('etc/passwd', `root:x:0:0:root:/${rootHome}:/bin/sh\n`),
    file('etc/group', 'root:x:0:\n'),
    file('etc/shells', '/bin/sh\n'),
    file('etc/dropbear_host_key', readFileSync(hostKey), 0o600),
    file(`${rootHome}/.ssh/authorized_keys`, `${options.authorizedKey}\n`, 0o600),
    file('etc/udhcpc', dhcpScript, 0o755),
    file('bin/start-dropbear', '#!/bin/sh\nexec dropbear -s -r /etc/dropbear_host_key -p 22\n', 0o755),
    file('bin/burn-cpu', burnScript, 0o755),
    ...power,
    file('init', initScript(options.ignoresPowerButton !== true), 0o755),
  ];
}

/** Dropbear has a format of its own. Its program runs from the packages, with their loader and libraries. */
function makeHostKey(parts: string, file: string): void {
  const libraryPath = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'].map((folder) => path.join(parts, folder));
  const loader = path.join(parts, 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2');
  const program = path.join(parts, 'usr/bin/dropbearkey');
  const output = execFileSync(loader, ['--library-path', libraryPath.join(':'), program, '-t', 'ed25519', '-f', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [type, blob] = (/^ssh-ed25519 .*$/m.exec(output)?.[0] ?? '').split(' ');
  if (blob === undefined) throw new Error(`dropbearkey says: ${output}`);
  writeFileSync(`${file}.pub`, `${type} ${blob}\n`);
}

const initScript = (hasPowerButton: boolean) => `#!/bin/sh
export PATH=/sbin:/bin HOME=/${rootHome}
busybox mount -t proc proc /proc
busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t sysfs sys /sys
for m in ${modules.join(' ')}; do insmod /lib/modules/$m.ko 2>/dev/null; done
if grep -q root=/dev/vda /proc/cmdline && [ ! -e /on-disk ] && mkdir /disk && mount /dev/vda /disk; then
  cp -a /bin /sbin /etc /lib /lib64 /${rootHome} /init /disk/
  (cd /disk && mkdir -p dev proc sys tmp run data var/run && touch on-disk)
  umount /proc /sys /dev
  exec switch_root /disk /init
fi
mkdir -p /dev/pts && mount -t devpts pts /dev/pts
hostname tiny
ifconfig lo up
${hasPowerButton ? 'acpid -l /dev/null' : ':'}
[ -b /dev/vda ] && [ ! -e /on-disk ] && mount /dev/vda /data 2>/dev/null
ifconfig eth0 up && udhcpc -i eth0 -s /etc/udhcpc -q -n -t 10 -T 1 >/dev/null 2>&1
start-dropbear
cp /sbin/dropbear /sbin/side-door
side-door -s -r /etc/dropbear_host_key -p 2022
echo "tiny linux is up"
while :; do setsid cttyhack sh; sleep 1; done
`;

const dhcpScript = `#!/bin/sh
case "$1" in
  bound|renew)
    ifconfig "$interface" "$ip" netmask "$subnet"
    [ -n "$router" ] && route add default gw "$router"
    ;;
esac
exit 0
`;

const burnScript = `#!/bin/sh
timeout "$1" sh -c 'while :; do :; done'
exit 0
`;
