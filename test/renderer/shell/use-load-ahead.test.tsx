import { afterEach, expect, it, vi } from 'vitest';
import { useLoadAhead } from '../../../renderer/shell/use-load-ahead.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { machineOf } from '../support/fleet-story.ts';
import { mount } from '../support/mount.tsx';

const loaded = vi.hoisted(() => ({ pages: 0, plots: 0 }));
vi.mock('../../../renderer/pages/load-later-page.ts', () => ({
  loadLaterPage: async () => {
    loaded.pages += 1;
  },
}));
vi.mock('../../../renderer/charts/load-plot.ts', () => ({
  loadPlot: async () => {
    loaded.plots += 1;
  },
}));

afterEach(() => {
  vi.unstubAllGlobals();
});

function Probe() {
  useLoadAhead();
  return null;
}

it('what the first picture does without is loaded once the fleet is read, and not while the engine is waited for', async () => {
  const idle: (() => void)[] = [];
  vi.stubGlobal('requestIdleCallback', (action: () => void) => idle.push(action));
  vi.stubGlobal('cancelIdleCallback', () => {});
  const bridge = fakeBridge();
  let answer: (machines: readonly unknown[]) => void = () => {};
  bridge.answer('machine.list', () => new Promise((resolve) => (answer = resolve)));
  const mounted = await mount(<Probe />, bridge);
  await mounted.eventually(() => expect(bridge.asked.map(({ name }) => name)).toContain('metrics.newest'));
  expect([idle.length, loaded.pages]).toEqual([0, 0]);

  answer([machineOf(1, 'one')]);
  await mounted.eventually(() => expect(idle).toHaveLength(1));
  expect(loaded).toEqual({ pages: 0, plots: 0 });
  idle[0]?.();
  expect(loaded).toEqual({ pages: 1, plots: 1 });
  await mounted.unmount();
});
