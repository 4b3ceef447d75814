import { type BusyEngine, busyEngine } from '../../support/busy-engine.ts';
import { delaysBesideIdle, type ThreadDelay } from '../../support/own-time.ts';
import type { Contest, Lane } from '../lane.ts';
import { median } from '../statistics.ts';

const limits = { p99Ms: 20, maxMs: 100 } as const;
const windowMs = 20_000;

/** How long the engine's thread is away while it reads, keeps, drops, backs up and answers at once. */
export const busyEngineLanes: readonly Lane[] = (['p99Ms', 'maxMs'] as const).map(
  (which): Lane => ({
    id: 'B12',
    area: 'store',
    title: `${which === 'p99Ms' ? 'p99' : 'longest'} delay of the engine's thread: 500 machines every 2 s, old readings dropped, backups, a chart of 30 days again and again`,
    reference: `the limit of ${limits[which]} ms`,
    goal: { atMost: 1 },
    unit: 'ms',
    rounds: 3,
    warmUps: 1,
    limitMs: 300_000,
    open: () => busyContest(which),
  }),
);

async function busyContest(which: keyof typeof limits): Promise<Contest> {
  const engine: BusyEngine = await busyEngine();
  const seen: { readonly ours: ThreadDelay; readonly idle: ThreadDelay }[] = [];
  return {
    ours: async () => {
      const found = await delaysBesideIdle(() => engine.work(windowMs));
      seen.push(found);
      return found.ours[which];
    },
    reference: async () => limits[which],
    notes: () => [
      `without the time in which other programs had the core; a thread that does nothing was away for ${median(seen.map(({ idle }) => idle[which])).toFixed(1)} ms meanwhile`,
      `the longest by the clock: the engine's ${median(seen.map(({ ours }) => ours.maxWallMs)).toFixed(1)} ms, the idle one's ${median(seen.map(({ idle }) => idle.maxWallMs)).toFixed(1)} ms`,
    ],
    close: () => engine.close(),
  };
}
