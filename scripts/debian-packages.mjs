// The one list of Debian packages the project needs, with what shows that each is there.
//
// `node scripts/debian-packages.mjs` alone prints the names, for `.ci/run` and for people.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExpectedFailure } from './project.mjs';

/**
 * `app`: needed to run machines and to show the window. `test`: needed on top by the test suite.
 * @typedef {{ names: readonly string[], for: 'app' | 'test', command?: string, library?: string, file?: string }} Requirement
 * `names` holds the name in Debian 12 first, then what later releases call it.
 * @type {readonly Requirement[]}
 */
export const requirements = [
  { names: ['qemu-system-x86'], for: 'app', command: 'qemu-system-x86_64' },
  { names: ['qemu-utils'], for: 'app', command: 'qemu-img' },
  { names: ['openssh-client'], for: 'app', command: 'ssh' },
  { names: ['libnotify-bin'], for: 'app', command: 'notify-send' },
  // What Electron links to, as far as one does not bring the other: GTK brings X11, Wayland, cairo, pango, cups and atk.
  { names: ['libgtk-3-0', 'libgtk-3-0t64'], for: 'app', library: 'libgtk-3.so.0' },
  { names: ['libnss3'], for: 'app', library: 'libnss3.so' },
  { names: ['libasound2', 'libasound2t64'], for: 'app', library: 'libasound.so.2' },
  { names: ['libgbm1'], for: 'app', library: 'libgbm.so.1' },
  { names: ['libdrm2'], for: 'app', library: 'libdrm.so.2' },
  // Without any font the window shows boxes.
  { names: ['fonts-dejavu-core'], for: 'app', file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' },

  { names: ['xvfb'], for: 'test', command: 'xvfb-run' },
  { names: ['xauth'], for: 'test', command: 'xauth' },
  { names: ['dbus'], for: 'test', command: 'dbus-daemon' },
  { names: ['dbus-x11'], for: 'test', command: 'dbus-launch' },
  { names: ['openssh-server'], for: 'test', command: 'sshd' },
  { names: ['ovmf'], for: 'test', file: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  // Builds the Debian guest of the tests.
  { names: ['debootstrap'], for: 'test', command: 'debootstrap' },
];

/**
 * Installs what is missing when we may. Otherwise answers with the command to run, for the caller to fail or to warn with.
 * @param {'app' | 'test'} purpose
 * @returns {string | null} null when everything is there
 */
export function provideDebianPackages(purpose) {
  if (process.platform !== 'linux') return null;
  const missing = missingRequirements(purpose);
  if (missing.length === 0) return null;
  if (!findCommand('apt-get')) return `Missing: ${missing.map(describe).join(', ')}. Install them and try again.`;
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends'];
  const names = () => missing.map((requirement) => knownToApt(requirement.names) ?? requirement.names[0] ?? '');
  if (process.getuid?.() !== 0) return `sudo ${[...install, ...names()].join(' ')}`;

  console.error(`Installing Debian packages: ${missing.map(({ names }) => names[0]).join(' ')}`);
  const installMissing = () => apt([...install, '--quiet', ...names()]);
  // Lists that are missing know no candidate; lists that are old name files the mirror no longer has.
  const hasLists = missing.every(({ names }) => knownToApt(names));
  if (!hasLists || !installMissing()) {
    apt(['apt-get', 'update', '--quiet']);
    installMissing();
  }
  const still = missingRequirements(purpose);
  if (still.length > 0) throw new ExpectedFailure(`Still missing after apt-get: ${still.map(describe).join(', ')}.`);
  return null;
}

/** @param {'app' | 'test'} purpose */
function missingRequirements(purpose) {
  const libraries = spawnSync(findCommand('ldconfig') ?? 'ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '';
  return requirements
    .filter((requirement) => requirement.for === 'app' || purpose === 'test')
    .filter(({ command, library, file }) => {
      if (command) return !findCommand(command);
      if (library) return !libraries.includes(`\t${library} `);
      return file !== undefined && !existsSync(file);
    });
}

/**
 * PATH, and the folders that a user's PATH leaves out but daemons live in.
 * @param {string} name
 */
export function findCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

/**
 * The first of the names that apt can install; undefined when its lists are missing.
 * @param {readonly string[]} names
 */
function knownToApt(names) {
  return names.find((name) => {
    const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' });
    return /Candidate: (?!\(none\))/.test(stdout ?? '');
  });
}

/**
 * @param {readonly string[]} command
 * @returns {boolean} whether it went well
 */
function apt([file = '', ...args]) {
  const { status } = spawnSync(file, args, {
    // apt's talk is not our output.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}

/** @param {Requirement} requirement */
function describe({ names, command, library }) {
  return command ?? library ?? names[0] ?? '';
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(requirements.map(({ names }) => names[0]).join(' '));
}
