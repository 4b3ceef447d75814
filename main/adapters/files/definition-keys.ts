import type { MachineConfig } from '../../contract/machine.ts';
import type { MachineDefinition } from '../../engine/ports/machine-definitions.ts';

/**
 * The keys of `machines/NAME.yaml`: what a person would write, sizes in MiB.
 *
 *     id: 2c1f...            network:
 *     name: demo               mode: default                (default, nat or bridge)
 *     cpus: 2                  bridge: br0
 *     memory: 2048             mac: 52:54:00:12:34:56
 *     disk_size: 20480         forwards: ["2222:22"]        (port of this computer : port of the guest)
 *     disk_path, disk_format, preallocation, firmware, kernel, initrd, append, iso, group: text
 *     disks: [{ name: data, size: 1024 }]
 *     tags: [web]            qemu_args: ["-cpu", "max"]
 */

/** In the order they are written in. */
export const rootKeys = [
  'id',
  'name',
  'group',
  'cpus',
  'memory',
  'disk_size',
  'disk_path',
  'disk_format',
  'preallocation',
  'disks',
  'firmware',
  'kernel',
  'initrd',
  'append',
  'iso',
  'network',
  'tags',
  'qemu_args',
] as const;
export const networkKeys = ['mode', 'bridge', 'mac', 'forwards'] as const;
export const diskKeys = ['name', 'size'] as const;

/** Key in the file -> field of the configuration, for the keys whose value is one of these as it stands. */
export const configKeys: Readonly<Record<string, keyof MachineConfig>> = {
  group: 'group',
  cpus: 'cpus',
  memory: 'memoryMib',
  disk_size: 'diskMib',
  disk_path: 'diskPath',
  disk_format: 'diskFormat',
  preallocation: 'preallocation',
  firmware: 'firmware',
  kernel: 'kernel',
  initrd: 'initrd',
  append: 'append',
  iso: 'iso',
  tags: 'tags',
  qemu_args: 'qemuArgs',
};

const numberKeys = new Set(['cpus', 'memory', 'disk_size', 'size']);

/** Its value is text even when it looks like something else: a machine may be called 2024. */
export function isTextKey(key: string): boolean {
  return !numberKeys.has(key);
}

/** Where a field of the configuration stands in the file. */
export function keyOfField(place: readonly PropertyKey[]): string {
  const [field = '', ...below] = place.map(String);
  if (field === 'mac' || field === 'forwards' || field === 'bridge') return `network.${field}`;
  if (field === 'network') return 'network.mode';
  if (field === 'disks') return ['disks', ...below.map((key) => (key === 'sizeMib' ? 'size' : key))].join('.');
  return Object.entries(configKeys).find(([, name]) => name === field)?.[0] ?? field;
}

/** What stands in a file; a key that is undefined does not. */
export type Plain = { readonly [key: string]: PlainValue | undefined };
export type PlainValue = string | number | Plain | readonly (string | Plain)[];

export function isPlain(value: PlainValue | undefined): value is Plain {
  return typeof value === 'object' && !Array.isArray(value);
}

/** A definition as the file says it. */
export function plainOf({ id, name, config }: MachineDefinition): Plain {
  const { network, bridge, mac, forwards, disks, tags, qemuArgs } = config;
  const unlessEmpty = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
    list === undefined || list.length === 0 ? undefined : list;
  return {
    id,
    name,
    group: config.group,
    cpus: config.cpus,
    memory: config.memoryMib,
    disk_size: config.diskMib,
    disk_path: config.diskPath,
    disk_format: config.diskFormat,
    preallocation: config.preallocation,
    disks: unlessEmpty(disks?.map((disk): Plain => ({ name: disk.name, size: disk.sizeMib }))),
    firmware: config.firmware,
    kernel: config.kernel,
    initrd: config.initrd,
    append: config.append,
    iso: config.iso,
    network: {
      mode: network ?? 'default',
      bridge,
      mac,
      forwards: unlessEmpty(forwards.map(({ host, guest }) => `${host}:${guest}`)),
    },
    tags: unlessEmpty(tags),
    qemu_args: unlessEmpty(qemuArgs),
  };
}
