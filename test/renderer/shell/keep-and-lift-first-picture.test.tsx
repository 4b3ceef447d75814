import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { App } from '../../../renderer/app.tsx';
import { liftFirstPicture, showFirstPicture } from '../../../renderer/first-picture/first-picture.ts';
import { keepPicture, keptPicture } from '../../../renderer/first-picture/kept-picture.ts';
import type { Picture } from '../../../renderer/first-picture/picture.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { machineOf } from '../support/fleet-story.ts';
import { type Mounted, mount } from '../support/mount.tsx';

let mounted: Mounted | undefined;

beforeEach(async () => {
  window.location.hash = '#/';
  // The page is told of its place a moment later.
  await new Promise((resolve) => setTimeout(resolve));
  vi.stubGlobal('requestIdleCallback', () => 0);
  vi.stubGlobal('cancelIdleCallback', () => {});
  vi.spyOn(Element.prototype, 'getClientRects').mockReturnValue([{}] as unknown as DOMRectList);
});

afterEach(async () => {
  await mounted?.unmount();
  liftFirstPicture();
  window.localStorage.clear();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const earlier: Picture = {
  takenAt: 1,
  theme: 'light',
  faces: { '--font': 'Inter', '--font-mono': 'monospace' },
  parts: ['was', { tag: 'div', attributes: {}, placing: {}, within: [0] }],
};
const shown = () => document.querySelector('.first-picture');

function textOf(picture: Picture | null): string {
  return (picture?.parts ?? []).filter((part) => typeof part === 'string').join('');
}

/** The page as its window has it. */
async function openApp(bridge = fakeBridge([machineOf(1, 'build-vm')])): Promise<Mounted> {
  mounted = await mount(<App />, bridge);
  mounted.page.id = 'root';
  return mounted;
}

it('the first picture stays until the fleet behind it is drawn with its readings', async () => {
  keepPicture(earlier);
  showFirstPicture();
  const bridge = fakeBridge([machineOf(1, 'build-vm')]);
  let answer: (samples: readonly unknown[]) => void = () => {};
  bridge.answer('metrics.newest', () => new Promise((resolve) => (answer = resolve)));
  const page = await openApp(bridge);
  await page.eventually(() => expect(page.page.querySelector('.fleet-row')).not.toBeNull());
  expect(shown()?.textContent).toBe('was');
  answer([]);
  await page.eventually(() => expect(shown()).toBeNull());
});

it('the first picture goes when the engine cannot be had', async () => {
  keepPicture(earlier);
  showFirstPicture();
  const bridge = fakeBridge();
  bridge.answer('machine.list', () => new Promise(() => {}));
  const page = await openApp(bridge);
  expect(shown()).not.toBeNull();
  bridge.publish('engine.disconnected', { reason: 'It is gone.' });
  await page.eventually(() => expect(shown()).toBeNull());
});

it('how the fleet looks is kept while it looks as a window opens, and not while a person sifts it', async () => {
  const page = await openApp();
  const kept = await page.eventually(() => {
    const picture = keptPicture();
    expect(picture).not.toBeNull();
    return picture;
  });
  expect(kept?.theme).toBe('system');
  expect(textOf(kept)).toContain('build-vm');

  keepPicture(null);
  await page.type(page.page.querySelector('.fleet-filter input'), 'nothing-like-it');
  document.dispatchEvent(new Event('visibilitychange'));
  expect(keptPicture()).toBeNull();
});

it('of a window that goes out of sight the last look is kept', async () => {
  const page = await openApp();
  await page.eventually(() => expect(page.page.querySelector('.fleet-row')).not.toBeNull());
  const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  document.dispatchEvent(new Event('visibilitychange'));
  state.mockRestore();
  expect(textOf(keptPicture())).toContain('build-vm');
});

it('of an empty fleet nothing is kept', async () => {
  keepPicture(earlier);
  const page = await openApp(fakeBridge([]));
  await page.eventually(() => expect(page.page.querySelector('.first-run')).not.toBeNull());
  expect(keptPicture()).toBeNull();
});
