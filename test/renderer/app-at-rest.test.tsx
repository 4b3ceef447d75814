import { afterEach, expect, it, vi } from 'vitest';
import { noValues, type Sample } from '../../main/contract/sample.ts';
import { App } from '../../renderer/app.tsx';
import * as topBar from '../../renderer/shell/top-bar.tsx';
import { fakeBridge } from './support/fake-bridge.ts';
import { runningMachine } from './support/fleet-story.ts';
import { type Mounted, mount } from './support/mount.tsx';

vi.mock('../../renderer/shell/top-bar.tsx', { spy: true });

let mounted: Mounted | undefined;

afterEach(async () => {
  await mounted?.unmount();
  vi.unstubAllGlobals();
});

it('a round of readings draws nothing anew but the page that shows them, which says the level in words', async () => {
  window.location.hash = '#/';
  vi.stubGlobal('requestIdleCallback', () => 0);
  vi.stubGlobal('cancelIdleCallback', () => {});
  const machine = runningMachine(1, 'build-vm', 60);
  const reading = (cpuPercent: number): Sample => ({
    ...noValues,
    machine: machine.name,
    machineId: machine.id,
    source: 'guest',
    at: new Date().toISOString(),
    success: true,
    level: 'raw',
    cpuPercent,
  });
  const bridge = fakeBridge([machine]);
  bridge.answer('metrics.newest', () => [reading(11)]);
  mounted = await mount(<App />, bridge);
  const { eventually, page } = mounted;
  const cpu = () => page.querySelector('.fleet-row .col-cpu')?.textContent;
  await eventually(() => expect(cpu()).toContain('11.0'));
  const drawn = vi.mocked(topBar.TopBar).mock.calls.length;
  expect(drawn).toBeGreaterThan(0);

  bridge.publish('metrics.collected', { at: new Date().toISOString(), samples: [reading(22)] });
  await eventually(() => expect(cpu()).toContain('22.0'));
  expect(topBar.TopBar).toHaveBeenCalledTimes(drawn);

  const said = () => page.querySelector('.fleet-row .col-cpu .percent')?.getAttribute('title');
  expect(said()).toBe('under 70 %');
  bridge.publish('metrics.collected', { at: new Date().toISOString(), samples: [reading(88)] });
  await eventually(() => expect(said()).toBe('over 85 %'));
});
