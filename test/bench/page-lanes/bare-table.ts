import type { MeasuredPage } from './measured-pages.ts';

/**
 * Gives a bare copy of the fleet what the renderer has: another value in every cell in sight, and another small line, by
 * writing straight to the nodes and drawing straight on the canvases. Nothing can cost less that shows the same.
 */
export async function makeBareTableLive({ tab }: MeasuredPage): Promise<void> {
  await tab.evaluate(() => {
    const value = (seed: number): number => ((seed * 7919) % 997) / 10;
    const rows = [...document.querySelectorAll('.fleet-row')].map((row) => {
      const textIn = (selector: string): Text | null => {
        const walker = document.createTreeWalker(row.querySelector(selector) ?? row, NodeFilter.SHOW_TEXT);
        return walker.nextNode() as Text | null;
      };
      const percents = ['.col-cpu .percent', '.col-memory .percent', '.col-disk .percent'].map((selector) => ({
        text: textIn(selector),
        place: row.querySelector(selector),
        bars: [...row.querySelectorAll(`${selector} rect`)],
        mark: row.querySelector(`${selector} .level`),
      }));
      const rates = ['.col-disk-rate', '.col-network'].map((selector) => {
        const cell = row.querySelector(selector);
        return { first: cell?.firstElementChild?.firstChild ?? null, last: cell?.lastElementChild?.firstChild ?? null };
      });
      return { percents, rates, lines: [...row.querySelectorAll('canvas')] };
    });
    const draw = (canvas: HTMLCanvasElement, values: readonly number[]): void => {
      canvas.width = 48;
      canvas.height = 18;
      const pen = canvas.getContext('2d');
      if (pen === null) return;
      pen.strokeStyle = '#ccc';
      pen.setLineDash([1, 2]);
      pen.beginPath();
      pen.moveTo(0, 1.5);
      pen.lineTo(48, 1.5);
      pen.stroke();
      pen.setLineDash([]);
      pen.strokeStyle = '#556';
      pen.lineWidth = 1.2;
      pen.lineJoin = 'round';
      pen.lineCap = 'round';
      pen.beginPath();
      for (const [index, each] of values.entries()) {
        const x = 1.5 + index * (45 / 23);
        const y = 16.5 - (each / 100) * 15;
        if (index === 0) pen.moveTo(x, y);
        else pen.lineTo(x, y);
      }
      pen.stroke();
    };
    const redraw = (round: number): void => {
      for (const [row, { lines }] of rows.entries()) {
        for (const [line, canvas] of lines.entries()) {
          const seed = row * 31 + round * 17 + line * 3;
          draw(
            canvas,
            Array.from({ length: 24 }, (_, place) => value(seed + place * 5)),
          );
        }
      }
    };
    const update = (round: number): void => {
      for (const [row, { percents, rates }] of rows.entries()) {
        const seed = row * 31 + round * 17;
        for (const [index, { text, place, bars, mark }] of percents.entries()) {
          const now = value(seed + index);
          const level = now > 85 ? 2 : now >= 70 ? 1 : 0;
          const name = ['calm', 'high', 'full'][level];
          if (text !== null) text.data = now.toFixed(1);
          place?.setAttribute('class', `percent ink-${name}`);
          mark?.setAttribute('class', `level level-${name}`);
          for (const [bar, rect] of bars.entries()) rect.setAttribute('class', bar <= level ? 'level-on' : 'level-off');
        }
        for (const [index, { first, last }] of rates.entries()) {
          if (first !== null) first.textContent = value(seed + 3 + index * 2).toFixed(1);
          if (last !== null) last.textContent = value(seed + 4 + index * 2).toFixed(1);
        }
      }
      redraw(round);
    };
    Object.defineProperty(window, 'bench', { value: { update, redraw } });
  });
}
