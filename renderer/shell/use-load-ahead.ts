import { useEffect } from 'react';
import { loadPlot } from '../charts/load-plot.ts';
import { useClient } from '../client/client-context.tsx';
import { loadLaterPage } from '../pages/load-later-page.ts';

const patienceMs = 5000;

/**
 * Loads what the first picture does without, so that it is there when it is asked for: when the window has nothing else to
 * do, and not while the fleet is still to come. The wait for an engine is no such time: what it answers is drawn first.
 */
export function useLoadAhead(): void {
  const { machines, link } = useClient();
  useEffect(() => {
    let idle = 0;
    // What cannot be loaded now is loaded, or reported, when it is needed.
    const load = () => void Promise.allSettled([loadLaterPage(), loadPlot()]);
    const look = () => {
      if (idle !== 0 || (machines.get().value === null && link.get().kind !== 'lost')) return;
      idle = requestIdleCallback(load, { timeout: patienceMs });
    };
    const undo = [machines.subscribe(look), link.subscribe(look)];
    look();
    return () => {
      cancelIdleCallback(idle);
      for (const each of undo) each();
    };
  }, [machines, link]);
}
