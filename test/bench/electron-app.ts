import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveElectron } from '../../scripts/electron.mjs';
import { ExpectedFailure, withoutNpm } from '../../scripts/project.mjs';
import { killProcessesOfHome } from '../support/processes-of-home.ts';
import { endProcess } from './end-process.ts';
import { CannotRun } from './lane.ts';

/** An Electron app that can be started again and again with the same arguments, on the same data. */
export interface ElectronApp {
  start(extra?: readonly string[]): RunningElectron;
  /** Where it keeps them. */
  readonly data: string;
  /** Removes its data. */
  close(): Promise<void>;
}

export interface RunningElectron {
  readonly child: ChildProcess;
  readonly pid: number;
  /** When it was started: milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** What it has said on standard error so far. */
  said(): string;
  end(): Promise<void>;
}

/** Vigil from the build. */
export async function vigilApp(): Promise<ElectronApp> {
  return appOf(null, (data) => ['--home', data]);
}

/** One of the bare apps beside this file, under the very same runtime and switches. */
export async function bareApp(name: 'bare-tray' | 'bare-window'): Promise<ElectronApp> {
  return appOf(path.join(import.meta.dirname, name), (data) => [`--profile=${data}`]);
}

async function appOf(folder: string | null, dataArguments: (data: string) => string[]): Promise<ElectronApp> {
  if (!process.env.DBUS_SESSION_BUS_ADDRESS || !process.env.DISPLAY)
    throw new CannotRun('It needs a display and a session bus.');
  const { executable, args, appDir } = await resolveElectron().catch((error: unknown) => {
    throw error instanceof ExpectedFailure ? new CannotRun(error.message) : error;
  });
  const switches = args.filter((argument) => argument !== appDir);
  const gpu = switches.includes('--disable-gpu') ? [] : ['--disable-gpu'];
  const data = mkdtempSync(path.join(tmpdir(), 'vgb-'));
  return {
    data,
    start: (extra = []) => {
      const command = [...switches, ...gpu, folder ?? appDir, ...dataArguments(data), ...extra];
      const startedAt = performance.now();
      const child = spawn(executable, command, { stdio: ['ignore', 'ignore', 'pipe'], env: withoutNpm() });
      let text = '';
      child.stderr.setEncoding('utf8').on('data', (more: string) => {
        text = (text + more).slice(-16_000);
      });
      return { child, pid: child.pid ?? 0, startedAt, said: () => text, end: () => endProcess(child) };
    },
    close: async () => {
      await killProcessesOfHome(data);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
