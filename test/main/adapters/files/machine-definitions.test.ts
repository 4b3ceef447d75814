import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createMachineDefinitions } from '../../../../main/adapters/files/machine-definitions.ts';
import { MachineConfig } from '../../../../main/contract/machine.ts';
import type { MachineDefinition, MachineDefinitions } from '../../../../main/engine/ports/machine-definitions.ts';
import { RecordingLog } from '../../../support/fake-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { temporaryHome } from './temporary-home.ts';

const id = '2c1f3c1e-0000-4000-8000-000000000001';

interface UnderTest {
  readonly definitions: MachineDefinitions;
  readonly clock: ManualClock;
  readonly folder: string;
  put(name: string, text: string): void;
}

function definitionsAt(home = temporaryHome()): UnderTest {
  const folder = path.join(home, 'machines');
  mkdirSync(folder, { recursive: true });
  const clock = new ManualClock();
  const definitions = createMachineDefinitions({ home, clock, log: new RecordingLog() });
  return { definitions, clock, folder, put: (name, text) => writeFileSync(path.join(folder, name), text) };
}

const demo = (config: Partial<MachineConfig> = {}): MachineDefinition => ({
  id,
  name: 'demo',
  config: MachineConfig.parse(config),
});

it('what is written can be read, is ours alone and has nothing beside it', async () => {
  const { definitions, folder } = definitionsAt();
  await definitions.write(demo({ memoryMib: 64 }));
  const file = path.join(folder, 'demo.yaml');
  expect(await definitions.read('demo')).toEqual({ kind: 'good', definition: demo({ memoryMib: 64 }), path: file });
  expect([(statSync(file).mode & 0o777).toString(8), readdirSync(folder)]).toEqual(['600', ['demo.yaml']]);
});

it('a missing file is null, also after a removal and a second one', async () => {
  const { definitions } = definitionsAt();
  await definitions.write(demo());
  await definitions.remove('demo');
  await definitions.remove('demo');
  expect(await definitions.read('demo')).toBeNull();
});

it('a definition is renamed with its comments; done twice it does no harm', async () => {
  const { definitions, folder, put } = definitionsAt();
  put('demo.yaml', `# mine\nid: ${id}\nname: demo # for now\ncpus: 3\n`);
  for (let time = 0; time < 2; time += 1) await definitions.rename(id, 'demo', 'shop');
  expect(readdirSync(folder)).toEqual(['shop.yaml']);
  const text = readFileSync(path.join(folder, 'shop.yaml'), 'utf8');
  expect(text).toContain('# mine\nid: ');
  expect(text).toContain('name: shop # for now\ncpus: 3\n');
  expect(await definitions.read('shop')).toMatchObject({ kind: 'good', definition: { id, name: 'shop' } });
  // Cut short between the two files: the old one is there still.
  put('demo.yaml', `id: ${id}\nname: demo\ncpus: 3\n`);
  await definitions.rename(id, 'demo', 'shop');
  expect(readdirSync(folder)).toEqual(['shop.yaml']);
});

it('a definition that cannot be read, or is another machine’s, is not renamed', async () => {
  const { definitions, folder, put } = definitionsAt();
  put('broken.yaml', 'memroy: 3\n');
  put('other.yaml', 'id: 2c1f3c1e-0000-4000-8000-000000000002\nname: other\n');
  for (const name of ['broken', 'other']) {
    await expect(definitions.rename(id, name, 'shop')).rejects.toMatchObject({ code: 'refused' });
  }
  expect(readdirSync(folder).sort()).toEqual(['broken.yaml', 'other.yaml']);
});

it('a definition that is put aside lies with its machine and comes back as it was', async () => {
  const { definitions, folder, put } = definitionsAt();
  const text = `# mine\nid: ${id}\nname: demo\nmemroy: 3\n`;
  put('demo.yaml', text);
  await definitions.shelve(id, 'demo');
  expect(readdirSync(folder)).toEqual([id]);
  expect(await definitions.readAll()).toEqual([]);
  // A second time, and with a new machine of that name: nothing of it is touched.
  put('demo.yaml', 'new');
  await definitions.shelve(id, 'demo');
  expect(readFileSync(path.join(folder, 'demo.yaml'), 'utf8')).toBe('new');
  rmSync(path.join(folder, 'demo.yaml'));
  for (let time = 0; time < 2; time += 1) await definitions.unshelve(id, 'demo');
  expect(readFileSync(path.join(folder, 'demo.yaml'), 'utf8')).toBe(text);
  expect(readdirSync(path.join(folder, id))).toEqual([]);
});

it('putting aside what is not there does no harm', async () => {
  const { definitions } = definitionsAt();
  await definitions.shelve(id, 'demo');
  await definitions.unshelve(id, 'demo');
  expect(await definitions.read('demo')).toBeNull();
});

it('a text is read as a definition to be, or refused with line and field', () => {
  const { definitions } = definitionsAt();
  expect(definitions.parse('cpus: 4\nfirmware: uefi\n')).toEqual({
    name: null,
    config: MachineConfig.parse({ cpus: 4, firmware: 'uefi' }),
  });
  expect(() => definitions.parse('cpus: 4\nmemroy: 3\n')).toThrow(
    expect.objectContaining({
      code: 'bad-input',
      field: 'memroy',
      message: 'line 2: unknown key "memroy"; did you mean "memory"?',
    }),
  );
});

it('broken files are read along with the good ones, each with a sentence', async () => {
  const { definitions, put, folder } = definitionsAt();
  await definitions.write(demo());
  put('typo.yaml', `id: ${id}\nname: typo\nmemroy: 64\n`);
  put('other.yaml', `id: ${id}\nname: demo\n`);
  put('anonymous.yaml', 'name: anonymous\n');
  put('Shout.yaml', `id: ${id}\n`);
  put('big.yaml', `# ${'x'.repeat(70_000)}\n`);
  put('latin.yaml', '');
  writeFileSync(path.join(folder, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0xff, 0xfe]));
  mkdirSync(path.join(folder, 'folder.yaml'));
  put('notes.txt', 'not ours');
  put('.hidden.yaml', 'not ours');
  const readings = await definitions.readAll();
  expect(
    readings.map((reading) => (reading.kind === 'good' ? reading.definition.name : reading.fault.message)).sort(),
  ).toEqual([
    'demo',
    'machines/Shout.yaml is not called after a machine: names are made of a-z, 0-9 and -.',
    'machines/anonymous.yaml lacks the key "id".',
    'machines/big.yaml is larger than 64 KiB.',
    'machines/folder.yaml is not a file.',
    'machines/latin.yaml is not UTF-8 text.',
    'machines/other.yaml line 2: name: "demo" is not the name of the file; call both the same.',
    'machines/typo.yaml line 3: unknown key "memroy"; did you mean "memory"?',
  ]);
});

it.each(['../escape', 'a/b', '.', '..', '', 'a\u0000b'])('the name %j reaches no file', async (name) => {
  const { definitions } = definitionsAt();
  await expect(definitions.write({ ...demo(), name })).rejects.toMatchObject({ code: 'bad-input' });
  expect(await definitions.read(name)).toBeNull();
  await definitions.remove(name);
});

it('a device in the place of a file is refused, not read without end', async () => {
  const { definitions, folder } = definitionsAt();
  symlinkSync('/dev/zero', path.join(folder, 'zero.yaml'));
  expect(await definitions.read('zero')).toMatchObject({ fault: { message: 'machines/zero.yaml is not a file.' } });
});

it('a folder that cannot be written is refused in a sentence and the old file stays', async () => {
  const { definitions, folder } = definitionsAt();
  await definitions.write(demo());
  const text = readFileSync(path.join(folder, 'demo.yaml'), 'utf8');
  renameSync(folder, `${folder}.away`);
  writeFileSync(folder, 'in the way');
  await expect(definitions.write(demo({ cpus: 3 }))).rejects.toThrow();
  rmSync(folder);
  renameSync(`${folder}.away`, folder);
  expect([readFileSync(path.join(folder, 'demo.yaml'), 'utf8'), readdirSync(folder)]).toEqual([text, ['demo.yaml']]);
});

it('a person’s edits, new files and removals are told; our own writes are not', async () => {
  const { definitions, clock, put, folder } = definitionsAt();
  await definitions.write(demo());
  const told: string[] = [];
  onTestFinished(definitions.watch((name) => void told.push(name)));
  const heard = (count: number) =>
    vi.waitFor(async () => {
      await clock.advance(100);
      expect(told.length).toBeGreaterThanOrEqual(count);
    });

  put('demo.yaml', `id: ${id}\nname: demo\ncpus: 3\n`);
  await heard(1);
  put('fresh.yaml.tmp', `id: ${id}\n`);
  renameSync(path.join(folder, 'fresh.yaml.tmp'), path.join(folder, 'fresh.yaml'));
  await heard(2);
  rmSync(path.join(folder, 'fresh.yaml'));
  await heard(3);

  await definitions.write(demo({ cpus: 4 }));
  await definitions.write({ ...demo(), name: 'ours', id });
  await definitions.remove('ours');
  // Proof that the watch still hears: what comes after our own writes.
  put('last.yaml', 'x');
  await heard(4);
  expect(told).toEqual(['demo', 'fresh', 'fresh', 'last']);
});

it('many steps of one save are one word', async () => {
  const { definitions, clock, put } = definitionsAt();
  const told: string[] = [];
  onTestFinished(definitions.watch((name) => void told.push(name)));
  for (let step = 0; step < 20; step += 1) put('demo.yaml', `id: ${id}\ncpus: ${step + 1}\n`);
  await vi.waitFor(() => expect(clock.waiting).toBe(1));
  await clock.advance(100);
  await vi.waitFor(() => expect(told).toEqual(['demo']));
});

it('after its end a watch says nothing and waits for nothing', async () => {
  const { definitions, clock, put } = definitionsAt();
  const told: string[] = [];
  const end = definitions.watch((name) => void told.push(name));
  put('demo.yaml', 'x');
  await vi.waitFor(() => expect(clock.waiting).toBe(1));
  end();
  expect(clock.waiting).toBe(0);
  await clock.advance(10_000);
  expect(told).toEqual([]);
});
