import { bareApp, type ElectronApp, vigilApp } from './electron-app.ts';
import type { Contest, Lane } from './lane.ts';
import { debuggingArguments, firstPaint, pictureKept } from './page-paint.ts';
import { storeFleet } from './stored-fleet.ts';
import { watchTray } from './tray-watch.ts';

const shared = { id: 'P10', area: 'shell', unit: 'ms', rounds: 15, warmUps: 2, limitMs: 240_000 } as const;

const storedMachines = 1000;

/** From the start of the process to something a person can use. */
export const shellLanes: readonly Lane[] = [
  {
    ...shared,
    title: 'tray usable, started hidden',
    reference: 'an Electron app that makes a tray and nothing else',
    goal: { atMost: 1.1 },
    open: async () => {
      const watch = await watchTray();
      const time = (app: ElectronApp, extra: readonly string[]) => async () => {
        const running = app.start(extra);
        return watch.usable(running).finally(() => running.end());
      };
      return contest(await vigilApp(), await bareApp('bare-tray'), (ours, reference) => ({
        ours: time(ours, ['--hidden']),
        reference: time(reference, []),
        close: () => watch.close(),
      }));
    },
  },
  {
    ...shared,
    title: `window shown with ${storedMachines} machines as they were last seen`,
    reference: 'an Electron app that shows one heading and nothing else',
    goal: { atMost: 1.25 },
    open: () => windowContest('.first-picture .fleet-row'),
  },
  {
    ...shared,
    title: `window shown with ${storedMachines} machines as they are now`,
    reference: 'an Electron app that shows one heading and nothing else',
    goal: { atMost: 1.25 },
    open: () => windowContest('#root .fleet-row'),
  },
];

/** Both windows until something of ours is painted. It is not the first start: the fleet was looked at before. */
async function windowContest(ofOurs: string): Promise<Contest> {
  const vigil = await vigilApp();
  await storeFleet(vigil.data, storedMachines);
  const looking = vigil.start(debuggingArguments);
  await pictureKept(looking).finally(() => looking.end());
  const time = (app: ElectronApp, selector: string) => async () => {
    const running = app.start(debuggingArguments);
    return firstPaint(running, selector).finally(() => running.end());
  };
  return contest(vigil, await bareApp('bare-window'), (ours, reference) => ({
    ours: time(ours, ofOurs),
    reference: time(reference, 'h1'),
    close: async () => undefined,
  }));
}

function contest(
  ours: ElectronApp,
  reference: ElectronApp,
  sides: (ours: ElectronApp, reference: ElectronApp) => Contest,
): Contest {
  const made = sides(ours, reference);
  return {
    ...made,
    close: async () => {
      await made.close();
      await ours.close();
      await reference.close();
    },
  };
}
