import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DesktopSession, desktopSession } from '../support/desktop-session/desktop-session.ts';
import { eventually } from '../support/eventually.ts';
import { killProcessesOfHome, machineProcessesOf } from '../support/processes-of-home.ts';
import { installPackedApp, type PackedApp, sandboxSwitches } from './packed-app.ts';

const run = promisify(execFile);
let app: PackedApp;
let home: string;
let desktop: DesktopSession;

beforeAll(async () => {
  app = installPackedApp();
  home = mkdtempSync(path.join(tmpdir(), 'vg-'));
  desktop = await desktopSession();
});

afterAll(async () => {
  await desktop.close();
  await killProcessesOfHome(home);
  rmSync(home, { recursive: true, force: true });
  app.remove();
});

/** Name -> place in Electron's fuse wire, see https://github.com/electron/fuses, and what it has to be. */
const fuses = [
  ['RunAsNode', 0, 'off'],
  ['EnableCookieEncryption', 1, 'on'],
  ['EnableNodeOptionsEnvironmentVariable', 2, 'off'],
  ['EnableNodeCliInspectArguments', 3, 'off'],
  ['EnableEmbeddedAsarIntegrityValidation', 4, 'on'],
  ['OnlyLoadAppFromAsar', 5, 'on'],
  ['GrantFileProtocolExtraPrivileges', 7, 'off'],
] as const;

describe('the packaged binary', () => {
  it.each(fuses)('has the fuse %s', (_name, place, wanted) => {
    const binary = readFileSync(path.join(app.folder, 'vigil-app'));
    const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
    const wire = binary.indexOf(sentinel) + sentinel.length;
    expect(binary[wire]).toBe(1);
    expect(String.fromCharCode(binary[wire + 2 + place] ?? 0)).toBe(wanted === 'on' ? '1' : '0');
  });

  it('is no Node', async () => {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    // Node would print and exit with 0; the app asks for the folder that `--home` needs.
    const args = [...sandboxSwitches(), '-p', '1 + 1', '--home'];
    const asNode = run(path.join(app.folder, 'vigil-app'), args, { env, timeout: 20_000 });
    await expect(asNode).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--home needs a folder') });
  });

  it('holds nothing of the app outside of its archive but the native module', () => {
    const resources = path.join(app.folder, 'resources');
    expect(readdirSync(resources).sort()).toEqual(['app.asar', 'app.asar.unpacked', 'engine']);
    const unpacked = readdirSync(path.join(resources, 'app.asar.unpacked'), { recursive: true }).map(String);
    expect(unpacked.filter((file) => path.extname(file) !== '').map((file) => path.basename(file))).toEqual([
      expect.stringMatching(/\.node$/),
    ]);
    expect(existsSync(path.join(resources, 'app'))).toBe(false);
  });
});

describe('the packaged command line and app', () => {
  const qemu = () => machineProcessesOf(home).map(({ pid }) => pid);

  it('vigil makes and starts a machine with the engine of the app folder', async () => {
    await app.vigil('--home', home, 'create', 'demo', '--memory', '64', '--disk', '16', '--start');
    const { pid } = JSON.parse(readFileSync(path.join(home, 'engine.lock'), 'utf8')) as { pid: number };
    expect(readlinkSync(`/proc/${pid}/exe`)).toBe(path.join(app.folder, 'resources', 'engine', 'node'));
    expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).toContain(path.join(app.folder, 'resources/engine/node_modules'));
    expect(qemu()).toHaveLength(1);
  });

  it('vigil is found through a link', async () => {
    const link = path.join(home, 'linked-vigil');
    symlinkSync(path.join(app.folder, 'vigil'), link);
    const { stdout } = await run(link, ['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('the app adopts the running machine, and the tray drives it', async () => {
    await app.vigil('--home', home, 'lifecycle', 'daemon', 'stop');
    const before = qemu();
    expect(before).toHaveLength(1);

    const running = app.launch('--home', home);
    await desktop.trayThat('that shows the machine running', ({ tooltip }) => tooltip === '1 machine, 1 running');
    expect(qemu()).toEqual(before);
    expect(readFileSync(`/proc/${running.child.pid}/maps`, 'utf8')).toContain(
      path.join(app.folder, 'resources/app.asar.unpacked'),
    );

    const page = await running.page();
    await page.getByText('demo').first().waitFor();
    expect(await page.evaluate('typeof require + typeof process')).toBe('undefinedundefined');

    await desktop.clickMenu(['demo', 'Force stop']);
    await desktop.trayThat('that shows it stopped', ({ tooltip }) => tooltip === '1 machine, none running');
    await eventually('no machine process', () => qemu().length === 0);
    await desktop.clickMenu(['demo', 'Start']);
    await desktop.trayThat('that shows it running again', ({ tooltip }) => tooltip === '1 machine, 1 running');

    const again = qemu();
    // Nobody is here to answer what the menu's Quit would ask.
    running.child.kill('SIGTERM');
    expect(await running.exited).toBe(0);
    expect(qemu()).toEqual(again);
  });
});
