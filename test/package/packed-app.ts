import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright';
import { withoutNpm } from '../../scripts/project.mjs';
import { eventually } from '../support/eventually.ts';

/** The packaged app, away from the project: what it does not bring, it does not find. */
export interface PackedApp {
  readonly folder: string;
  /** Runs the `vigil` of the app folder. Rejects when it fails. */
  vigil(...args: readonly string[]): Promise<string>;
  launch(...args: readonly string[]): PackedProcess;
  remove(): void;
}

/** Its inspector is switched off, so it is driven by the desktop and by its page. */
export interface PackedProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  said(): string;
  /** The window's page, over the debugging port. */
  page(): Promise<Page>;
}

const commandMs = 60_000;

export function installPackedApp(): PackedApp {
  const packed = process.env.VIGIL_PACKAGE;
  if (!packed) throw new Error('There is no packaged app. Run `npm run package -- --test`.');
  const folder = mkdtempSync(path.join(tmpdir(), 'vigil-packed-'));
  cpSync(packed, folder, { recursive: true, verbatimSymlinks: true });
  const env = withoutNpm();
  return {
    folder,
    vigil: async (...args) => {
      const { stdout } = await promisify(execFile)(path.join(folder, 'vigil'), args, { env, timeout: commandMs });
      return stdout;
    },
    launch: (...args) => {
      const switches = [...sandboxSwitches(), '--disable-gpu'];
      const debugging = ['--remote-debugging-port=0', '--remote-allow-origins=*'];
      const child = spawn(path.join(folder, 'vigil-app'), [...switches, ...debugging, ...args], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      child.stderr.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      return {
        child,
        exited: once(child, 'exit').then(([code]) => code),
        said: () => text,
        page: async () => {
          const browser = await connected(() => text);
          return eventually('a window', () => browser.contexts()[0]?.pages()[0]);
        },
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Chromium's sandbox refuses to work for root. */
export function sandboxSwitches(): readonly string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

async function connected(said: () => string): Promise<Browser> {
  const address = await eventually('a debugging port', () => /DevTools listening on (ws:\S+)/.exec(said())?.[1]);
  return chromium.connectOverCDP(address);
}
