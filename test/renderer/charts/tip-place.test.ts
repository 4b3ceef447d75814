import { expect, it } from 'vitest';
import { tipGap, tipPlace } from '../../../renderer/charts/tip-place.ts';

it('the words about a place stay within the chart, wherever the place is and however narrow the chart', () => {
  for (const width of [300, 360, 720, 1400]) {
    for (let x = 0; x <= width; x += 1) {
      const { isLeft, maxWidth } = tipPlace(x, width);
      const [left, right] = isLeft ? [x - tipGap - maxWidth, x - tipGap] : [x + tipGap, x + tipGap + maxWidth];
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(width);
      expect(maxWidth).toBeGreaterThanOrEqual(width / 2 - tipGap > 280 ? 280 : width / 2 - tipGap);
    }
  }
});
