import type { ComparePlot } from './compare-plot.tsx';
import type { Plot } from './plot.tsx';

/** What draws charts, as a part of its own. Asked for when the window has nothing else to do, so that it is there when needed. */
export async function loadPlot(): Promise<{ readonly Plot: typeof Plot; readonly ComparePlot: typeof ComparePlot }> {
  const [single, several] = await Promise.all([import('./plot.tsx'), import('./compare-plot.tsx')]);
  return { ...single, ...several };
}
