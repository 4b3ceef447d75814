import { expect, it } from 'vitest';
import { readDefinitionText } from '../../../../main/adapters/files/read-definition-text.ts';
import { writeDefinitionText } from '../../../../main/adapters/files/write-definition-text.ts';
import { MachineConfig } from '../../../../main/contract/machine.ts';
import type { MachineDefinition } from '../../../../main/engine/ports/machine-definitions.ts';

const id = '2c1f3c1e-0000-4000-8000-000000000001';

function definition(config: Partial<MachineConfig> = {}, name = 'demo'): MachineDefinition {
  return { id, name, config: MachineConfig.parse(config) };
}

const everything = definition({
  group: 'shop',
  cpus: 4,
  memoryMib: 512,
  diskMib: 64,
  diskPath: '/images/base.qcow2',
  diskFormat: 'qcow2',
  preallocation: 'metadata',
  disks: [{ name: 'data', sizeMib: 128 }],
  firmware: 'uefi',
  kernel: '/boot/kernel: with # signs',
  initrd: '/boot/initrd',
  append: 'console=ttyS0 "quiet"',
  iso: '/isos/debian.iso',
  network: 'bridge',
  bridge: 'br0',
  mac: '52:54:00:12:34:56',
  forwards: [
    { host: 2222, guest: 22 },
    { host: 8080, guest: 80 },
  ],
  tags: ['web', '2024'],
  qemuArgs: ['-cpu', 'max'],
});

function faultOf(source: string): unknown {
  const reading = readDefinitionText(source);
  return reading.kind === 'broken' ? reading.fault : reading;
}

it('a definition is written for people', () => {
  expect(
    writeDefinitionText(everything, null),
  ).toBe(`# A machine of Vigil. Sizes are MiB. An edit takes effect at the next start.

id: ${id}
name: demo
group: shop
cpus: 4
memory: 512
disk_size: 64
disk_path: /images/base.qcow2
disk_format: qcow2
preallocation: metadata
disks:
  - name: data
    size: 128
firmware: uefi
kernel: "/boot/kernel: with # signs"
initrd: /boot/initrd
append: console=ttyS0 "quiet"
iso: /isos/debian.iso
network:
  mode: bridge
  bridge: br0
  mac: 52:54:00:12:34:56
  forwards:
    - "2222:22"
    - "8080:80"
tags:
  - web
  - "2024"
qemu_args:
  - -cpu
  - max
`);
});

it.each([
  everything,
  definition(),
  definition({ network: 'nat', firmware: 'bios' }),
  definition({}, '2024'),
  definition({}, 'null'),
  definition({}, '1e5'),
])('what is written is read again as it was: $name', (written) => {
  expect(readDefinitionText(writeDefinitionText(written, null))).toEqual({ kind: 'good', text: written });
});

it('missing keys take their defaults, id and name too may be missing in a draft', () => {
  expect(readDefinitionText('memory: 64\n')).toEqual({
    kind: 'good',
    text: { id: null, name: null, config: MachineConfig.parse({ memoryMib: 64 }) },
  });
});

it('comments, order and style of a person stay when Vigil writes', () => {
  const present = `# my favourite
name: demo   # do not rename
id: ${id}
memory: 64 # enough
tags: [web, 'db']

# the door
network: { mode: default, forwards: [ "2222:22" ] }
`;
  const changed = definition({
    memoryMib: 128,
    tags: ['web', 'db'],
    forwards: [{ host: 2222, guest: 22 }],
    iso: '/a.iso',
  });
  expect(writeDefinitionText(changed, present)).toBe(`# my favourite
name: demo # do not rename
id: ${id}
memory: 128 # enough
tags: [ web, 'db' ]

# the door
network: { mode: default, forwards: [ "2222:22" ] }
cpus: 2
disk_size: 20480
iso: /a.iso
`);
});

it('a key that holds no longer goes, and the comments of the others stay', () => {
  const present = `id: ${id}
name: demo
iso: /a.iso # for the installation
cpus: 2 # two are enough
network:
  # led to by hand
  mode: bridge
  bridge: br0
disks:
  - name: data # the big one
    size: 64
`;
  const changed = definition({ disks: [{ name: 'data', sizeMib: 64 }], group: 'shop' });
  expect(writeDefinitionText(changed, present)).toBe(`id: ${id}
name: demo
cpus: 2 # two are enough
network:
  # led to by hand
  mode: default
disks:
  - name: data # the big one
    size: 64
group: shop
memory: 2048
disk_size: 20480
`);
});

it('a present text that cannot be built on is replaced', () => {
  expect(writeDefinitionText(definition(), 'cpus: [')).toBe(writeDefinitionText(definition(), null));
});

it.each([
  ['name: demo\nmemroy: 64\n', 2, 'memroy', 'unknown key "memroy"; did you mean "memory"?'],
  [
    'name: demo\n\nnetwork:\n  forward: []\n',
    4,
    'network.forward',
    'unknown key "network.forward"; did you mean "forwards"?',
  ],
  ['cpus: 2\nfrobnicate: 1\n', 2, 'frobnicate', expect.stringContaining('The keys are id, name, group')],
  ['cpus: 2\ncpus: 3\n', 2, 'cpus', '"cpus" is there twice.'],
  ['cpus: many\n', 1, 'cpus', 'cpus: The number of CPUs is a whole number.'],
  ['name: demo\nmemory: 8\n', 2, 'memory', 'memory: At least 16 MiB of memory.'],
  ['memory: "64"\n', 1, 'memory', 'memory: The memory is a whole number.'],
  ['name: Demo!\n', 1, 'name', expect.stringContaining('name: A name is made of')],
  ['id: 7\n', 1, 'id', 'id: An id is a uuid.'],
  ['network: bridge\n', 1, 'network', expect.stringContaining('Give mode')],
  ['network:\n  mode: brigde\n', 2, 'network.mode', expect.stringContaining('the modes are default, bridge, nat.')],
  ['network:\n  bridge: "a b"\n', 2, 'network.bridge', expect.stringContaining('The name of a bridge')],
  ['cpus: 2\nfirmware: efi\n', 2, 'firmware', 'firmware: Firmware is bios or uefi.'],
  ['preallocation: full\n', 1, 'preallocation', 'preallocation: Preallocation is off or metadata.'],
  ['group: My Shop\n', 1, 'group', expect.stringContaining('group: A name is made of')],
  ['qemu_arg: [-cpu]\n', 1, 'qemu_arg', 'unknown key "qemu_arg"; did you mean "qemu_args"?'],
  ['disks: data\n', 1, 'disks', expect.stringContaining('Give a list like')],
  ['disks:\n  - data\n', 2, 'disks', 'disks: Give each disk a name and a size.'],
  ['disks:\n  - name: a\n    siez: 3\n', 3, 'disks.0.siez', 'unknown key "disks.0.siez"; did you mean "size"?'],
  ['disks:\n  - name: a\n    size: 1\n  - name: b\n', 4, 'disks.1.size', 'disks.1.size: The disk is a whole number.'],
  ['disks: &x []\n', 1, null, expect.stringContaining('anchors and aliases')],
  ['network:\n  mac: 53\n', 2, 'network.mac', expect.stringContaining('six pairs')],
  ['network:\n  forwards: ["22"]\n', 2, 'network.forwards', 'network.forwards: "22" is not like "2222:22".'],
  ['network:\n  forwards: ["99999:22"]\n', 2, 'network.forwards', 'network.forwards: A port is 1 to 65535.'],
  ['tags: {a: 1}\n', 1, 'tags', expect.stringContaining('Nothing can be set')],
  ['name: demo\ncpus: 2\n  memory: 3\n', 2, null, expect.any(String)],
  ['a: &x 1\n', 1, 'a', expect.stringContaining('unknown key')],
  ['cpus: &x 2\nmemory: *x\n', 1, null, expect.stringContaining('anchors and aliases')],
  ['<<: {cpus: 3}\n', 1, '<<', expect.stringContaining('unknown key')],
  ['name: !!binary aGk=\n', 1, null, expect.stringContaining('tags')],
  ['cpus: !mine 2\n', 1, null, expect.stringContaining('tags')],
  ['? [a]\n: 1\n', 1, null, 'a key must be a plain word.'],
  ['- cpus\n', 1, null, expect.stringContaining('lines like')],
  ['', null, null, 'is empty.'],
  ['cpus: 2\n---\ncpus: 3\n', expect.any(Number), null, expect.any(String)],
  ['__proto__: {cpus: 3}\n', 1, '__proto__', expect.stringContaining('unknown key')],
  ['constructor: 1\n', 1, 'constructor', expect.stringContaining('unknown key')],
])('%j is refused with its line', (source, line, field, message) => {
  expect(faultOf(source)).toEqual({ line, field, message });
});

it('the id of a broken file is told when it can be read', () => {
  expect(readDefinitionText(`id: ${id}\nmemroy: 3\n`)).toMatchObject({ kind: 'broken', id });
});

it.each([
  [
    'a thousand million laughs',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`)
      .join('\n')}\n`,
  ],
  ['ten thousand nested lists', `tags: ${'['.repeat(10_000)}`],
  ['ten thousand nested maps', `network: ${'{a: '.repeat(10_000)}`],
])('%s does no harm', (_, source) => {
  // Processor time, not time on the wall: what else this computer does is no matter.
  const before = process.cpuUsage();
  expect(readDefinitionText(source).kind).toBe('broken');
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(4000);
});
