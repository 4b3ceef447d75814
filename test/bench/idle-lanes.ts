import { setTimeout as pause } from 'node:timers/promises';
import { bareApp, type ElectronApp, vigilApp } from './electron-app.ts';
import { CannotRun, type Lane } from './lane.ts';
import { idleProcessorMs } from './processor-time.ts';
import { storeFleet } from './stored-fleet.ts';
import { watchTray } from './tray-watch.ts';

const storedMachines = 50;
/** Start-up is over by then, with the first look at the forecasts. */
const settleMs = 45_000;
/** An idle app takes a few clock ticks a minute: less than this tells nothing. */
const windowMs = 120_000;

/** What Vigil takes of the processor while nobody looks at it and nothing happens. */
export const idleLanes: readonly Lane[] = [
  {
    id: 'P12',
    area: 'idle',
    title: `hidden app with its engine and ${storedMachines} stored machines, processor time a minute`,
    reference: 'an Electron app that makes a tray and nothing else',
    goal: { atMost: 3 },
    unit: 'ms',
    rounds: 3,
    warmUps: 0,
    limitMs: 1_200_000,
    open: async () => {
      if (process.platform !== 'linux') throw new CannotRun('Processor time is read from /proc, which only Linux has.');
      const [watch, ours, reference] = [await watchTray(), await vigilApp(), await bareApp('bare-tray')];
      await storeFleet(ours.data, storedMachines);
      const weigh = (app: ElectronApp, extra: readonly string[]) => async () => {
        const running = app.start(extra);
        try {
          await watch.usable(running);
          await pause(settleMs);
          return await idleProcessorMs(running.pid, windowMs);
        } finally {
          await running.end();
        }
      };
      return {
        ours: weigh(ours, ['--hidden']),
        reference: weigh(reference, []),
        close: async () => {
          await watch.close();
          await ours.close();
          await reference.close();
        },
      };
    },
  },
];
