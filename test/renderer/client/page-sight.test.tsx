import { afterEach, expect, it, vi } from 'vitest';
import { FleetPage } from '../../../renderer/pages/fleet/fleet-page.tsx';
import { fakeBridge } from '../support/fake-bridge.ts';
import { runningMachine, storyMachines, storyNow } from '../support/fleet-story.ts';
import { type Mounted, mount } from '../support/mount.tsx';
import { setSight } from '../support/page-in-sight.ts';
import { storyNewest } from '../support/readings-story.ts';

let mounted: Mounted;
afterEach(async () => {
  setSight(true);
  await mounted.unmount();
  vi.useRealTimers();
});

it('a page that nobody sees draws nothing and starts no timer, and catches up when it is seen again', async () => {
  vi.useFakeTimers({ now: storyNow, toFake: ['Date'] });
  const bridge = fakeBridge(storyMachines);
  mounted = await mount(<FleetPage />, bridge);
  await mounted.eventually(() => expect(mounted.page.querySelector('canvas')).not.toBeNull());
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const frames = vi.spyOn(window, 'requestAnimationFrame');
  const drawn: MutationRecord[] = [];
  const witness = new MutationObserver((records) => drawn.push(...records));
  witness.observe(mounted.page, { subtree: true, childList: true, attributes: true, characterData: true });
  const asked = () => bridge.asked.filter(({ name }) => name === 'metrics.recent').length;

  setSight(false);
  const before = asked();
  for (let round = 0; round < 3; round += 1) {
    bridge.publish('metrics.collected', { at: new Date().toISOString(), samples: storyNewest(storyMachines) });
    bridge.publish('machine.changed', runningMachine(7, `renamed-${round}`, 5));
    // Whatever was to follow has followed when a message that was sent after it arrives.
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    });
  }
  expect(drawn).toEqual([]);
  expect(timers).not.toHaveBeenCalled();
  expect(frames).not.toHaveBeenCalled();
  expect(asked()).toBe(before);

  setSight(true);
  await mounted.eventually(() => expect(mounted.page.textContent).toContain('renamed-2'));
  await mounted.eventually(() => expect(asked()).toBe(before + 1));
  witness.disconnect();
});
