import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Machine } from '../../../main/contract/machine.ts';
import { ChartBoard } from '../../../renderer/charts/chart-board.tsx';
import { useJournal } from '../../../renderer/client/use-engine.ts';
import { type FakeBridge, fakeBridge } from '../support/fake-bridge.ts';
import { machineOf, runningMachine, storyMachines, storyNow } from '../support/fleet-story.ts';
import { type Mounted, mount } from '../support/mount.tsx';
import { storyNewest } from '../support/readings-story.ts';

function Board({ machine }: { readonly machine: Machine }) {
  return <ChartBoard machine={machine} journal={useJournal(machine.id)} />;
}

let mounted: Mounted;
afterEach(async () => {
  await mounted.unmount();
  vi.useRealTimers();
});

async function open(machine: Machine, bridge: FakeBridge = fakeBridge([machine])): Promise<FakeBridge> {
  vi.useFakeTimers({ now: storyNow, toFake: ['Date'] });
  mounted = await mount(<Board machine={machine} />, bridge);
  return bridge;
}
const named = (name: string) => storyMachines.find((each) => each.name === name) ?? machineOf(1, name);
const plots = () => mounted.page.querySelectorAll('.recharts-surface').length;
const range = (label: string) =>
  [...mounted.page.querySelectorAll('label')].find((each) => each.textContent === label)?.querySelector('input');
const lengthOf = (asked: unknown): number => {
  const { from, to } = asked as { readonly from: string; readonly to: string };
  return Date.parse(to) - Date.parse(from);
};
const words = () => mounted.page.textContent ?? '';

describe('the charts of a machine', { timeout: 60_000 }, () => {
  it('are drawn one per frame, all on the time axis of one reading', async () => {
    let frames: FrameRequestCallback[] = [];
    vi.spyOn(window, 'requestAnimationFrame').mockImplementation((turn) => frames.push(turn));
    const charts = () => mounted.page.querySelectorAll('.chart-place:not([aria-busy])').length;
    await open(named('api-stage'));
    await mounted.eventually(() => expect(mounted.page.querySelectorAll('.chart')).toHaveLength(6));
    for (const drawn of [1, 2, 3, 4, 5, 6]) {
      // Other parts of the page may ask for frames too: one frame runs what was asked before it.
      const due = frames;
      frames = [];
      await mounted.render(<Board machine={named('api-stage')} />);
      for (const turn of due) turn(0);
      await mounted.eventually(() => expect(charts()).toBe(drawn));
    }
  });

  it('shade their gaps and draw no line over them', async () => {
    await open(named('api-stage'));
    await mounted.eventually(() => expect(plots()).toBe(6));
    expect(mounted.page.querySelectorAll('.chart-cpu .chart-gap')).toHaveLength(2);
    const line = mounted.page.querySelector('.chart-cpu .recharts-area-curve')?.getAttribute('d') ?? '';
    expect(line.match(/M/g)).toHaveLength(3);
  });

  it('tell by key what they show, gap by gap with its reason', async () => {
    await open(named('api-stage'));
    await mounted.eventually(() => expect(plots()).toBe(6));
    const [chart] = mounted.page.querySelectorAll<HTMLElement>('[role=slider]');
    expect(chart?.getAttribute('aria-label')).toMatch(/^CPU in the last hour: last 48\.\d.%, highest .*; 2 gaps\.$/);
    await mounted.focus(chart);
    const steps: string[] = [];
    for (let step = 0; step < 30; step += 1) {
      await mounted.key('ArrowLeft', chart);
      steps.push(chart?.getAttribute('aria-valuetext') ?? '');
    }
    expect(steps[0]).toMatch(/20:30:10, 48\.\d.%$/);
    expect(steps.find((text) => text.includes('No reading'))).toContain('No reading within 30 s.');
  });

  it('keep guest and process apart: the other view is one press away', async () => {
    await open(named('api-stage'));
    await mounted.eventually(() => expect(words()).toContain('as its guest says'));
    const other = [...mounted.page.querySelectorAll('label')].find((each) => each.textContent === 'This computer');
    await mounted.press(other?.querySelector('input'));
    await mounted.eventually(() => expect(mounted.page.querySelectorAll('.chart')).toHaveLength(2));
    expect(words()).toContain('its process on this computer');
    expect(words()).not.toContain('as its guest says');
  });

  it('are read anew with the next round, without losing their place', async () => {
    const bridge = await open(named('api-stage'));
    await mounted.eventually(() => expect(plots()).toBe(6));
    const place = mounted.page.querySelector('.chart-place');
    const asked = () => bridge.asked.filter(({ name }) => name === 'metrics.history').length;
    const before = asked();
    vi.setSystemTime(storyNow + 60_000);
    bridge.publish('metrics.collected', {
      at: new Date(storyNow + 60_000).toISOString(),
      samples: storyNewest([named('api-stage')]),
    });
    await mounted.eventually(() => expect(asked()).toBe(before + 1));
    expect(mounted.page.querySelector('.chart-place')).toBe(place);
    expect(plots()).toBe(6);
  });

  it('of a stopped machine say so, of a new one when the first reading comes, and never draw an empty zero line', async () => {
    await open(machineOf(70, 'off'));
    await mounted.eventually(() => expect(words()).toContain('Stopped: nothing to read'));
    expect(plots()).toBe(0);
    await mounted.unmount();
    const bridge = fakeBridge([runningMachine(71, 'new', 0.2)]);
    bridge.answer('metrics.newest', () => []);
    bridge.answer('metrics.history', () => []);
    await open(runningMachine(71, 'new', 0.2), bridge);
    await mounted.eventually(() => expect(words()).toContain('No readings yet'));
    expect(plots()).toBe(0);
  });

  it('that cannot be read say why, with a way to try again', async () => {
    const bridge = fakeBridge([named('gitea')]);
    bridge.answer('metrics.history', () => {
      throw new Error('The metrics database is closed.');
    });
    await open(named('gitea'), bridge);
    await mounted.eventually(() => expect(words()).toContain('The metrics database is closed.'));
    expect(words()).toContain('Try now');
  });

  it('show what a machine costs this computer beside what its guest says, in a chart of its own', async () => {
    await open(named('api-stage'));
    await mounted.eventually(() => expect(plots()).toBe(6));
    const cost = mounted.page.querySelector('.chart-host');
    expect(cost?.textContent).toContain('Cost on this computer');
    expect(cost?.textContent).toContain(`its process, of ${named('api-stage').cpus} CPUs`);
    // The guest fell silent twice; its process was read all the time but once.
    expect(mounted.page.querySelectorAll('.chart-cpu .chart-gap')).toHaveLength(2);
    expect(cost?.querySelectorAll('.chart-gap')).toHaveLength(1);
  });

  it('of 30 days are drawn from hours, of 90 days from days, with the spread around the average', async () => {
    const bridge = await open(named('gitea'));
    await mounted.eventually(() => expect(plots()).toBeGreaterThan(0));
    const levels = () => bridge.asked.filter(({ name }) => name === 'metrics.roll-ups').map(({ input }) => input);
    await mounted.press(range('30 d'));
    await mounted.eventually(() => expect(levels()).toMatchObject([{ level: 'hourly', points: 240 }]));
    await mounted.eventually(() => expect(mounted.page.querySelector('.chart-spread path')).not.toBeNull());
    await mounted.key(']');
    await mounted.eventually(() => expect(levels()).toMatchObject([{ level: 'hourly' }, { level: 'daily' }]));
    await mounted.key('[');
    await mounted.key('[');
    await mounted.eventually(() => expect(range('7 d')?.checked).toBe(true));
  });

  it('look closer at a part that is drawn with the pointer, all of them, and back at the whole', async () => {
    const bridge = await open(named('api-stage'));
    await mounted.eventually(() => expect(plots()).toBe(6));
    const layer = mounted.page.querySelector<HTMLElement>('.chart-cpu [role=slider]');
    if (layer === null) throw new Error('There is no chart.');
    // 900 pixels wide, of which 852 are the hour.
    const at = (share: number) => 40 + share * (900 - 40 - 8);
    await mounted.pointer('pointerdown', layer, at(0.25));
    await mounted.pointer('pointermove', layer, at(0.5));
    expect(layer.querySelector('.chart-drawn')).not.toBeNull();
    await mounted.pointer('pointerup', layer, at(0.5));
    const asked = () => bridge.asked.filter(({ name }) => name === 'metrics.history').at(-1)?.input;
    await mounted.eventually(() => expect(lengthOf(asked())).toBeCloseTo(900_000, -1));
    await mounted.eventually(() => expect(words()).toContain('Whole range'));
    await mounted.press(
      [...mounted.page.querySelectorAll('button')].find((each) => each.textContent === 'Whole range'),
    );
    await mounted.eventually(() => expect(lengthOf(asked())).toBe(3_600_000));
  });

  it('are zoomed by key too', async () => {
    const bridge = await open(named('api-stage'));
    await mounted.eventually(() => expect(plots()).toBe(6));
    const [layer] = mounted.page.querySelectorAll<HTMLElement>('[role=slider]');
    await mounted.focus(layer);
    await mounted.key('+', layer);
    const asked = () => bridge.asked.filter(({ name }) => name === 'metrics.history').at(-1)?.input;
    await mounted.eventually(() => expect(lengthOf(asked())).toBe(1_800_000));
    await mounted.key('Escape', layer);
    await mounted.eventually(() => expect(lengthOf(asked())).toBe(3_600_000));
  });

  it('are saved as a file: the view and the range that are looked at, and how much it was is told', async () => {
    const bridge = fakeBridge([named('gitea')]);
    bridge.answer('desktop.save-csv', () => ({ saved: true, rows: 61 }));
    await open(named('gitea'), bridge);
    await mounted.eventually(() => expect(plots()).toBeGreaterThan(0));
    await mounted.press([...mounted.page.querySelectorAll('button')].find((each) => each.textContent === 'CSV'));
    await mounted.eventually(() => expect(document.body.textContent).toContain('Saved 61 readings.'));
    const [asked] = bridge.asked.filter(({ name }) => name === 'desktop.save-csv').map(({ input }) => input);
    expect(asked).toMatchObject({ machine: named('gitea').id, source: 'guest' });
    expect(lengthOf(asked)).toBe(3_600_000);
  });
});
