import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import { isObject } from './json-line-socket.ts';
import type { QemuProgram } from './qemu-program.ts';

/** How machines run on this computer, found out by running one. */
export interface Accelerator {
  readonly name: 'kvm' | 'hvf' | 'tcg';
  /** A sentence that says why. */
  readonly reason: string;
  /** Value for `-sandbox`; null when this QEMU has none. */
  readonly sandbox: string | null;
}

export interface AcceleratorProbe {
  /** Found once per QEMU, boot and access to `/dev/kvm`, also across restarts of the engine; callers share one trial. */
  find(qemu: QemuProgram): Promise<Accelerator>;
}

export interface AcceleratorProbeOptions {
  readonly processes: Processes;
  /** Where the answer is kept. */
  readonly file: string;
  readonly bootId: () => string;
  readonly platform: string;
  /** `/dev/kvm`, except in tests. */
  readonly kvmDevice?: string;
}

const trialMs = 2000;
const emulationTrialMs = 10_000;
const fullSandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';
/** isa-debug-exit ends QEMU with twice the written value plus one. */
const exitValue = 0x2a;
const expectedExitCode = exitValue * 2 + 1;

export function createAcceleratorProbe(options: AcceleratorProbeOptions): AcceleratorProbe {
  let shared: { readonly key: string; readonly answer: Promise<Accelerator> } | null = null;
  return {
    find: async (qemu) => {
      const access = await deviceAccess(options);
      const key = `${qemu.mark} ${options.bootId()} ${access}`;
      if (shared?.key !== key) {
        const answer = recall(options.file, key).then(
          async (known) => known ?? (await keep(options.file, key, await tryAll(options, qemu, access))),
        );
        const mine = { key, answer };
        shared = mine;
        // A trial that could not be made at all is made again the next time.
        answer.catch(() => {
          if (shared === mine) shared = null;
        });
      }
      return shared.answer;
    },
  };
}

type DeviceAccess = 'open' | 'denied' | 'absent' | 'hvf';

async function deviceAccess(options: AcceleratorProbeOptions): Promise<DeviceAccess> {
  if (options.platform === 'darwin') return 'hvf';
  const device = options.kvmDevice ?? '/dev/kvm';
  try {
    await stat(device);
  } catch {
    return 'absent';
  }
  try {
    await access(device, constants.R_OK | constants.W_OK);
    return 'open';
  } catch {
    return 'denied';
  }
}

async function tryAll(options: AcceleratorProbeOptions, qemu: QemuProgram, access: DeviceAccess): Promise<Accelerator> {
  const folder = await mkdtemp(join(tmpdir(), 'vigil-trial-'));
  try {
    const image = join(folder, 'boot.img');
    await writeFile(image, bootImage(), { mode: 0o600 });
    const runs = (accelerator: string, sandbox: string | null, timeoutMs: number) =>
      trial(options.processes, qemu.path, image, accelerator, sandbox, timeoutMs);
    const emulation = (await runs('tcg', fullSandbox, emulationTrialMs)) === null ? fullSandbox : null;
    const slow = 'so machines run under TCG emulation, which is slower';
    if (access === 'absent') {
      return { name: 'tcg', sandbox: emulation, reason: `This computer has no /dev/kvm, ${slow}.` };
    }
    if (access === 'denied') {
      const advice = 'sudo usermod -aG kvm "$USER", then log in again';
      return { name: 'tcg', sandbox: emulation, reason: `This account may not open /dev/kvm (${advice}), ${slow}.` };
    }
    const name = access === 'hvf' ? 'hvf' : 'kvm';
    const fault = await runs(name, emulation, trialMs);
    if (fault === null) return { name, sandbox: emulation, reason: `A test guest ran under ${name.toUpperCase()}.` };
    const opener = name === 'kvm' ? '/dev/kvm opens but' : 'Under Hypervisor.framework';
    return { name: 'tcg', sandbox: emulation, reason: `${opener} a test guest did not run${fault}, ${slow}.` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Boots the real firmware into a boot sector that ends QEMU with a code of ours. A few instructions without firmware are
 * not enough: there are hosts whose KVM runs those and then never delivers a timer interrupt.
 * Null when it ran, otherwise what to add to "did not run".
 */
async function trial(
  processes: Processes,
  path: string,
  image: string,
  accelerator: string,
  sandbox: string | null,
  timeoutMs: number,
): Promise<string | null> {
  const args = [
    ...(sandbox === null ? [] : ['-sandbox', sandbox]),
    ...['-no-user-config', '-nodefaults', '-machine', 'pc', '-accel', accelerator, '-m', '16'],
    ...['-display', 'none', '-vga', 'none'],
    ...[
      '-blockdev',
      `driver=raw,node-name=d,read-only=on,file.driver=file,file.filename=${image.replaceAll(',', ',,')}`,
    ],
    ...['-device', 'virtio-blk-pci,drive=d,bootindex=0', '-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
  ];
  try {
    const { exitCode } = await processes.run(path, args, { timeoutMs });
    return exitCode === expectedExitCode ? null : ` (QEMU ended with ${exitCode ?? 'a signal'})`;
  } catch (error) {
    if (error instanceof VigilError && error.code === 'timeout') return ` within ${timeoutMs / 1000} s`;
    throw error;
  }
}

/** A disk of 1 MiB (the firmware reads nothing smaller) whose boot sector is `mov al, value; out 0xf4, al; hlt; jmp`. */
export function bootImage(): Buffer {
  const image = Buffer.alloc(1024 * 1024);
  image.set([0xb0, exitValue, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd], 0);
  image.set([0x55, 0xaa], 510);
  return image;
}

async function recall(file: string, key: string): Promise<Accelerator | null> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isObject(kept) || kept.key !== key) return null;
    const { name, reason, sandbox } = kept;
    if (name !== 'kvm' && name !== 'hvf' && name !== 'tcg') return null;
    if (typeof reason !== 'string' || (sandbox !== null && sandbox !== fullSandbox)) return null;
    return { name, reason, sandbox };
  } catch {
    return null;
  }
}

async function keep(file: string, key: string, found: Accelerator): Promise<Accelerator> {
  const temporary = `${file}.${process.pid}.new`;
  try {
    await writeFile(temporary, `${JSON.stringify({ key, ...found }, null, 2)}\n`, { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    // Only a memory of it: the next start tries again.
    await rm(temporary, { force: true });
  }
  return found;
}
