import { describe, expect, it } from 'vitest';
import { crossingSpan, dayTicks, forecastRows } from '../../../renderer/charts/forecast-rows.ts';
import { sampleForecast } from '../../support/sample-forecast.ts';

const at = (day: number): string => new Date(Date.parse('2026-03-17T20:00:00Z') + day * 86_400_000).toISOString();
const ahead = [0, 5, 10, 15, 20].map((day) => ({ at: at(day), value: 80 + day, low: 78 + day, high: 83 + day }));

describe('what a chart of a forecast draws', () => {
  it('is what was measured up to now, gaps as gaps, and the line from then on', () => {
    const measured = [
      { at: at(-2), value: 78, low: null, high: null },
      { at: at(-1), value: null, low: null, high: null },
    ];
    const { crossing, from, now, rows, to } = forecastRows(
      { forecast: sampleForecast(), measured, ahead, record: [] },
      90,
    );
    expect(rows.slice(0, 2).map(({ measured: value }) => value)).toEqual([78, null]);
    expect(rows.slice(0, 2).every((row) => row.ahead === undefined && row.band === undefined)).toBe(true);
    expect(rows[2]).toEqual({ at: now, ahead: 80, band: [78, 83] });
    expect(from).toBe(Date.parse(at(-2)));
    expect(to - now).toBe(30 * 86_400_000);
    expect(crossing).toBe(Date.parse(at(15)));
  });

  it('is nothing ahead where nothing is foretold', () => {
    const facts = forecastRows({ forecast: sampleForecast(), measured: [], ahead: [], record: [] }, 90);
    expect({ rows: facts.rows, crossing: facts.crossing }).toEqual({ rows: [], crossing: null });
  });

  it('tells between which days the band crosses', () => {
    expect(crossingSpan(ahead, 90)).toEqual({ soonest: 10, latest: 15 });
    expect(crossingSpan(ahead, 99)).toEqual({ soonest: 20, latest: null });
    expect(crossingSpan(ahead, 110)).toBeNull();
    expect(
      crossingSpan(
        ahead.map((point) => ({ ...point, low: null, high: null })),
        90,
      ),
    ).toBeNull();
  });

  it('marks midnights that leave room for their words', () => {
    const ticks = dayTicks(Date.parse(at(-30)), Date.parse(at(30)), 560);
    expect(ticks.length).toBeLessThanOrEqual(11);
    expect(ticks.length).toBeGreaterThanOrEqual(8);
    expect(ticks.every((tick) => new Date(tick).getHours() === 0)).toBe(true);
  });
});
