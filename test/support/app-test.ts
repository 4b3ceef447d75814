import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, expect } from 'vitest';
import { type DesktopSession, desktopSession } from './desktop-session/desktop-session.ts';
import { type LaunchOptions, launchApp, type RunningApp } from './launch-app.ts';
import { killProcessesOfHome } from './processes-of-home.ts';

export interface AppFixtures {
  /**
   * A data home of its own, short enough for sockets; gone afterwards with everything that ran in it. It has no alert
   * rules: how busy the computer is while the tests run is nobody's alarm.
   */
  readonly home: string;
  /** A tray and a notification service on the session bus. */
  readonly desktop: DesktopSession;
  /** Starts the app on `home`. A problem nobody expected fails the test. */
  readonly launch: (options?: Partial<LaunchOptions> & { readonly expectProblems?: boolean }) => Promise<RunningApp>;
}

interface Surroundings {
  /** Whether the desktop has a place for tray icons: false is what a test without one extends this by. */
  readonly hasTray: boolean;
}

/** A test on the real app. */
export const appTest = base.extend<AppFixtures & Surroundings>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  home: async ({}, use) => {
    const home = mkdtempSync(path.join(tmpdir(), 'vg-'));
    writeFileSync(path.join(home, 'alert_rules.yaml'), 'rules: []\n', { mode: 0o600 });
    await use(home);
    await killProcessesOfHome(home);
    rmSync(home, { recursive: true, force: true });
  },
  hasTray: true,
  desktop: async ({ hasTray }, use) => {
    const desktop = await desktopSession({ tray: hasTray });
    await use(desktop);
    await desktop.close();
  },
  launch: async ({ home, desktop, task }, use) => {
    expect(desktop.trayCount).toBe(0);
    const started: { app: RunningApp; expectProblems: boolean }[] = [];
    await use(async ({ expectProblems = false, ...options } = {}) => {
      const app = await launchApp({ home, ...options });
      started.push({ app, expectProblems });
      return app;
    });
    const failed = task.result?.state === 'fail';
    for (const { app } of started) {
      if (failed) await app.keepEvidence(task.name);
      await app.kill();
    }
    const problems = started.flatMap(({ app, expectProblems }) => (expectProblems ? [] : app.problems));
    expect(problems).toEqual([]);
  },
});
