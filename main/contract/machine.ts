import { z } from 'zod';
import type { AzureMachineFacts } from './azure.ts';
import type { MachineDisk } from './machine-disk.ts';

/** The nouns of a machine: how it is named, what it is made of, what it does and what is wanted of it. */

export const machineProviders = ['qemu', 'azure', 'ssh'] as const;
export type MachineProviderKind = (typeof machineProviders)[number];

export const machineStates = [
  'creating',
  'starting',
  'running',
  'paused',
  'suspended',
  'stopping',
  'stopped',
  'deallocating',
  'deallocated',
  'failed',
  'unknown',
] as const;
export type MachineState = (typeof machineStates)[number];

/** What the user asked for, kept apart from what is observed: healing never fights it. */
export const wantedStates = ['running', 'paused', 'suspended', 'stopped'] as const;
export type WantedState = (typeof wantedStates)[number];

export const healthStatuses = ['healthy', 'degraded', 'unhealthy', 'unknown', 'not-applicable'] as const;
export type HealthStatus = (typeof healthStatuses)[number];

/** Verbs a machine may offer; `capabilities` lists those that are possible now. */
export const machineVerbs = [
  'start',
  'stop',
  'restart',
  'delete',
  'console',
  'pause',
  'resume',
  'suspend',
  'edit',
  'rename',
  'clone',
  'protect',
  'snapshot',
  'revert',
  'disk',
  'forward',
  'ssh',
  'screenshot',
  'deallocate',
  'redeploy',
  'resize',
  'run-command',
  /** Of a machine of Azure, where a right may be missing; those of any other can always be changed. */
  'tag',
] as const;
export type MachineVerb = (typeof machineVerbs)[number];

export const MachineId = z.uuid({ error: 'An id is a uuid.' });

/** A name that Vigil itself gives out: 1 to 63 of a-z 0-9 -, starting and ending with a letter or digit. */
export const MachineName = z
  .string({ error: 'Give a name.' })
  .min(1, 'Give a name.')
  .max(63, 'A name has at most 63 characters.')
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    'A name is made of a-z, 0-9 and -, and begins and ends with a letter or digit.',
  );

/** How a caller points at a machine: its name, `group/name`, its id or the first 8 or more characters of the id. */
export const MachineReference = z
  .string({ error: 'Name a machine.' })
  .min(1, 'Name a machine.')
  .max(256, 'A machine name has at most 256 characters.');

const wholeNumber = (what: string) => z.int({ error: `${what} is a whole number.` });

export const Port = wholeNumber('A port').min(1, 'A port is 1 to 65535.').max(65535, 'A port is 1 to 65535.');

/** A TCP port of this computer (on 127.0.0.1) that leads to a port of the guest. */
export const PortForward = z.strictObject({ host: Port, guest: Port });
export type PortForward = z.infer<typeof PortForward>;

const FilePath = z
  .string()
  .min(1, 'Give the path of a file.')
  .max(4096, 'A path has at most 4096 characters.')
  .refine((path) => !hasControlCharacter(path), 'A path holds no control characters.');

/** 52:54:00:… and the like: six octets, the first one even (not multicast). */
export const MacAddress = z
  .string()
  .regex(
    /^[0-9a-fA-F][02468aceACE](?::[0-9a-fA-F]{2}){5}$/,
    'A MAC address is six pairs like 52:54:00:12:34:56, the first pair even.',
  )
  .transform((mac) => mac.toLowerCase());

export const preallocations = ['off', 'metadata'] as const;
export type Preallocation = (typeof preallocations)[number];
export const firmwares = ['bios', 'uefi'] as const;
export type Firmware = (typeof firmwares)[number];
export const networkModes = ['default', 'bridge', 'nat'] as const;

/** The format an image is taken to have, whatever a guest may have written into it. */
export const diskFormats = ['qcow2', 'raw'] as const;
export type DiskFormat = (typeof diskFormats)[number];

/** Name of the disk that every machine has. */
export const firstDisk = 'disk0';

/** A guest finds the disk as /dev/disk/by-id/virtio-NAME, which has room for 20 characters. */
export const DataDiskName = MachineName.max(20, 'The name of a disk has at most 20 characters.').refine(
  (name) => name !== firstDisk,
  `${firstDisk} is the name of the first disk.`,
);

/** How a caller points at a disk of a machine. */
export const DiskReference = MachineName.max(20, 'The name of a disk has at most 20 characters.').default(firstDisk);

export const DiskSizeMib = wholeNumber('The disk')
  .min(1, 'At least 1 MiB of disk.')
  .max(67_108_864, 'At most 67108864 MiB of disk.');

/** A tag of a machine of Azure may have a value: `env=prod`. */
export const TagWithValue = z
  .string({ error: 'Give a tag.' })
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}+._-]{0,127}(?:=[^\p{Cc}]{0,256})?$/u,
    'A tag is letters, digits, + . _ or -; of a machine of Azure it may have a value, like env=prod.',
  );

export const Tag = z
  .string({ error: 'Give a tag.' })
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}+._-]{0,31}$/u, 'A tag is 1 to 32 letters, digits, + . _ or -.');

/** A disk beside the first one. Size in MiB. */
export const DataDisk = z.strictObject({ name: DataDiskName, sizeMib: DiskSizeMib });
export type DataDisk = z.infer<typeof DataDisk>;

/** The configuration of a local machine. Sizes in MiB. Defaults as in S4-01. */
export const MachineConfig = z.strictObject({
  cpus: wholeNumber('The number of CPUs').min(1, 'At least 1 CPU.').max(1024, 'At most 1024 CPUs.').default(2),
  memoryMib: wholeNumber('The memory')
    .min(16, 'At least 16 MiB of memory.')
    .max(16_777_216, 'At most 16777216 MiB of memory.')
    .default(2048),
  diskMib: wholeNumber('The disk')
    .min(1, 'At least 1 MiB of disk.')
    .max(67_108_864, 'At most 67108864 MiB of disk.')
    .default(20480),
  /** Boot a kernel directly. `initrd` and `append` need it. */
  kernel: FilePath.optional(),
  initrd: FilePath.optional(),
  append: z
    .string()
    .max(2048, 'At most 2048 characters.')
    .refine((text) => !hasControlCharacter(text), 'No control characters.')
    .optional(),
  /** A CD image to boot from. */
  iso: FilePath.optional(),
  /** An image that was there before the machine; it is used where it lies, and stays when the machine goes. */
  diskPath: FilePath.optional(),
  /** What the image at `diskPath` is. Found out once, when the machine is made, and never guessed again. */
  diskFormat: z.enum(diskFormats, { error: 'The format of a disk is qcow2 or raw.' }).optional(),
  /** How the disk is laid out when it is made; `off` when absent. */
  preallocation: z.enum(preallocations, { error: 'Preallocation is off or metadata.' }).optional(),
  /** What the machine boots with; `bios` when absent. */
  firmware: z.enum(firmwares, { error: 'Firmware is bios or uefi.' }).optional(),
  /** Disks beside the first one; none when absent. */
  disks: z
    .array(DataDisk)
    .max(16, 'At most 16 further disks.')
    .refine((disks) => new Set(disks.map(({ name }) => name)).size === disks.length, 'Two disks have the same name.')
    .optional(),
  /** `default` and `nat` are user-mode networking; `default` when absent. */
  network: z.enum(networkModes, { error: 'A network is default, bridge or nat.' }).optional(),
  /** The bridge of this computer, for the network `bridge`. */
  bridge: z
    .string()
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,14}$/,
      'The name of a bridge has at most 15 characters: letters, digits, . _ and -.',
    )
    .optional(),
  mac: MacAddress.optional(),
  forwards: z.array(PortForward).max(64, 'At most 64 port forwards.').default([]),
  tags: z.array(Tag).max(32, 'At most 32 tags.').default([]),
  /** A folder of the fleet: `group/name` points at the machine as well. */
  group: MachineName.optional(),
  /** Further arguments for QEMU; only those of a list that cannot hurt are taken. */
  qemuArgs: z
    .array(
      z
        .string()
        .min(1, 'An argument is not empty.')
        .max(1024, 'An argument has at most 1024 characters.')
        .refine((text) => !hasControlCharacter(text), 'No control characters.'),
    )
    .max(64, 'At most 64 further arguments.')
    .optional(),
});
export type MachineConfig = z.infer<typeof MachineConfig>;

/** What `machine.create` takes: a name and a configuration whose missing keys take their defaults. */
export const MachineDraft = MachineConfig.extend({
  name: MachineName,
  /** Start it once it is made. */
  start: z.boolean().default(false),
});
export type MachineDraft = z.infer<typeof MachineDraft>;
export type MachineDraftInput = z.input<typeof MachineDraft>;

export interface Health {
  readonly status: HealthStatus;
  readonly reason: string | null;
  readonly since: string | null;
  readonly sshReachable: boolean | null;
  readonly sshFailures: number;
  readonly lastCheck: string | null;
  readonly method: string | null;
}

/** A machine as every face shows it. Times ISO 8601 UTC, sizes MiB; null where nothing is known. */
export interface Machine {
  readonly id: string;
  readonly name: string;
  readonly provider: MachineProviderKind;
  readonly state: MachineState;
  readonly wanted: WantedState;
  readonly health: Health;
  /**
   * Where it is reached from this computer. On user networking the guest's own addresses lead nowhere outside of it:
   * 127.0.0.1 when it has forwards, else null. On a bridge the one its agent tells. All of them are in `MachineDetail.guest`.
   */
  readonly address: string | null;
  readonly region: string | null;
  readonly size: string | null;
  readonly cpus: number | null;
  readonly memoryMib: number | null;
  readonly diskMib: number | null;
  readonly tags: readonly string[];
  readonly group: string | null;
  /** Cannot be deleted until it is unprotected. */
  readonly protected: boolean;
  /** Set while it can still be brought back; ISO 8601 UTC. Deleted machines are in no list but their own. */
  readonly deletedAt?: string;
  readonly forwards: readonly PortForward[];
  readonly createdAt: string;
  /** When the present run began; null unless a process is there. */
  readonly startedAt: string | null;
  /** Absent unless a process is there. */
  readonly pid?: number;
  readonly uptimeSeconds?: number;
  /** `kvm`, `hvf`, `tcg`: absent unless it runs. */
  readonly accelerator?: string;
  /** Something a person should know now: why it failed, what a broken definition says, a pending edit. */
  readonly notice: MachineNotice | null;
  readonly capabilities: readonly MachineVerb[];
  /** Id of the operation under way. */
  readonly operation: string | null;
  /** Absent unless it is a machine of Azure. */
  readonly azure?: AzureMachineFacts;
}

/** What a notice is about; `ended` and `held` are ends that nobody asked for. */
export const noticeKinds = ['ended', 'held', 'failed', 'interrupted', 'unidentified', 'definition', 'edited'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface MachineNotice {
  readonly kind: NoticeKind;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly text: string;
  /** ISO 8601 UTC. */
  readonly since: string;
}

/** An address of the guest, as its agent says. */
export interface GuestAddress {
  /** `eth0`. */
  readonly interface: string;
  /** IPv4 or IPv6, without a prefix length. */
  readonly address: string;
}

/** A mounted file system of the guest, as its agent says. Sizes in bytes; null where it does not say. */
export interface GuestFileSystem {
  readonly mount: string;
  readonly type: string;
  readonly usedBytes: number | null;
  readonly totalBytes: number | null;
}

/** What the agent inside a machine said when it was last asked. All of it is the guest's word. */
export interface GuestDetail {
  readonly present: boolean;
  /** Why nothing is known; null when an agent answers. */
  readonly reason: string | null;
  readonly os: string | null;
  readonly hostName: string | null;
  readonly addresses: readonly GuestAddress[];
  readonly fileSystems: readonly GuestFileSystem[];
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** One machine with what only its own page needs. */
export interface MachineDetail {
  readonly machine: Machine;
  readonly config: MachineConfig | null;
  /** What the definition says beyond what is in force: it holds from the next start on. Absent when nothing waits. */
  readonly pending?: MachineConfig;
  /** Absolute paths on the engine's computer. */
  readonly definitionPath: string | null;
  readonly diskPath: string | null;
  /** Bytes the disk takes on this computer; null when there is none. */
  readonly diskUsedBytes: number | null;
  /** The first one and the further ones. */
  readonly disks: readonly MachineDisk[];
  readonly consoleLogPath: string | null;
  /** How the accelerator was chosen, in a sentence. */
  readonly acceleratorReason: string | null;
  /** Address of its network card, chosen or made from its id; null where it is none of ours. */
  readonly mac: string | null;
  /** Null unless it runs and has been asked. */
  readonly guest: GuestDetail | null;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}
