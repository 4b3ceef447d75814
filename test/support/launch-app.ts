import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { engineSocketPath } from '../../main/transport/engine-socket-path.ts';
import { electronForTests } from './electron-runtime/electron-for-tests.mjs';
import { eventually } from './eventually.ts';

/** The real app on the display and session bus of this process. */
export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly pid: number;
  /** What went wrong inside without being asserted: console errors, page errors, complaints of the main process. */
  readonly problems: readonly string[];
  /**
   * Runs in the main process, once there is an engine: while that thread loads one, V8 loses what it is asked to wait for
   * ("Resulting promise was garbage collected").
   */
  readonly inMain: ElectronApplication['evaluate'];
  /** The window; waits until there is one and its page has loaded. */
  window(): Promise<Page>;
  /** Resolves with the exit code once the process is gone. */
  readonly exited: Promise<number | null>;
  /** Picture and trace of what can be seen now, for a test that failed. */
  keepEvidence(name: string): Promise<void>;
  /** Ends it without asking. Right also when it has ended. */
  kill(): Promise<void>;
}

export interface LaunchOptions {
  readonly home: string;
  readonly args?: readonly string[];
  /** Beside that of a desktop. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Recording for a failed test costs time and puts scripts into the page. */
  readonly trace?: boolean;
}

const evidence = path.resolve('test-results', 'e2e');
const launchMs = 30_000;
const onHold = path.resolve(import.meta.dirname, 'app-on-hold');
const loader = path.join(
  path.dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib/server/electron/loader.js',
);

export async function launchApp({
  home,
  args = [],
  environment = {},
  trace = true,
}: LaunchOptions): Promise<RunningApp> {
  const runtime = await electronForTests();
  const ofApp = { ...ofDesktop(), ...environment };
  const electron = await _electron.launch({
    executablePath: runtime.executable,
    args: [...runtime.args.filter((arg) => arg !== runtime.appDir), onHold, '--home', home, ...args],
    env: { ...ofApp, VIGIL_APP_UNDER_TEST: runtime.appDir, VIGIL_PLAYWRIGHT_LOADER: loader },
    timeout: launchMs,
  });
  const child = electron.process();
  const problems: string[] = [];
  const exited = new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    child.once('exit', (code) => resolve(code));
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    problems.push(
      ...String(chunk)
        .split('\n')
        .filter(isComplaint)
        .map((line) => `main: ${line}`),
    );
  });
  electron.context().on('console', (message) => {
    if (message.type() === 'error') problems.push(`page: ${message.text()}`);
  });
  electron.context().on('weberror', (error) => problems.push(`page: ${error.error().message}`));
  if (trace) await electron.context().tracing.start({ screenshots: true, snapshots: true });

  return {
    electron,
    pid: child.pid ?? 0,
    problems,
    exited,
    inMain: (async (work: never, argument: never) => {
      await eventually(`an engine for ${home}`, () => answers(engineSocketPath(home, ofApp)), launchMs);
      return electron.evaluate(work, argument);
    }) as ElectronApplication['evaluate'],
    window: async () => {
      const page = await eventually('a window', () => electron.windows().find((each) => !each.isClosed()));
      await page.waitForLoadState('load');
      return page;
    },
    keepEvidence: async (name) => {
      mkdirSync(evidence, { recursive: true });
      const file = path.join(evidence, name.replace(/[^\w-]+/g, '-').slice(0, 100));
      for (const page of electron.windows())
        await page.screenshot({ path: `${file}.png`, timeout: 5000 }).catch(() => {});
      if (trace)
        await electron
          .context()
          .tracing.stop({ path: `${file}.zip` })
          .catch(() => {});
    },
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Our own log lines and what Node says about bugs; Chromium's chatter about a bare machine is left out. */
function isComplaint(line: string): boolean {
  return /^(warn|error) |UnhandledPromiseRejection|Uncaught|^\w*Error:/.test(line);
}

/** As a desktop starts it: nothing of npm, nothing of the test runner. */
function ofDesktop(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || /^(npm_|VITEST|NODE_|VIGIL_)/.test(name) ? [] : [[name, value] as const],
    ),
  );
}
