import { expect, it } from 'vitest';
import { readDefinitionYaml } from '../../../../main/adapters/files/read-definition-text.ts';
import { readPlainDefinition } from '../../../../main/adapters/files/read-plain-definition.ts';
import { writeDefinitionText } from '../../../../main/adapters/files/write-definition-text.ts';
import { MachineConfig } from '../../../../main/contract/machine.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const random = seededRandom();
const seed = `VIGIL_SEED=${random.seed}`;

const values = {
  group: ['shop', '2024', 'null'],
  cpus: [1, 4, 64],
  memoryMib: [16, 512, 2048],
  diskMib: [1, 20480],
  diskPath: ['/images/base.qcow2', '/images/with space', '/images/with: colon'],
  diskFormat: ['qcow2', 'raw'],
  preallocation: ['off', 'metadata'],
  disks: [
    [{ name: 'data', sizeMib: 128 }],
    [
      { name: 'a', sizeMib: 1 },
      { name: 'true', sizeMib: 2 },
    ],
    [],
  ],
  firmware: ['uefi', 'bios'],
  kernel: ['/boot/vmlinuz-6.12', '/boot/kernel # sign'],
  append: ['console=ttyS0 root=/dev/vda1', '"quiet"', '- x', '0x10', '1e5', ' leading', '~', 'a - b', 'key: value'],
  iso: ['/isos/debian.iso'],
  network: ['default', 'nat', 'bridge'],
  bridge: ['br0', '0'],
  mac: ['52:54:00:12:34:56'],
  forwards: [
    [{ host: 2222, guest: 22 }],
    [
      { host: 8080, guest: 80 },
      { host: 1, guest: 2 },
    ],
    [],
  ],
  tags: [['web'], ['2024', 'true', 'Null'], ['größe'], []],
  qemuArgs: [['-cpu', 'max'], ['max'], ['a: b', '[x]', '"q"']],
} as const;

function anyDefinition(): string {
  const chosen: Record<string, unknown> = {};
  for (const [key, choices] of Object.entries(values)) {
    if (random.below(6) === 0) chosen[key] = random.pick<unknown>(choices);
  }
  const config = MachineConfig.parse(chosen);
  const id = `2c1f3c1e-0000-4000-8000-${String(random.below(1_000_000)).padStart(12, '0')}`;
  return writeDefinitionText({ id, name: random.pick(['demo', 'a-b', 'web-1', 'db', 'true']), config }, null);
}

/** As a hand, a broken disk or another program might leave it. */
function changed(text: string): string {
  const at = random.below(text.length + 1);
  const lines = text.split('\n');
  const from = random.below(lines.length);
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random.below(4));
    case 1:
      return (
        text.slice(0, at) +
        random.pick([' ', '\n', ':', '#', '-', '"', "'", '\t', '\r', '{', '&a ', '!', '|', '~', '  ']) +
        text.slice(at)
      );
    case 2:
      return lines.toSpliced(from, 1).join('\n');
    case 3:
      return lines.toSpliced(from, 0, lines[random.below(lines.length)] ?? '').join('\n');
    case 4:
      return lines
        .toSpliced(
          from,
          0,
          random.pick(['', ' ', '---', '...', '  more', '- x', '# note', '  # note', 'tags:', '%YAML 1.2']),
        )
        .join('\n');
    default:
      return lines.toSpliced(from, 0, ...lines.splice(random.below(lines.length), 2)).join('\n');
  }
}

it('what the quick reader says of a definition is what YAML says of it, whatever became of the text', () => {
  let plain = 0;
  for (let round = 0; round < 1500; round += 1) {
    let text = anyDefinition();
    for (let edits = random.below(3); edits > 0; edits -= 1) text = changed(text);
    const found = readPlainDefinition(text);
    if (found === null) continue;
    plain += 1;
    expect(readDefinitionYaml(text), `${seed}\n${text}`).toEqual({ kind: 'good', text: found });
  }
  expect(plain, seed).toBeGreaterThan(150);
});

it('a definition as Vigil writes it is read without YAML', () => {
  const config = MachineConfig.parse({
    group: 'shop',
    kernel: '/boot/vmlinuz',
    append: 'console=ttyS0 root=/dev/vda1',
    disks: [{ name: 'data', sizeMib: 128 }],
    network: 'bridge',
    bridge: 'br0',
    mac: '52:54:00:12:34:56',
    forwards: [{ host: 2222, guest: 22 }],
    tags: ['web', 'front'],
  });
  const id = '2c1f3c1e-0000-4000-8000-000000000001';
  expect(readPlainDefinition(writeDefinitionText({ id, name: 'demo', config }, null))).toEqual({
    id,
    name: 'demo',
    config,
  });
});

it('what is not plain is left to YAML', () => {
  const texts = [
    '',
    'name: demo\nname: demo\n',
    'name: demo # mine\n',
    'name: "demo"\n',
    'memory: 0x200\n',
    'memory: 010\n',
    'cpus: two\n',
    'unknown: 1\n',
    'tags:\n',
    'tags: []\n',
    'tags:\n- web\n',
    'append: a\n  b\n',
    'network: nat\n',
    'network:\n  mode: moon\n',
    'name: demo\r\n',
    '---\nname: demo\n',
    'append: &a x\n',
    'append: null\n',
    'append: a # b\n',
    'append: a: b\n',
  ];
  expect(texts.filter((text) => readPlainDefinition(text) !== null)).toEqual([]);
});
