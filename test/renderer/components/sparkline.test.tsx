import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sparkSegments } from '../../../renderer/components/spark-segments.ts';
import { Sparkline } from '../../../renderer/components/sparkline.tsx';
import { fakeBridge } from '../support/fake-bridge.ts';
import { type Mounted, mount } from '../support/mount.tsx';

describe('the parts of a line', () => {
  it('end where a value is not known, and nothing joins them', () => {
    const parts = sparkSegments([10, 20, null, 40, null, 60], 48, 18);
    expect(parts.map((part) => part.length)).toEqual([2, 1, 1]);
  });

  it('nothing known is nothing drawn, not a line at the bottom', () => {
    expect(sparkSegments([null, null], 48, 18)).toEqual([]);
    expect(sparkSegments([0, 0], 48, 18)[0]?.map(({ y }) => y)).toEqual([16.5, 16.5]);
  });

  it('have the newest value at the right and 100 at the top, whatever else there is', () => {
    const [part] = sparkSegments([100, 0], 48, 18);
    expect(part?.map(({ y }) => y)).toEqual([1.5, 16.5]);
    expect(part?.at(-1)?.x).toBe(46.5);
    expect(
      sparkSegments(
        Array.from({ length: 60 }, () => 50),
        48,
        18,
      )[0],
    ).toHaveLength(24);
  });
});

describe('a sparkline', () => {
  let mounted: Mounted;
  let strokes: number;
  beforeEach(() => {
    strokes = 0;
    const pen = new Proxy(
      {},
      { get: (_, name) => (name === 'stroke' ? () => (strokes += 1) : () => {}), set: () => true },
    );
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(pen as CanvasRenderingContext2D);
  });
  afterEach(() => mounted.unmount());

  it('says its latest value, is as dense as the display, and is drawn again only when its data or the theme change', async () => {
    vi.stubGlobal('devicePixelRatio', 2);
    let values: readonly number[] = [10, 20, 30];
    const listeners = new Set<() => void>();
    const line = {
      read: () => values,
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const tell = () => {
      for (const listener of listeners) listener();
    };
    mounted = await mount(<Sparkline line={line} label="CPU, latest 30.0 %" />, fakeBridge());
    const canvas = mounted.page.querySelector('canvas');
    expect([canvas?.getAttribute('aria-label'), canvas?.width, canvas?.height]).toEqual(['CPU, latest 30.0 %', 96, 36]);
    const once = strokes;
    expect(once).toBeGreaterThan(0);
    tell();
    await mounted.render(<Sparkline line={line} label="CPU, latest 31.0 %" />);
    expect([strokes, canvas?.getAttribute('aria-label')]).toEqual([once, 'CPU, latest 31.0 %']);
    values = [10, 20, 31];
    tell();
    expect(strokes).toBe(2 * once);
    document.documentElement.dataset.theme = 'other';
    await mounted.eventually(() => expect(strokes).toBe(3 * once));
    delete document.documentElement.dataset.theme;
  });
});
