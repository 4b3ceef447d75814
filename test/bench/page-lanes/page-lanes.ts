import type { Contest, Lane } from '../lane.ts';
import { makeBareTableLive } from './bare-table.ts';
import {
  costInSight,
  type MeasuredPage,
  type MeasuredPages,
  mainThreadCost,
  openMeasuredPages,
} from './measured-pages.ts';

const shared = { area: 'window', rounds: 5, warmUps: 1, limitMs: 240_000 } as const;
const turns = 12;
/** Where both sides do nearly the same, so that a difference is not one of the moment. */
const manyTurns = 40;
const limits = { firstChartMs: 150, lastChartMs: 600 } as const;

const storedMachines = 50;
const secondsInSight = 20;

/** What the window costs while it shows what moves: in Chromium, beside the same page without anything behind it. */
export const pageLanes: readonly Lane[] = [
  {
    ...shared,
    id: 'P12',
    title: `window in sight with ${storedMachines} machines, every value another one each second, main thread a second`,
    reference: 'a page with one live chart of recharts and nothing else',
    goal: { atMost: 0.25 },
    unit: 'ms',
    open: async () => {
      const pages = await openMeasuredPages();
      return opened(pages, async () => {
        const [ours, bare] = [await fleetOf(pages, storedMachines), await pages.bareChart()];
        const cost = (page: MeasuredPage) => async () => (await mainThreadCost(page, 'update', turns)).taskMs;
        return { ours: cost(ours), reference: cost(bare), close: () => pages.close() };
      });
    },
  },
  {
    ...shared,
    id: 'P12',
    title: `window in sight with ${storedMachines} machines, read every ${secondsInSight} s and ticking between, main thread a second`,
    reference: 'a page with one live chart of recharts that moves each second',
    // Each side looks on for as long as that, in each round and once before.
    limitMs: 600_000,
    goal: { atMost: 0.25 },
    unit: 'ms',
    open: async () => {
      const pages = await openMeasuredPages();
      return opened(pages, async () => {
        const [ours, bare] = [await fleetOf(pages, storedMachines), await pages.bareChart()];
        return {
          ours: () => costInSight(ours, secondsInSight, 1),
          reference: () => costInSight(bare, secondsInSight, secondsInSight),
          close: () => pages.close(),
        };
      });
    },
  },
  {
    ...shared,
    id: 'P13',
    title: 'small lines of every row in sight drawn anew, main thread',
    reference: 'a hand-written canvas for each of them',
    goal: { atMost: 1.25 },
    unit: 'ms',
    open: () => beside(1000, async (page) => (await mainThreadCost(page, 'redraw', manyTurns)).taskMs),
  },
  ...(['firstChartMs', 'lastChartMs'] as const).map(
    (which): Lane => ({
      ...shared,
      id: 'P13',
      title: `charts of a machine over another range, ${which === 'firstChartMs' ? 'the first' : 'the last'} of them drawn, the slowest of all ranges`,
      reference: `the limit of ${limits[which]} ms`,
      goal: { atMost: 1 },
      unit: 'ms',
      open: async () => {
        const pages = await openMeasuredPages();
        return opened(pages, async () => {
          const page = await pages.renderer(20, `#/machines/00000000-0000-4000-8000-000000000000`);
          await page.tab.locator('.chart [role=slider]').nth(5).waitFor();
          return {
            ours: async () => (await slowestRange(page))[which],
            reference: async () => limits[which],
            close: () => pages.close(),
          };
        });
      },
    }),
  ),
  {
    ...shared,
    id: 'P14',
    // A few hundredths decide.
    rounds: 15,
    title: 'fleet of 1000 with every value another one, main thread',
    reference: 'direct writes to the same cells and canvases',
    goal: { atMost: 1.1 },
    unit: 'ms',
    open: () => beside(1000, async (page) => (await mainThreadCost(page, 'update', manyTurns)).taskMs),
  },
  {
    ...shared,
    id: 'P14',
    title: 'the same, script alone',
    reference: 'direct writes to the same cells and canvases',
    goal: { atMost: 3 },
    unit: 'ms',
    open: () => beside(1000, async (page) => (await mainThreadCost(page, 'update', manyTurns)).scriptMs),
  },
  {
    ...shared,
    id: 'P14',
    title: 'fleet of 10,000 with every value another one, main thread',
    reference: 'the same with a fleet of 100',
    goal: { atMost: 1.1 },
    unit: 'ms',
    open: async () => {
      const pages = await openMeasuredPages();
      return opened(pages, async () => {
        const [many, few] = [await fleetOf(pages, 10_000), await fleetOf(pages, 100)];
        const cost = (page: MeasuredPage) => async () => (await mainThreadCost(page, 'update', manyTurns)).taskMs;
        return { ours: cost(many), reference: cost(few), close: () => pages.close() };
      });
    },
  },
];

/** The renderer beside a bare copy of what it shows. */
async function beside(machines: number, measure: (page: MeasuredPage) => Promise<number>): Promise<Contest> {
  const pages = await openMeasuredPages();
  return opened(pages, async () => {
    const ours = await fleetOf(pages, machines);
    const bare = await pages.bareCopyOf(ours);
    await makeBareTableLive(bare);
    return { ours: () => measure(ours), reference: () => measure(bare), close: () => pages.close() };
  });
}

async function fleetOf(pages: MeasuredPages, machines: number): Promise<MeasuredPage> {
  const page = await pages.renderer(machines, '#/');
  await page.tab.locator('.fleet-row canvas').nth(10).waitFor();
  return page;
}

async function opened(pages: MeasuredPages, make: () => Promise<Contest>): Promise<Contest> {
  try {
    return await make();
  } catch (error) {
    await pages.close();
    throw error;
  }
}

const ranges = [
  ['24 h', 'the last 24 hours'],
  ['7 d', 'the last 7 days'],
  ['30 d', 'the last 30 days'],
  ['90 d', 'the last 90 days'],
  ['1 h', 'the last hour'],
] as const;

/** Milliseconds from the press of a range to its first and its last chart, the most of any range. */
async function slowestRange({ tab }: MeasuredPage): Promise<{ firstChartMs: number; lastChartMs: number }> {
  let [firstChartMs, lastChartMs] = [0, 0];
  for (const [label, words] of ranges) {
    const taken = await tab.evaluate(
      async ({ wanted, said }) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        // A chart says what it shows in words, and says it when it is drawn.
        const drawn = (): { done: number; all: number } => {
          const charts = [...document.querySelectorAll('.chart [role=slider]')];
          return {
            done: charts.filter((chart) => chart.getAttribute('aria-label')?.includes(said)).length,
            all: document.querySelectorAll('.chart').length,
          };
        };
        const choice = [...document.querySelectorAll('.board-tools label')].find((each) => each.textContent === wanted);
        const begin = performance.now();
        choice?.querySelector('input')?.click();
        let first: number | null = null;
        for (;;) {
          await frame();
          const { done, all } = drawn();
          if (done > 0) first ??= performance.now() - begin;
          if (first !== null && done >= all) return { first, last: performance.now() - begin };
          if (performance.now() - begin > 20_000) throw new Error(`The charts of ${wanted} were not drawn.`);
        }
      },
      { wanted: label, said: words },
    );
    firstChartMs = Math.max(firstChartMs, taken.first);
    lastChartMs = Math.max(lastChartMs, taken.last);
  }
  return { firstChartMs, lastChartMs };
}
