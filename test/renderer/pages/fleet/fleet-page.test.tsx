import { afterEach, describe, expect, it, vi } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import type { Machine } from '../../../../main/contract/machine.ts';
import { noValues, type Sample } from '../../../../main/contract/sample.ts';
import { FleetPage } from '../../../../renderer/pages/fleet/fleet-page.tsx';
import { type FakeBridge, fakeBridge } from '../../support/fake-bridge.ts';
import { hostMachine, machineOf, runningMachine, storyId, storyMachines, storyNow } from '../../support/fleet-story.ts';
import { buttonNamed, type Mounted, mount } from '../../support/mount.tsx';

let mounted: Mounted;
afterEach(async () => {
  window.localStorage.clear();
  await mounted.unmount();
  vi.useRealTimers();
});

async function openFleet(machines: readonly Machine[]): Promise<FakeBridge> {
  window.location.hash = '#/';
  const bridge = fakeBridge(machines);
  mounted = await mount(<FleetPage />, bridge);
  await mounted.eventually(() => expect(mounted.page.querySelector('.fleet-row, .first-run')).not.toBeNull());
  return bridge;
}

/** What is seen from outside of the machine with a number. */
const sampleOf = (number: number): Sample => ({
  ...noValues,
  machine: '',
  machineId: storyId(number),
  source: 'host',
  at: '',
  success: true,
  level: 'raw',
});
const rows = () => [...mounted.page.querySelectorAll<HTMLElement>('.fleet-row')];
const named = (name: string) => rows().find((row) => row.textContent?.includes(name));

describe('the fleet', () => {
  it('shows names as text, whatever they hold', async () => {
    const hostile = '<img src=x onerror="document.title=1">\u202egnp.exe';
    await openFleet([machineOf(1, hostile, { tags: ['<b>'], notice: null })]);
    expect(mounted.page.querySelector('img, b > b')).toBeNull();
    const name = mounted.page.querySelector('.fleet-name bdi');
    expect(name?.textContent).toBe('<img src=x onerror="document.title=1">gnp.exe');
  });

  it('draws only the rows in sight of a thousand', async () => {
    await openFleet(Array.from({ length: 1000 }, (_, index) => machineOf(index, `vm-${index}`)));
    expect(rows().length).toBeLessThan(60);
    expect(mounted.page.querySelector('[role=grid]')?.getAttribute('aria-rowcount')).toBe('1001');
  });

  it('is one tab stop, and arrows move it', async () => {
    await openFleet([machineOf(1, 'a'), machineOf(2, 'b'), machineOf(3, 'c')]);
    const stops = () => rows().filter(({ tabIndex }) => tabIndex === 0);
    expect(stops()).toEqual([named('a')]);
    await mounted.focus(stops()[0]);
    await mounted.key('ArrowDown', named('a'));
    expect(stops()).toEqual([named('b')]);
    expect(document.activeElement).toBe(named('b'));
    await mounted.key('Enter', named('b'));
    expect(window.location.hash).toBe(`#/machines/${storyId(2)}`);
  });

  it('gives the state cell to an operation, and back', async () => {
    const bridge = await openFleet([runningMachine(1, 'a', 5)]);
    const operation = {
      id: storyId(900),
      machine: 'a',
      machineId: storyId(1),
      kind: 'stop',
      state: 'running',
      progress: 0.5,
      step: null,
      startedAt: new Date().toISOString(),
      endedAt: null,
      cancellable: true,
    } as const;
    bridge.publish('operation.changed', operation);
    await mounted.eventually(() => expect(named('a')?.textContent).toContain('Stopping50'));
    bridge.publish('operation.changed', { ...operation, state: 'done' });
    await mounted.eventually(() => expect(named('a')?.textContent).toContain('Running'));
  });

  it('does a verb to those of the picked machines that can follow it', async () => {
    const bridge = await openFleet([runningMachine(1, 'up', 5), machineOf(2, 'down')]);
    for (const box of mounted.page.querySelectorAll('.fleet-row input')) await mounted.press(box);
    await mounted.press(
      [...mounted.page.querySelectorAll('.bulk-bar button')].find((each) => each.textContent?.startsWith('Stop')),
    );
    expect(bridge.asked.filter(({ name }) => name === 'machine.stop')).toEqual([
      { name: 'machine.stop', input: { machine: storyId(1) } },
    ]);
  });

  it('asks before it deletes, with the safe choice in focus, and once more where a machine runs', async () => {
    const bridge = await openFleet([runningMachine(1, 'up', 5)]);
    await mounted.press(mounted.page.querySelector('.fleet-row input'));
    await mounted.press(buttonNamed('Delete…'));
    expect(document.activeElement?.textContent).toBe('Keep');
    const deleted = () => bridge.asked.filter(({ name }) => name === 'machine.delete').map(({ input }) => input);
    await mounted.press(buttonNamed('Delete'));
    expect(deleted()).toEqual([]);
    await mounted.press(document.querySelector('.dialog input'));
    await mounted.press(buttonNamed('Delete'));
    expect(deleted()).toEqual([{ machine: storyId(1), force: true }]);
  });

  it('begins with a card and what this computer can do when there is nothing', async () => {
    await openFleet([]);
    expect(mounted.page.textContent).toContain('Create a local machine');
    await mounted.eventually(() => expect(mounted.page.querySelector('.doctor')?.textContent).toContain('QEMU10.0.2'));
  });

  it('shows what was read, `----` with the reason for what was not, and nothing for a machine that rests', async () => {
    vi.useFakeTimers({ now: storyNow, toFake: ['Date'] });
    await openFleet(storyMachines);
    const cell = (name: string, column: string) => named(name)?.querySelector(`.col-${column}`);
    await mounted.eventually(() => expect(cell('api-stage', 'memory')?.textContent).toMatch(/65\.\d/));
    expect(cell('api-stage', 'cpu')?.querySelector('canvas')?.getAttribute('aria-label')).toMatch(
      /^CPU, latest 48\.\d %$/,
    );
    expect(cell('gitea', 'disk')?.querySelector('[role=img]')?.getAttribute('aria-label')).toBe('70 to 85 %');
    expect(cell('k3s-a', 'cpu')?.textContent).toMatch(/^20\.\d/);
    expect(cell('k3s-a', 'memory')?.textContent).toContain('----');
    expect(cell('k3s-a', 'memory')?.querySelector('[title="127.0.0.1:2208 does not answer."]')).not.toBeNull();
    expect(named('vpn-gw')?.querySelector('.fleet-fault')?.textContent).toBe(
      'ERROR: 192.0.2.40:22 refuses the connection.',
    );
    expect(cell('mail-test', 'cpu')?.textContent).toBe('–');
    expect(cell('mail-test', 'age')?.textContent).toBe('–');
    expect(mounted.page.querySelector('.foot')?.textContent).toMatch(/Updated \d\d:\d\d:10, next in 55 s/);
  });

  it('a changed host key has its own mark and words, never "down"', async () => {
    await openFleet(storyMachines);
    const health = named('relay-berlin')?.querySelector('.col-health');
    expect(health?.textContent).toBe('Host key changed');
    expect(named('relay-berlin')?.querySelector('.mark-guard')).not.toBeNull();
  });

  it('removes a host, not deletes it, and says that nothing on it is touched', async () => {
    const bridge = await openFleet([hostMachine(1, 'pi', 'pi.example.org', {})]);
    await mounted.press(mounted.page.querySelector('.fleet-row input'));
    await mounted.press(buttonNamed('Remove…'));
    expect(document.querySelector('.dialog')?.textContent).toContain('Nothing on the host is touched.');
    await mounted.press(buttonNamed('Remove'));
    expect(bridge.asked.filter(({ name }) => name === 'host.remove').map(({ input }) => input)).toEqual([
      { machine: storyId(1) },
    ]);
    expect(bridge.asked.filter(({ name }) => name === 'machine.delete')).toEqual([]);
  });

  it('keeps what was read when the engine goes', async () => {
    const bridge = await openFleet([machineOf(1, 'kept')]);
    bridge.publish('engine.disconnected', { reason: 'It ended.' });
    await mounted.eventually(() => expect(mounted.page.querySelector('.stale')).not.toBeNull());
    expect(named('kept')).toBeDefined();
  });
});

describe('the ways to look at the fleet', () => {
  const choose = async (menu: string, item: string) => {
    await mounted.key('Enter', buttonStarting(menu));
    await mounted.press(
      [...document.querySelectorAll('[role=menuitemradio]')].find((each) => each.textContent === item),
    );
  };
  const buttonStarting = (word: string) =>
    [...mounted.page.querySelectorAll('button')].find((each) => each.textContent?.startsWith(word));
  const lines = () =>
    [...mounted.page.querySelectorAll<HTMLElement>('.fleet-group, .fleet-row')]
      .sort((a, b) => Number(a.dataset.row) - Number(b.dataset.row))
      .map((each) => each.querySelector('.fleet-name a, .fleet-group-name bdi')?.textContent);

  it('groups close and open, by key and by pointer', async () => {
    await openFleet([
      machineOf(1, 'a', { tags: ['web'] }),
      machineOf(2, 'b', { tags: ['db'] }),
      machineOf(3, 'c', { tags: ['web'] }),
    ]);
    await choose('Group', 'First tag');
    expect(lines()).toEqual(['web', 'a', 'c', 'db', 'b']);
    const head = () => mounted.page.querySelector<HTMLElement>('.fleet-group');
    expect(head()?.getAttribute('aria-expanded')).toBe('true');
    await mounted.focus(head() ?? undefined);
    await mounted.key('ArrowLeft', head() ?? undefined);
    expect(lines()).toEqual(['web', 'db', 'b']);
    await mounted.press(head());
    expect(lines()).toEqual(['web', 'a', 'c', 'db', 'b']);
  });

  it('cards are one tab stop, arrows go from card to card, and the choice is kept', async () => {
    await openFleet([machineOf(1, 'a'), machineOf(2, 'b'), machineOf(3, 'c'), machineOf(4, 'd')]);
    const view = [...mounted.page.querySelectorAll('label')].find((each) => each.textContent === 'Cards');
    await mounted.press(view?.querySelector('input'));
    const cards = () => [...mounted.page.querySelectorAll<HTMLElement>('.fleet-card')];
    const card = (name: string) => cards().find((each) => each.querySelector('a')?.textContent === name);
    expect(cards()).toHaveLength(4);
    expect(cards().filter(({ tabIndex }) => tabIndex === 0)).toEqual([card('a')]);
    await mounted.focus(card('a'));
    await mounted.key('ArrowRight', card('a'));
    expect(document.activeElement).toBe(card('b'));
    // Three stand side by side in 900 pixels.
    await mounted.key('ArrowDown', card('b'));
    expect(document.activeElement).toBe(card('d'));
    await mounted.key(' ', card('d'));
    expect(card('d')?.getAttribute('aria-selected')).toBe('true');
    await mounted.key('Enter', card('d'));
    expect(window.location.hash).toBe(`#/machines/${storyId(4)}`);
    expect(window.localStorage.getItem('fleet-view')).toBe('cards');
  });

  it('what costs this computer most comes first when ranked by it, in CPUs of this computer', async () => {
    vi.useFakeTimers({ now: storyNow, toFake: ['Date'] });
    const bridge = fakeBridge([
      runningMachine(1, 'small', 60, { cpus: 1 }),
      runningMachine(2, 'wide', 60, { cpus: 8 }),
      machineOf(3, 'off'),
    ]);
    const at = new Date(storyNow - 5000).toISOString();
    bridge.answer('metrics.newest', () => [
      { ...sampleOf(1), machine: 'small', at, cpuPercent: 90 },
      { ...sampleOf(2), machine: 'wide', at, cpuPercent: 40 },
    ]);
    mounted = await mount(<FleetPage />, bridge);
    await mounted.eventually(() => expect(named('small')?.querySelector('.col-host')?.textContent).toBe('0.90'));
    await choose('Sort', 'Cost on this computer');
    expect(lines()).toEqual(['wide', 'small', 'off']);
    expect(['wide', 'small', 'off'].map((name) => named(name)?.querySelector('.col-host')?.textContent)).toEqual([
      '3.20',
      '0.90',
      '–',
    ]);
  });

  it('+ has readings taken more often and - less often, within what can be set', async () => {
    const bridge = await openFleet([machineOf(1, 'a')]);
    const every = () => mounted.page.querySelector('.interval [role=status]')?.textContent;
    await mounted.eventually(() => expect(every()).toBe('every 1 min'));
    for (const [key, words] of [
      ['+', 'every 30 s'],
      ['=', 'every 15 s'],
      ['+', 'every 10 s'],
      ['-', 'every 15 s'],
    ] as const) {
      await mounted.key(key);
      await mounted.eventually(() => expect(every()).toBe(words));
    }
    await mounted.press(buttonNamed('More often'));
    await mounted.eventually(() => expect(buttonNamed('More often')?.getAttribute('aria-disabled')).toBe('true'));
    await mounted.key('+');
    expect(bridge.asked.filter(({ name }) => name === 'settings.change').map(({ input }) => input)).toEqual(
      [30, 15, 10, 15, 10].map((seconds) => ({ collection: { interval_seconds: seconds } })),
    );
  });

  it('held readings stand still and keep their values, and go on when they are let', async () => {
    vi.useFakeTimers({ now: storyNow, toFake: ['Date'] });
    const bridge = fakeBridge([runningMachine(1, 'a', 60)]);
    const sample = (cpuPercent: number, at: number) => ({
      ...sampleOf(1),
      machine: 'a',
      at: new Date(at).toISOString(),
      cpuPercent,
    });
    bridge.answer('metrics.newest', () => [sample(11, storyNow - 5000)]);
    mounted = await mount(<FleetPage />, bridge);
    const cpu = () => named('a')?.querySelector('.col-cpu')?.textContent;
    await mounted.eventually(() => expect(cpu()).toContain('11.0'));
    await mounted.press(buttonNamed('Hold the readings still'));
    bridge.publish('metrics.collected', {
      at: new Date(storyNow).toISOString(),
      samples: [sample(22, storyNow)],
    });
    vi.setSystemTime(storyNow + 600_000);
    await mounted.render(<FleetPage />);
    expect(cpu()).toContain('11.0');
    expect(mounted.page.querySelector('.foot')?.textContent).toContain('Held at');
    vi.setSystemTime(storyNow + 1000);
    await mounted.press(buttonNamed('Show live readings'));
    await mounted.eventually(() => expect(cpu()).toContain('22.0'));
  });
});

describe('many at once', () => {
  const bulk = (word: string) =>
    [...mounted.page.querySelectorAll('.bulk-bar button')].find((each) => each.textContent?.startsWith(word));

  it('are paused, suspended and let go on, where any of them can be', async () => {
    const able = { capabilities: ['stop', 'pause', 'suspend'] } as const;
    const held = { state: 'paused', capabilities: ['resume', 'stop'] } as const;
    const bridge = await openFleet([runningMachine(1, 'up', 5, able), runningMachine(2, 'held', 5, held)]);
    const [first, second] = mounted.page.querySelectorAll('.fleet-row input');
    await mounted.press(first);
    await mounted.press(second);
    for (const word of ['Pause', 'Resume', 'Suspend']) await mounted.press(bulk(word));
    const verbs = bridge.asked.filter(({ name }) => /pause|resume|suspend/.test(name));
    expect(verbs).toEqual([
      { name: 'machine.pause', input: { machine: storyId(1) } },
      { name: 'machine.resume', input: { machine: storyId(2) } },
      { name: 'machine.suspend', input: { machine: storyId(1) } },
    ]);
  });

  it('that are all stopped show no such verb', async () => {
    await openFleet([machineOf(1, 'a'), machineOf(2, 'b')]);
    for (const box of mounted.page.querySelectorAll('.fleet-row input')) await mounted.press(box);
    expect(bulk('Start')).toBeDefined();
    expect([bulk('Pause'), bulk('Resume'), bulk('Suspend')]).toEqual([undefined, undefined, undefined]);
  });
});

describe('deleted machines', () => {
  const gone = machineOf(70, 'gone', { deletedAt: new Date(storyNow).toISOString() });
  const undelete = (state: 'running' | 'done') =>
    ({
      id: storyId(960),
      machine: 'gone',
      machineId: storyId(70),
      kind: 'undelete',
      state,
      progress: null,
      step: null,
      startedAt: new Date(storyNow).toISOString(),
      endedAt: null,
      cancellable: false,
    }) as const;

  it('are listed, and brought back', async () => {
    const bridge = await openFleet([machineOf(1, 'a')]);
    bridge.answer('machine.bin', () => [gone]);
    await mounted.press(buttonNamed('Deleted machines'));
    await mounted.eventually(() => expect(buttonNamed('Bring back gone')).toBeDefined());
    bridge.answer('machine.undelete', () => {
      bridge.answer('machine.bin', () => []);
      return undelete('running');
    });
    bridge.answer('operation.wait', () => undelete('done'));
    await mounted.press(buttonNamed('Bring back gone'));
    bridge.publish('operation.changed', undelete('done'));
    await mounted.eventually(() =>
      expect(document.querySelector('.dialog')?.textContent).toContain('No deleted machine can be brought back.'),
    );
    expect(bridge.asked.find(({ name }) => name === 'machine.undelete')?.input).toEqual({ machine: storyId(70) });
  });

  it('can be brought back into an empty fleet, and a refusal is told', async () => {
    const bridge = await openFleet([]);
    bridge.answer('machine.bin', () => [gone]);
    await mounted.press(buttonNamed('Deleted machines'));
    await mounted.eventually(() => expect(buttonNamed('Bring back gone')).toBeDefined());
    bridge.answer('machine.undelete', () => {
      throw new VigilError('conflict', "There is another machine 'gone' by now.");
    });
    await mounted.press(buttonNamed('Bring back gone'));
    await mounted.eventually(() =>
      expect(document.querySelector('.dialog')?.textContent).toContain("There is another machine 'gone' by now."),
    );
    expect(buttonNamed('Bring back gone')?.getAttribute('aria-disabled')).toBeNull();
  });
});
