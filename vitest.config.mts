import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// The limits only end what hangs: how fast things are is measured by the bench, never by a test.
// One project per kind of test, so each runs with what it needs and nothing else. scripts/test.mjs gives their order.
const elsewhere = [
  'test/architecture/**',
  'test/renderer/**',
  'test/e2e/**',
  'test/chaos/**',
  'test/package/**',
  '**/*.integration.test.ts',
];

const ownDesktop = 'test/support/desktop-session/own-desktop.ts';

/** Minutes each: begun last, they would go on alone when everything else is over. */
const longest = [
  'debian-guest.integration',
  'snapshot-safety.integration',
  'time-travel.integration',
  'disks.integration',
  'healing.e2e',
  'watching.e2e',
  'a-day-with-a-machine.e2e',
  'what-machines-do.e2e',
  // What waits for boots and intervals first, and beside it at once what only reckons and gives way.
  'real-cures.chaos',
  'own-network.chaos',
  'guest-checks.chaos',
  'ssh-behaviours-leaks.chaos',
  'debian-healing.chaos',
  'healing.chaos',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.includes(`/${name}.`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Two cores is the smallest machine we care about.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'architecture',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['test/architecture/**/*.test.ts'],
        },
      },
      {
        // Pure: engine, contract, transport, and the parsing half of adapters. Fakes and the manual clock, no waiting.
        test: {
          name: 'unit',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['test/**/*.test.ts'],
          exclude: elsewhere,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          environment: 'jsdom',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
        },
      },
      {
        // Real QEMU, SQLite files, sockets and processes.
        test: {
          name: 'integration',
          // Most of them wait for a guest or a process most of the time.
          maxWorkers: 3,
          include: ['test/**/*.integration.test.ts'],
          exclude: ['test/e2e/**', 'test/chaos/**'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        // The real app, each file on a display and a session bus of its own. Much of it is waiting for guests and checks.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          setupFiles: [ownDesktop],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        // The packaged app, by `npm run package -- --test`.
        test: {
          name: 'package',
          include: ['test/package/**/*.e2e.ts'],
          setupFiles: [ownDesktop],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // The one that leaves this computer, by `npm run test:azure`.
        test: {
          name: 'smoke',
          include: ['test/smoke/**/*.smoke.ts'],
          testTimeout: 240_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/*.chaos.ts'],
          setupFiles: [ownDesktop],
          fileParallelism: false,
          testTimeout: 30 * 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Minutes of waiting for guests, intervals and limits, which leave half of two cores to what gives way to them.
        test: {
          name: 'chaos-side-by-side',
          include: ['test/chaos/side-by-side/*.chaos.ts'],
          setupFiles: [ownDesktop],
          maxWorkers: 4,
          testTimeout: 30 * 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
