import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ComparedLine, comparedRows, comparedWords } from '../../../../renderer/charts/compared-lines.ts';
import { ComparePage } from '../../../../renderer/pages/compare/compare-page.tsx';
import { compareHref, routeOf } from '../../../../renderer/route.ts';
import { fakeBridge } from '../../support/fake-bridge.ts';
import { storyMachines, storyNow } from '../../support/fleet-story.ts';
import { buttonNamed, type Mounted, mount } from '../../support/mount.tsx';

const id = (name: string) => storyMachines.find((each) => each.name === name)?.id ?? '';

describe('lines over one another', () => {
  const line = (points: readonly (readonly [at: number, value: number | null])[]): ComparedLine => ({
    machineId: 'a',
    name: 'a',
    metric: 'cpuPercent',
    stepMs: 10,
    points: points.map(([at, value]) => ({ at, value, high: value })),
  });

  it('are joined over the moments of the others, and never over a gap of their own', () => {
    const { rows, parts } = comparedRows([
      line([
        [0, 1],
        [10, 2],
        [20, null],
        [30, 3],
        [100, 4],
      ]),
      line([[5, 9]]),
    ]);
    expect(parts).toEqual([
      { key: '0 0', line: 0, isLone: false },
      { key: '0 1', line: 0, isLone: true },
      { key: '0 2', line: 0, isLone: true },
      { key: '1 3', line: 1, isLone: true },
    ]);
    expect(rows).toEqual([
      { at: 0, '0 0': 1 },
      { at: 5, '1 3': 9 },
      { at: 10, '0 0': 2 },
      { at: 30, '0 1': 3 },
      { at: 100, '0 2': 4 },
    ]);
  });

  it('whose gaps are known are broken there alone, however far apart their points lie', () => {
    const known: ComparedLine = {
      ...line([
        [0, 1],
        [1000, 2],
        [1500, null],
        [2000, 3],
      ]),
      stepMs: null,
    };
    expect(comparedRows([known]).parts.map(({ key }) => key)).toEqual(['0 0', '0 1']);
  });

  it('say nothing of a machine that was not read, and never count a gap as 0', () => {
    expect(comparedWords(line([[0, null]]))).toBeNull();
    expect(
      comparedWords(
        line([
          [0, 10],
          [10, null],
          [20, 20],
        ]),
      ),
    ).toEqual({ latest: 20, average: 15, highest: 20 });
  });
});

describe('the address of a comparison', () => {
  it('names at most six machines, each once, and nothing that is no id', () => {
    expect(routeOf(compareHref(['a', 'b', 'a']))).toEqual({ page: 'compare', ids: ['a', 'b'] });
    expect(routeOf('#/compare?machines=a,%3Cb%3E,,c')).toEqual({ page: 'compare', ids: ['a', 'c'] });
    expect(routeOf(compareHref(['1', '2', '3', '4', '5', '6', '7']))).toMatchObject({ ids: { length: 6 } });
  });
});

describe('the comparison', { timeout: 60_000 }, () => {
  let mounted: Mounted;
  afterEach(async () => {
    await mounted.unmount();
    vi.useRealTimers();
  });

  async function open(names: readonly string[]) {
    vi.useFakeTimers({ now: storyNow, toFake: ['Date'] });
    const bridge = fakeBridge();
    mounted = await mount(<ComparePage ids={names.map(id)} />, bridge);
    return bridge;
  }
  const rows = () => [...mounted.page.querySelectorAll('tbody tr')];

  it('draws each machine with its own line, and says latest, average and highest of each', async () => {
    await open(['gitea', 'k3s-a', 'mail-test']);
    await mounted.eventually(() => expect(mounted.page.querySelectorAll('.compared').length).toBeGreaterThan(1));
    const [gitea, cluster, mail] = rows();
    expect(gitea?.textContent).toMatch(/gitea\d+\.\d.%\d+\.\d.%\d+\.\d.%/);
    expect(cluster?.textContent).toMatch(/k3s-a\d+\.\d.%/);
    expect(mail?.textContent).toBe('mail-test–––');
    expect(mounted.page.querySelector('.compared-3 path')).toBeNull();
  });

  it('asks for hours and days in one call for all', async () => {
    const bridge = await open(['gitea', 'k3s-a']);
    await mounted.eventually(() => expect(rows()).toHaveLength(2));
    await mounted.key(']');
    await mounted.key(']');
    const asked = () => bridge.asked.filter(({ name }) => name === 'metrics.compare').map(({ input }) => input);
    await mounted.eventually(() =>
      expect(asked()).toMatchObject([
        { machines: [id('gitea'), id('k3s-a')], metric: 'cpuPercent', level: 'hourly', points: 240 },
      ]),
    );
  });

  it('leaves a machine out when asked to', async () => {
    await open(['gitea', 'k3s-a']);
    await mounted.eventually(() => expect(rows()).toHaveLength(2));
    await mounted.press(buttonNamed('Leave out gitea'));
    expect(window.location.hash).toBe(compareHref([id('k3s-a')]));
  });
});
