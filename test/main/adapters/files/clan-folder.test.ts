import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClanFolder } from '../../../../main/adapters/files/clan-folder.ts';
import { readClanState } from '../../../../main/adapters/files/clan-state.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-clan-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};
const read = () => createClanFolder().read(folder);
const webYaml = `name: web
cpus: 4
memory: 512
disk_size: 1024
network:
  mode: default
  bridge: clan-br0
  mac: null
kernel: boot/vmlinuz
initrd: null
append: console=ttyS0
qemu_args: []
`;
const web = {
  name: 'web',
  state: 'RUNNING',
  pid: 4711,
  created_at: '2024-01-15T10:30:00Z',
  last_started: '2024-01-16T08:00:00.123456+01:00',
  last_stopped: null,
  history: [
    { timestamp: '2024-01-15T10:30:00Z', action: 'create', user: 'ada', details: { cpus: 4 } },
    { timestamp: 'long ago', action: 'start', user: null, details: 'by hand' },
  ],
};

describe('a folder of the other manager', () => {
  it('tells of machines with configuration, disk, times and history', async () => {
    write('web.yaml', webYaml);
    write('web.qcow2', 'image');
    write('vm-state.json', JSON.stringify({ web }));
    const { machines, faults } = await read();
    expect(faults).toEqual([]);
    expect(machines).toMatchObject([
      {
        name: 'web',
        file: path.join(folder, 'web.yaml'),
        config: {
          cpus: 4,
          memoryMib: 512,
          diskMib: 1024,
          diskPath: path.join(folder, 'web.qcow2'),
          kernel: path.join(folder, 'boot/vmlinuz'),
          append: 'console=ttyS0',
        },
        createdAt: '2024-01-15T10:30:00.000Z',
        startedAt: '2024-01-16T07:00:00.123Z',
        stoppedAt: null,
        history: [
          { at: '2024-01-15T10:30:00.000Z', action: 'create', user: 'ada', details: '{"cpus":4}' },
          { at: 'long ago', action: 'start', user: null, details: 'by hand' },
        ],
      },
    ]);
    expect(machines[0]?.config.bridge).toBeUndefined();
  });

  it.each([
    ['a map by name', { web }],
    ['a map below vms', { vms: { web } }],
    ['a list below vms', { version: 1, vms: [web] }],
    ['a list', [web]],
  ])('keeps its state as %s', async (_about, state) => {
    write('web.qcow2', 'image');
    write('vm-state.json', JSON.stringify(state));
    expect((await read()).machines).toMatchObject([{ name: 'web', createdAt: '2024-01-15T10:30:00.000Z' }]);
  });

  it('may keep configuration in the state, in folders of its own and under plain names', async () => {
    write('vms/db/config.yaml', 'memory: 256\n');
    write('disks/db.qcow2', 'image');
    write('images/app.qcow2', 'image');
    write('vm-state.json', JSON.stringify({ app: { ...web, config: { cpus: 8, network: { mode: 'bridge' } } } }));
    expect((await read()).machines).toMatchObject([
      { name: 'app', config: { cpus: 8, network: 'bridge', bridge: 'clan-br0' } },
      { name: 'db', config: { memoryMib: 256, diskPath: path.join(folder, 'disks/db.qcow2') }, createdAt: null },
    ]);
  });

  it('uses the disk that the file names, from the folder on', async () => {
    write('web.yaml', 'name: web\ndisk_path: old/one.img\n');
    write('two.yaml', 'name: two\ndisk_path: /somewhere/two.img\n');
    expect((await read()).machines.map(({ config }) => config.diskPath)).toEqual([
      '/somewhere/two.img',
      path.join(folder, 'old/one.img'),
    ]);
  });

  it('is never changed', async () => {
    write('web.yaml', webYaml);
    write('web.qcow2', 'image');
    write('vm-state.json', JSON.stringify({ web }));
    const look = () =>
      readdirSync(folder).map((name) => {
        const { mtimeMs, size } = statSync(path.join(folder, name));
        return [name, mtimeMs, size, readFileSync(path.join(folder, name), 'utf8')];
      });
    const before = look();
    await read();
    expect(look()).toEqual(before);
  });

  it('names what is broken by file, line and field, and reads the rest', async () => {
    write('web.yaml', webYaml);
    write('web.qcow2', 'image');
    write('bad.yaml', 'name: bad\ncpus: many\n');
    write('odd.yaml', 'name: odd\nmemroy: 5\n');
    write('no-disk.yaml', 'name: no-disk\n');
    write(
      'vm-state.json',
      `{\n  "web": { "state": "STOPPED" },\n  "Bad_Name": {},\n  "db": {\n    "state": "DANCING"\n  }\n}`,
    );
    const { machines, faults } = await read();
    expect(machines.map(({ name }) => name)).toEqual(['web']);
    const at = (name: string) => path.join(folder, name);
    expect(faults.map(({ file, line, field }) => [file, line, field])).toEqual([
      [at('vm-state.json'), 3, 'name'],
      [at('vm-state.json'), 5, 'state'],
      [at('bad.yaml'), 2, 'cpus'],
      [at('odd.yaml'), 2, 'memroy'],
      [at('no-disk.yaml'), null, 'disk_path'],
    ]);
  });

  it('a machine whose own file is broken does not come in with defaults because the state knows it', async () => {
    write('web.yaml', 'name: web\ncpus: many\n');
    write('web.qcow2', 'image');
    write('vm-state.json', JSON.stringify({ web }));
    expect((await read()).machines).toEqual([]);
  });

  it('follows no link, and must be a folder', async () => {
    symlinkSync('/etc/passwd', path.join(folder, 'passwd.yaml'));
    expect(await read()).toEqual({ machines: [], faults: [] });
    await expect(createClanFolder().read(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' });
    write('file', '');
    await expect(createClanFolder().read(path.join(folder, 'file'))).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('a broken state file', () => {
  it.each([
    ['no JSON', '{\n"web": }', 2],
    ['nothing', '', 1],
    ['a number', '7', 1],
    ['null', 'null', 1],
  ])('%s is told with its line', (_about, text, line) => {
    expect(readClanState(text)).toMatchObject({ states: [], faults: [{ line, field: null }] });
  });

  it.each([
    ['a state of another type', { state: 7 }, 'state'],
    ['a process number that is none', { pid: 'x' }, 'pid'],
    ['a history that is no list', { history: {} }, 'history'],
    ['an event without an action', { history: [{ timestamp: 'x' }] }, 'history.0.action'],
    ['a time that is a number', { created_at: 5 }, 'created_at'],
    ['a configuration that is a list', { config: [] }, 'config'],
  ])('%s is told with its field', (_about, value, field) => {
    expect(readClanState(JSON.stringify({ web: value })).faults).toMatchObject([{ field, line: 1 }]);
  });

  it('is bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`vm-${index}`, {}]));
    const { states, faults } = readClanState(JSON.stringify(many));
    expect([states.length, faults.length]).toEqual([1000, 1]);
    const events = Array.from({ length: 1000 }, (_, index) => ({ timestamp: `t${index}`, action: 'start' }));
    const { states: one } = readClanState(JSON.stringify({ web: { history: events } }));
    expect(one[0]?.history.map(({ at }) => at)).toEqual(events.slice(-200).map(({ timestamp }) => timestamp));
  });
});
