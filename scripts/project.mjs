// Where things are, and how another program is run in the foreground.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const modules = path.join(root, 'node_modules');
export const out = path.join(root, 'out');

/** A failure the user can act on: its message is printed alone, without a stack. */
export class ExpectedFailure extends Error {}

/** The Node that came with the npm packages. The tools and the native modules are built for this one. */
export function projectNode() {
  const folder = path.join(modules, 'node', 'bin');
  const file = [path.join(folder, 'node'), path.join(folder, 'node.exe')].find((candidate) => existsSync(candidate));
  if (!file) throw new ExpectedFailure(`The project's Node is missing below ${folder}. Run \`npm ci\` and try again.`);
  return file;
}

/** Compared by version: npm puts the project's Node first on PATH, so most scripts already run under it. */
export function isProjectNode() {
  const manifest = JSON.parse(readFileSync(path.join(modules, 'node', 'package.json'), 'utf8'));
  return process.versions.node === manifest.version;
}

/**
 * What the user's shell had before npm added its own: a program we start for the user, or that outlives us, gets this.
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutNpm(environment = process.env) {
  const kept = Object.entries(environment).filter(
    ([name, value]) =>
      !name.startsWith('npm_') && name !== 'INIT_CWD' && !(name === 'NODE' && value === environment.npm_node_execpath),
  );
  return withMachinePath(Object.fromEntries(kept));
}

/**
 * PATH without the folders npm puts in front.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function withMachinePath(environment = process.env) {
  const kept = (environment.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !/[\\/](node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/.test(folder));
  return { ...environment, PATH: kept.join(path.delimiter) };
}

let wasTold = false;

/** Whether a signal asked us to stop while a program ran: what failed then is no reason to go on with something else. */
export function wasToldToStop() {
  return wasTold;
}

/**
 * Runs a program on our terminal and answers with the exit code to pass on. Ctrl-C reaches the program by itself (same
 * process group); other signals are handed on.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, output?: number | 'ignore' }} [options] `output`: where its standard output goes, ours by default
 * @returns {Promise<number>}
 */
export function runForeground(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['inherit', options.output ?? 'inherit', 'inherit'],
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      // npm is a batch file on Windows.
      shell: process.platform === 'win32' && file.endsWith('.cmd'),
    });
    /** @param {NodeJS.Signals} signal */
    const handOn = (signal) => {
      wasTold = true;
      child.kill(signal);
    };
    const wait = () => {
      wasTold = true;
    };
    process.on('SIGTERM', handOn).on('SIGHUP', handOn).on('SIGINT', wait);
    const settle = () => void process.off('SIGTERM', handOn).off('SIGHUP', handOn).off('SIGINT', wait);
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 */
export function runUnderProjectNode(args, options) {
  return runForeground(projectNode(), args, options);
}
