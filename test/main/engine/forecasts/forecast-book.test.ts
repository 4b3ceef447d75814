import { describe, expect, it } from 'vitest';
import { createFitter } from '../../../../main/engine/forecasts/candidate-models.ts';
import { ForecastBook } from '../../../../main/engine/forecasts/forecast-book.ts';
import { lineThroughHours } from '../../../../main/engine/forecasts/straight-line.ts';
import { makeSeries } from '../../../support/made-series.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const start = 492_000;

describe('the book of all series', () => {
  it('knows the same line as one worked out from every hour, after years of new and late hours', () => {
    const random = seededRandom(3);
    const book = new ForecastBook(start);
    const place = [book.add(), book.add()][1] ?? 0;
    const kept = new Map<number, number>();
    let newest = start;
    for (let round = 0; round < 30_000; round += 1) {
      const roll = random.next();
      newest += roll < 0.001 ? 400 : roll < 0.5 ? 1 : 0;
      const hour = roll < 0.5 ? newest : newest - random.below(800);
      const value = random.next() < 0.1 ? Number.NaN : Math.fround(100 * random.next());
      book.take(place, hour, value);
      if (hour > newest - 720) kept.set(hour, value);
    }
    const end = newest + 1;
    const hours = Float64Array.from({ length: 720 }, (_, index) => kept.get(end - 720 + index) ?? Number.NaN);
    expect(book.hours(place, end)).toEqual(hours);
    expect(book.recorded(place)).toBe(hours.filter((value) => !Number.isNaN(value)).length);
    const [ours, theirs] = [book.line(place, end), lineThroughHours(hours)];
    expect(ours.level).toBeCloseTo(theirs.level, 6);
    expect(ours.slope).toBeCloseTo(theirs.slope, 8);
    expect(book.recorded(0)).toBe(0);
  });

  it('foretells by the running line as of the newest hour', () => {
    const book = new ForecastBook(start);
    const place = book.add();
    for (let hour = 0; hour < 240; hour += 1) book.take(place, start + hour, 40 + hour / 24);
    book.setModel(place, 'straight line');
    const { crossing, predicted30d, predicted7d } = book.predict(start + 240, 90, 90 * 24);
    expect(predicted7d[0]).toBeCloseTo(57, 3);
    expect(predicted30d[0]).toBeCloseTo(80, 3);
    expect(Math.abs((crossing[0] ?? 0) - 40 * 24)).toBeLessThanOrEqual(1);
  });

  it('sees a fitted rhythm from a later hour as it lay then', () => {
    const { known } = makeSeries('daily', 1);
    const model = createFitter(known)('last week with days');
    const book = new ForecastBook(start);
    const place = book.add();
    book.take(place, start - 1, 50);
    book.setModel(place, { model, endHour: start });
    const later = book.model(place, start + 5);
    expect(later?.pattern?.[0]).toBe(model.pattern?.[5]);
    expect(later?.level).toBe(model.level);
  });

  it('says nothing of a series that has no model, and never more than is possible', () => {
    const book = new ForecastBook(start);
    const [silent, full] = [book.add(), book.add()];
    book.take(full, start - 1, 99);
    book.setModel(full, { model: { name: 'line', level: 99, slope: 1, pattern: null }, endHour: start });
    const { crossing, predicted7d } = book.predict(start, 90, 2160);
    expect(predicted7d[silent]).toBeNaN();
    expect(crossing[silent]).toBeNaN();
    expect(predicted7d[full]).toBe(100);
    expect(crossing[full]).toBe(0);
    expect(book.model(full, start + 23)).not.toBeNull();
    expect(book.model(full, start + 24)).toBeNull();
  });

  it('keeps every series while it grows, and forgets one that is cleared', () => {
    const book = new ForecastBook(start);
    for (let index = 0; index < 40; index += 1) book.take(book.add(), start + index, index);
    for (let index = 0; index < 40; index += 1) expect(book.hours(index, start + index + 1)[719]).toBe(index);
    book.clear(7);
    expect(book.recorded(7)).toBe(0);
    expect(book.recorded(8)).toBe(1);
  });
});
