/** What draws charts, as a part of its own. Asked for when the window has nothing else to do, so that it is there when needed. */
export function loadPlot(): Promise<typeof import('./plot.tsx')> {
  return import('./plot.tsx');
}
