import { assessSeries } from '../../../main/engine/forecasts/assess-series.ts';
import { percentRange } from '../../../main/engine/forecasts/back-test.ts';
import { createFitter } from '../../../main/engine/forecasts/candidate-models.ts';
import { ForecastBook } from '../../../main/engine/forecasts/forecast-book.ts';
import { windowHours } from '../../../main/engine/forecasts/hourly-values.ts';
import { makeSeries } from '../../support/made-series.ts';
import type { Contest, Lane } from '../lane.ts';
import { median } from '../statistics.ts';

const seriesCount = 3000;
const start = 492_000;
const threshold = 90;
const limitHours = 90 * 24;
/** One pass is over in milliseconds: each measurement is the median of several. */
const repeats = 9;
const newHours = 48;

const shared = { id: 'P19', area: 'forecasts', unit: 'ms', warmUps: 2, rounds: 15, limitMs: 120_000 } as const;

/** 1000 machines with CPU, memory and disk; a third follows the running line, the others rhythms that were fitted hours ago. */
export const forecastCostLanes: readonly Lane[] = [
  {
    ...shared,
    title: `all forecasts of ${seriesCount} series, from running sums`,
    reference: `a straight line through their ${windowHours} hours, typed, in one pass`,
    goal: { atMost: 1.5 },
    open: async () => allForecasts(),
  },
  {
    ...shared,
    title: `an hour more in ${seriesCount} series`,
    reference: 'five running sums each',
    goal: { atMost: 4 },
    open: async () => oneMoreHour(),
  },
];

function allForecasts(): Contest {
  const values = Float32Array.from({ length: seriesCount * windowHours }, (_, index) => cheapValue(index));
  const book = filledBook();
  let kept = 0;
  return {
    ours: async () =>
      medianOf(() => {
        const { crossing, predicted30d, predicted7d } = book.predict(start + windowHours + 5, threshold, limitHours);
        kept += crossing.length + (predicted30d[2] ?? 0) + (predicted7d[3] ?? 0);
      }),
    reference: async () =>
      medianOf(() => {
        kept += plainLines(values);
      }),
    notes: () => [
      'The line needs every hour; ours reads sums that are kept up to date, and models fitted once a day.',
      ...firstTime(),
      ...(Number.isFinite(kept) ? [] : ['Nothing was added up.']),
    ],
    close: async () => {},
  };
}

function oneMoreHour(): Contest {
  const book = filledBook();
  const sums = new Float64Array(seriesCount * 5);
  let ourHour = start + windowHours;
  let theirHour = 0;
  return {
    ours: async () =>
      medianOf(() => {
        for (let hours = 0; hours < newHours; hours += 1, ourHour += 1)
          for (let place = 0; place < seriesCount; place += 1) book.take(place, ourHour, cheapValue(place + ourHour));
      }) / newHours,
    reference: async () =>
      medianOf(() => {
        for (let hours = 0; hours < newHours; hours += 1, theirHour += 1)
          for (let place = 0; place < seriesCount; place += 1) {
            const value = cheapValue(place + theirHour);
            const at = place * 5;
            sums[at] = (sums[at] ?? 0) + 1;
            sums[at + 1] = (sums[at + 1] ?? 0) + theirHour;
            sums[at + 2] = (sums[at + 2] ?? 0) + theirHour * theirHour;
            sums[at + 3] = (sums[at + 3] ?? 0) + value;
            sums[at + 4] = (sums[at + 4] ?? 0) + theirHour * value;
          }
      }) / newHours,
    notes: () => ['Ours keeps the hour as well, and takes the one that is thirty days old away again.'],
    close: async () => {},
  };
}

/** What is paid once a day for each series, and not in one piece. */
function firstTime(): readonly string[] {
  const kinds = ['daily', 'weekly', 'noisy linear', 'stepped', 'off at night'] as const;
  const each = kinds.flatMap((kind) =>
    [1, 2, 3].map((seed) => {
      const { known } = makeSeries(kind, seed);
      const begun = performance.now();
      assessSeries(known, percentRange);
      return performance.now() - begun;
    }),
  );
  const one = median(each);
  return [
    `Besides, once a day: to weigh one series against its past takes ${one.toFixed(1)} ms (worst ${Math.max(...each).toFixed(1)}), ${((one * seriesCount) / 1000).toFixed(1)} s for all, in slices.`,
  ];
}

function filledBook(): ForecastBook {
  const book = new ForecastBook(start);
  const pattern = createFitter(makeSeries('weekly', 1).known)('last week with weeks').pattern;
  const endHour = start + windowHours;
  for (let series = 0; series < seriesCount; series += 1) {
    const place = book.add();
    for (let hour = 0; hour < windowHours; hour += 1)
      book.take(place, start + hour, cheapValue(place * windowHours + hour));
    const [level, slope] = [30 + (series % 40), (series % 7) / 100];
    if (series % 3 === 0) book.setModel(place, 'straight line');
    else if (series % 3 === 1)
      book.setModel(place, { model: { name: 'robust line', level, slope, pattern: null }, endHour });
    else book.setModel(place, { model: { name: 'line with weeks', level, slope, pattern }, endHour });
  }
  return book;
}

/** Cheap and different everywhere; the same for both sides. */
function cheapValue(index: number): number {
  return 20 + ((index * 7919) % 600) / 10;
}

/** The floor: nothing but the sums of a line, and its value in seven and thirty days. */
function plainLines(values: Float32Array): number {
  let kept = 0;
  for (let series = 0; series < seriesCount; series += 1) {
    let [t, tt, y, ty] = [0, 0, 0, 0];
    const base = series * windowHours;
    for (let hour = 0; hour < windowHours; hour += 1) {
      const value = values[base + hour] ?? 0;
      t += hour;
      tt += hour * hour;
      y += value;
      ty += hour * value;
    }
    const slope = (windowHours * ty - t * y) / (windowHours * tt - t * t);
    const level = (y - slope * t) / windowHours;
    kept += level + slope * (windowHours + 168) + slope * (windowHours + 720);
  }
  return kept;
}

function medianOf(work: () => void): number {
  return median(
    Array.from({ length: repeats }, () => {
      const begun = performance.now();
      work();
      return performance.now() - begun;
    }),
  );
}
