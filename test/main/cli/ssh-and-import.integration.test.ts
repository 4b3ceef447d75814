import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClanImport } from '../../../main/contract/clan-import.ts';
import type { InventoryEntry } from '../../../main/contract/inventory.ts';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import type { Machine, MachineDetail } from '../../../main/contract/machine.ts';
import type { SshWay } from '../../../main/contract/ssh-way.ts';
import { runCliProcess } from '../../support/cli-process.ts';
import { killProcessesOfHome } from '../../support/processes-of-home.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';

/** The command line before a real engine: the person's own ssh to a real sshd, and another manager's folder. */

let folder = '';
let home = '';
let sshd: Sshd;
let place: readonly string[] = [];
const vigil = (...args: string[]) => runCliProcess(home, args);
const json = async <T>(...args: string[]): Promise<T> => JSON.parse((await vigil(...args, '--json')).stdout) as T;

beforeAll(async () => {
  folder = mkdtempSync('/tmp/vs-');
  home = path.join(folder, 'home');
  sshd = await startSshd();
  const { host, port, user, clientKey } = sshd;
  place = ['--address', host, '--port', String(port), '--user', user, '--key', clientKey.file];
  await vigil('host', 'add', 'stranger', ...place);
}, 60_000);

afterAll(async () => {
  await vigil('lifecycle', 'daemon', 'stop');
  await killProcessesOfHome(home);
  await sshd.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('vigil ssh', () => {
  it('takes no key of a host that nobody vouched for', async () => {
    // Asked by nobody at a terminal, ssh says no.
    expect(await vigil('ssh', 'stranger', '--', 'true')).toMatchObject({ exitCode: 255 });
    await vigil('host', 'remove', 'stranger');
    await vigil('host', 'add', 'box', ...place, '--trust-on-first-use');
  });

  it("runs a command there with the person's own ssh, and hands on output and exit code", async () => {
    const done = await vigil('ssh', 'box', '--', 'echo', 'from-$((40+2))', '&&', 'exit', '7');
    expect(done).toMatchObject({ exitCode: 7, stdout: 'from-42\n' });
    expect(await vigil('ssh', 'box', '--', 'true')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('hands on a command that begins with a dash as a command', async () => {
    const done = await vigil('ssh', 'box', '--', '-V');
    expect(done.exitCode).not.toBe(0);
    expect(done.stderr).not.toMatch(/OpenSSH_\d/);
  });

  it('keeps the key it took on trust where the health checks keep theirs', async () => {
    const known = readFileSync(path.join(home, 'known_hosts'), 'utf8');
    expect(known).toContain(sshd.hostKey.publicLine.split(' ')[1]);
    expect(statSync(path.join(home, 'known_hosts')).mode & 0o077).toBe(0);
  });

  it('with --json it shows the command line and runs nothing', async () => {
    const way = JSON.parse((await vigil('--json', 'ssh', 'box', '--', 'uptime')).stdout) as SshWay;
    expect(way).toMatchObject({ machine: 'box', host: sshd.host, port: sshd.port, user: sshd.user });
    expect(way.command.slice(0, 3)).toEqual(['ssh', '-p', String(sshd.port)]);
    expect(way.command.slice(-3)).toEqual([sshd.host, '--', 'uptime']);
  });

  it('says what is missing', async () => {
    expect(await vigil('ssh', 'nobody')).toMatchObject({ exitCode: 1 });
    await vigil('create', 'plain', '--memory', '64', '--disk', '16');
    const stopped = await vigil('ssh', 'plain');
    expect(stopped).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not run') });
    const without = await runCliProcess(home, ['ssh', 'box'], { PATH: folder });
    expect(without).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("'ssh' cannot be run") });
    await vigil('delete', 'plain', '--force');
  });
});

describe('vigil import clan', () => {
  const clan = () => path.join(folder, '.clan-vm');
  const write = (name: string, text: string) => writeFileSync(path.join(clan(), name), text);

  it('takes machines in with their disks where they lie, once, and starts them', { timeout: 60_000 }, async () => {
    mkdirSync(clan());
    const disk = path.join(clan(), 'web.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '16M']);
    write(
      'web.yaml',
      'name: web\ncpus: 1\nmemory: 64\ndisk_size: 16\nnetwork: { mode: default, mac: "52:54:00:aa:bb:cc" }\n',
    );
    write('bad.yaml', 'name: bad\ncpus: many\n');
    const history = [{ timestamp: '2024-01-15T10:30:00Z', action: 'create', user: 'ada', details: { cpus: 1 } }];
    write('vm-state.json', JSON.stringify({ web: { state: 'STOPPED', created_at: '2024-01-15T10:30:00Z', history } }));

    const first = await vigil('import', 'clan', clan(), '--json');
    // One of the two files is broken.
    expect(first.exitCode).toBe(1);
    expect(JSON.parse(first.stdout) as ClanImport).toMatchObject({
      imported: [{ name: 'web', diskPath: disk, historyEntries: 1 }],
      faults: [{ file: path.join(clan(), 'bad.yaml'), line: 2, field: 'cpus' }],
    });
    const shown = await json<Machine & Omit<MachineDetail, 'machine'>>('show', 'web');
    expect(shown).toMatchObject({
      createdAt: '2024-01-15T10:30:00.000Z',
      config: { diskPath: disk, mac: '52:54:00:aa:bb:cc' },
    });

    rmSync(path.join(clan(), 'bad.yaml'));
    const again = await vigil('import', 'clan', clan());
    expect(again).toMatchObject({ exitCode: 0, stdout: "Machine 'web' left alone: It was imported before.\n" });
    const told = await json<readonly JournalEntry[]>('history', '--vm', 'web', '--limit', '100');
    expect(told.filter(({ action }) => action === 'machine.imported')).toHaveLength(1);
    expect(told.filter(({ action }) => action === 'history.imported')).toHaveLength(1);

    expect(await vigil('start', 'web')).toMatchObject({ exitCode: 0 });
    await vigil('stop', 'web', '--force');
    await vigil('delete', 'web', '--force');
    expect(statSync(disk).size).toBeGreaterThan(0);
  });

  it('is ~/.clan-vm without a name, and says that there is none', async () => {
    const missing = await vigil('import', 'clan', path.join(folder, 'nowhere'));
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no folder') });
    const own = await vigil('import', 'clan', '--json');
    expect(JSON.parse(own.stdout)).toMatchObject({ folder: path.join(folder, '.clan-vm') });
    await vigil('delete', 'web', '--force');
  });
});

describe('vigil inventory', () => {
  it('lists the local machines with the fields other programs read, and saves them for us alone', async () => {
    await vigil('create', 'demo', '--cpus', '1', '--memory', '64', '--disk', '16');
    const expected: readonly InventoryEntry[] = [
      {
        name: 'demo',
        type: 'vm',
        cpus: 1,
        memory: 64,
        disk_size: 16,
        network_mode: 'default',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    ];
    expect(JSON.parse((await vigil('inventory')).stdout)).toEqual(expected);
    const file = path.join(folder, 'vms.json');
    const saved = await vigil('inventory', '--output', file);
    expect(saved).toMatchObject({ exitCode: 0, stdout: `Inventory of 1 machine saved to ${file}\n` });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(expected);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await vigil('delete', 'demo', '--force');
  });
});
