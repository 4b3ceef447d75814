import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sparkline } from '../../../renderer/components/sparkline.tsx';
import { traceSpark } from '../../../renderer/components/trace-spark.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { type Mounted, mount } from '../support/mount.tsx';

/** The points that the pen went to, part by part. */
function partsOf(values: readonly (number | null)[]) {
  const parts: { readonly x: number; readonly y: number }[][] = [];
  const pen = {
    moveTo: (x: number, y: number) => void parts.push([{ x, y }]),
    lineTo: (x: number, y: number) => void parts.at(-1)?.push({ x, y }),
  };
  traceSpark(pen, values, 48, 18);
  return parts;
}

describe('the parts of a line', () => {
  it('end where a value is not known, and nothing joins them; a value alone is a dot', () => {
    const parts = partsOf([10, 20, null, 40, null, 60]);
    expect(parts.map((part) => part.length)).toEqual([2, 2, 2]);
    expect(parts.map(([first, last]) => first?.x === last?.x)).toEqual([false, true, true]);
  });

  it('nothing known is nothing drawn, not a line at the bottom', () => {
    expect(partsOf([null, null])).toEqual([]);
    expect(partsOf([0, 0])[0]?.map(({ y }) => y)).toEqual([16.5, 16.5]);
  });

  it('have the newest value at the right and 100 at the top, whatever else there is', () => {
    const [part] = partsOf([100, 0]);
    expect(part?.map(({ y }) => y)).toEqual([1.5, 16.5]);
    expect(part?.at(-1)?.x).toBe(46.5);
    expect(partsOf(Array.from({ length: 60 }, () => 50))[0]).toHaveLength(24);
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
    let label = 'CPU, latest 30.0 %';
    const line = {
      read: () => values,
      label: () => label,
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const tell = () => {
      for (const listener of listeners) listener();
    };
    mounted = await mount(<Sparkline line={line} />, fakeBridge());
    const canvas = mounted.page.querySelector('canvas');
    expect([canvas?.getAttribute('aria-label'), canvas?.width, canvas?.height]).toEqual(['CPU, latest 30.0 %', 96, 36]);
    const once = strokes;
    expect(once).toBeGreaterThan(0);
    label = 'CPU, latest 31.0 %';
    tell();
    await mounted.render(<Sparkline line={line} />);
    expect([strokes, canvas?.getAttribute('aria-label')]).toEqual([once, 'CPU, latest 31.0 %']);
    values = [10, 20, 31];
    tell();
    expect(strokes).toBe(2 * once);
    document.documentElement.dataset.theme = 'other';
    await mounted.eventually(() => expect(strokes).toBe(3 * once));
    delete document.documentElement.dataset.theme;
  });
});
