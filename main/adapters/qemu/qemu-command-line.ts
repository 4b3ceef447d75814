import { createHash } from 'node:crypto';
import type { MachineConfig } from '../../contract/machine.ts';
import { blockNodes, diskNodes, firmwareNode, type MachineImage } from './machine-images.ts';
import { diskDevice } from './plug-disk.ts';
import type { MachinePaths, RuntimePaths } from './qemu-paths.ts';

export interface CommandLineInput {
  readonly id: string;
  readonly name: string;
  readonly config: MachineConfig;
  readonly paths: MachinePaths;
  readonly runtime: RuntimePaths;
  /** With its version (`pc-i440fx-7.2`), so that an upgrade of QEMU does not change the guest's hardware. */
  readonly machineType: string;
  readonly accelerator: string;
  /** Null when this QEMU was built without it. */
  readonly sandbox: string | null;
  /** Code of the UEFI firmware; null for the BIOS that QEMU brings itself. */
  readonly uefiCode?: string | null;
  /** The guest waits for saved memory instead of beginning. */
  readonly held?: boolean;
}

/** The arguments of `qemu-system-x86_64`. Pure. Values that QEMU would split are escaped. */
export function qemuCommandLine(input: CommandLineInput): readonly string[] {
  const { config, paths, runtime, uefiCode = null } = input;
  return [
    ['-name', `vigil-${input.name}`],
    ['-uuid', input.id],
    ['-no-user-config', '-nodefaults'],
    // In the sandbox no program gets rights, not even the one that puts a machine on a bridge.
    input.sandbox === null || config.network === 'bridge' ? [] : ['-sandbox', input.sandbox],
    // Without graphics the firmware writes to the serial console, where a person can read it.
    [
      '-machine',
      `${input.machineType},graphics=off${uefiCode === null ? '' : `,pflash0=code,pflash1=${firmwareNode}`}`,
    ],
    uefiCode === null ? [] : uefi(uefiCode, blockNodes(config, paths)),
    input.held === true ? ['-S'] : [],
    ['-accel', input.accelerator],
    ['-cpu', input.accelerator === 'tcg' ? 'max' : 'host'],
    ['-smp', String(config.cpus)],
    ['-m', `${config.memoryMib}M`],
    // Shown nowhere; a picture can be taken of it, also of what a panic left there.
    ['-display', 'none', '-vga', 'none', '-device', 'VGA,id=video0'],
    ['-pidfile', runtime.pidFile],
    ['-chardev', `socket,id=qmp,path=${escaped(runtime.qmp)},server=on,wait=off`],
    ['-mon', 'chardev=qmp,mode=control'],
    ['-chardev', `socket,id=monitor,path=${escaped(runtime.monitor)},server=on,wait=off`],
    ['-mon', 'chardev=monitor,mode=control'],
    ['-chardev', `pipe,id=serial,path=${escaped(runtime.serial)},logfile=${escaped(paths.console)},logappend=on`],
    ['-serial', 'chardev:serial'],
    ['-device', 'virtio-serial-pci'],
    ['-chardev', `socket,id=agent,path=${escaped(runtime.agent)},server=on,wait=off`],
    ['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
    ['-device', 'pvpanic,ioport=0x505'],
    ['-device', 'ib700'],
    // The process stays, so that the evidence does.
    ['-action', 'panic=pause,watchdog=pause'],
    diskNodes(config, paths).flatMap(disk),
    config.iso === undefined ? [] : cdrom(config.iso),
    config.kernel === undefined ? [] : directBoot(config.kernel, config.initrd, config.append),
    ['-netdev', network(config)],
    // Without its option ROM the firmware does not wait for a network boot.
    ['-device', `virtio-net-pci,netdev=net0,mac=${macOf(input)},romfile=`],
    ['-device', 'virtio-balloon-pci,id=balloon0'],
    ['-device', 'virtio-rng-pci'],
    // Examined before every start; the last word on an option counts.
    config.qemuArgs ?? [],
  ].flat();
}

function network({ bridge, forwards, network: mode }: MachineConfig): string {
  if (mode === 'bridge') return `bridge,id=net0,br=${escaped(bridge ?? '')}`;
  return ['user,id=net0', ...forwards.map(({ host, guest }) => `hostfwd=tcp:127.0.0.1:${host}-:${guest}`)].join(',');
}

/** Of the network card: the one that was chosen, or one made from the id, the same at every start, in QEMU's own range. */
export function macOf({ config, id }: Pick<CommandLineInput, 'config' | 'id'>): string {
  if (config.mac !== undefined) return config.mac;
  const digest = createHash('sha256').update(id).digest('hex');
  return `52:54:00:${digest.slice(0, 2)}:${digest.slice(2, 4)}:${digest.slice(4, 6)}`;
}

/** Code that nobody writes, and the machine's own variables beside it. */
function uefi(code: string, images: readonly MachineImage[]): readonly string[] {
  const variables = images.find(({ role }) => role === 'firmware');
  return [
    ...['-blockdev', `driver=raw,node-name=code,read-only=on,file.driver=file,file.filename=${escaped(code)}`],
    ...(variables === undefined
      ? []
      : [
          '-blockdev',
          `driver=qcow2,node-name=${firmwareNode},file.driver=file,file.filename=${escaped(variables.path)}`,
        ]),
  ];
}

/** At a place of its own on the bus, so that it is the same hardware whether it was there at the start or came later. */
function disk(image: MachineImage, index: number): readonly string[] {
  const { driver, ...device } = diskDevice(image, index - 1);
  return [
    '-blockdev',
    `driver=${image.format},node-name=${image.node},discard=unmap,file.driver=file,file.filename=${escaped(image.path)}`,
    '-device',
    [driver, ...Object.entries(device).map(([key, value]) => `${key}=${value}`)].join(','),
  ];
}

function cdrom(iso: string): readonly string[] {
  return [
    '-blockdev',
    `driver=raw,node-name=cd0,read-only=on,file.driver=file,file.filename=${escaped(iso)}`,
    '-device',
    'ide-cd,drive=cd0,bootindex=2',
  ];
}

function directBoot(kernel: string, initrd: string | undefined, append: string | undefined): readonly string[] {
  return [
    '-kernel',
    kernel,
    ...(initrd === undefined ? [] : ['-initrd', initrd]),
    ...(append === undefined ? [] : ['-append', append]),
  ];
}

/** A comma ends a value unless it is doubled. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
