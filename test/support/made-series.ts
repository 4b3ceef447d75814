import { type SeededRandom, seededRandom } from './seeded-random.ts';

/** Hourly percentages whose making is known, cut in two: what a forecast may see, and what came. */
export interface MadeSeries {
  readonly known: Float64Array;
  readonly came: Float64Array;
  /** What came, but for chance: nobody could have foretold more. */
  readonly law: Float64Array;
}

/** One hour of a series: its number, and a draw from the normal distribution. */
type Maker = (hour: number, draw: number) => number;

/**
 * Each gets the numbers that distinguish one series of its kind from the next. The hours of the week begin on a Thursday,
 * as 1970 did.
 */
const kinds = {
  linear: (r) => {
    const [level, slope] = [between(r, 10, 30), between(r, -0.5, 1) / 24];
    return (hour) => level + slope * hour;
  },
  'noisy linear': (r) => {
    const [level, slope, noise] = [between(r, 10, 30), between(r, -0.5, 1) / 24, between(r, 0.3, 6)];
    return (hour, draw) => level + slope * hour + noise * draw;
  },
  flat: (r) => {
    const level = between(r, 5, 95);
    return () => level;
  },
  'noisy flat': (r) => {
    const [level, noise] = [between(r, 20, 60), between(r, 0.3, 6)];
    return (_hour, draw) => level + noise * draw;
  },
  daily: (r) => {
    const [level, noise, rhythm] = [between(r, 20, 60), between(r, 0.1, 2.4), daily(r)];
    return (hour, draw) => level + rhythm(hour) + noise * draw;
  },
  weekly: (r) => {
    const [level, noise, office] = [between(r, 20, 60), between(r, 0.1, 2.4), officeHours(r)];
    return (hour, draw) => level + office(hour) + noise * draw;
  },
  'weekly with a trend': (r) => {
    const [level, noise, office] = [between(r, 12, 36), between(r, 0.1, 2.4), officeHours(r)];
    const slope = between(r, -0.25, 0.5) / 24;
    return (hour, draw) => level + slope * hour + office(hour) + noise * draw;
  },
  stepped: (r, days) => {
    const [level, noise, step] = [between(r, 30, 60), between(r, 0.1, 1.8), oneStep(r, days)];
    return (hour, draw) => level + step(hour) + noise * draw;
  },
  'stepped daily': (r, days) => {
    const [level, noise, step, rhythm] = [between(r, 30, 60), between(r, 0.1, 1.8), oneStep(r, days), daily(r)];
    return (hour, draw) => level + step(hour) + 0.6 * rhythm(hour) + noise * draw;
  },
  'daily with holes': (r) => {
    const [level, noise, rhythm] = [between(r, 20, 60), between(r, 0.1, 2.4), daily(r)];
    return (hour, draw) => (r.next() < 0.25 ? Number.NaN : level + rhythm(hour) + noise * draw);
  },
  'off at night': (r) => {
    const [level, noise, rhythm] = [between(r, 20, 60), between(r, 0.1, 2.4), daily(r)];
    return (hour, draw) => (hour % 24 < 7 || hour % 24 >= 20 ? Number.NaN : level + rhythm(hour) + noise * draw);
  },
  'disk that fills': (r) => {
    const [level, slope] = [between(r, 14, 42), between(r, 0.1, 0.8) / 24];
    return (hour, draw) => level + slope * hour + (Math.floor(hour / 24) % 7 === 0 ? 1.5 : 0) + 0.1 * draw;
  },
  sawtooth: (r) => {
    const [level, period] = [between(r, 12, 36), 30 + r.below(90)];
    return (hour, draw) => level + ((hour % period) / period) * 40 + 0.3 * draw;
  },
  bursts: (r) => (_hour, draw) => 5 + Math.abs(draw) + (r.next() < 0.05 ? between(r, 20, 80) : 0),
  'jumps about': (r) => {
    const level = between(r, 30, 60);
    let jump = 0;
    return (_hour, draw) => {
      if (r.next() < 1 / 120) jump = between(r, -20, 20);
      return level + jump + 0.8 * draw;
    };
  },
  'random walk': (r) => {
    let level = between(r, 20, 60);
    const stride = between(r, 0.2, 0.8);
    return (_hour, draw) => {
      level += stride * draw;
      return level;
    };
  },
} as const satisfies Readonly<Record<string, (random: SeededRandom, days: number) => Maker>>;

export type SeriesKind = keyof typeof kinds;

/** Those that follow a rule to the end, so that a forecast can be right about them. */
export const lawfulKinds = [
  'linear',
  'noisy linear',
  'flat',
  'noisy flat',
  'daily',
  'weekly',
  'weekly with a trend',
  'stepped',
  'stepped daily',
  'daily with holes',
  'off at night',
  'disk that fills',
] as const satisfies readonly SeriesKind[];

/** Those for which the next week is decided next week. */
export const lawlessKinds = [
  'sawtooth',
  'bursts',
  'jumps about',
  'random walk',
] as const satisfies readonly SeriesKind[];

/** The same for the same kind and seed; a week came. */
export function makeSeries(kind: SeriesKind, seed: number, days = 30): MadeSeries {
  const all = makeHours(kind, seed, days, 1);
  const law = makeHours(kind, seed, days, 0);
  return { known: all.slice(0, days * 24), came: all.slice(days * 24), law: law.slice(days * 24) };
}

/** `chance`: by how much each draw counts. */
function makeHours(kind: SeriesKind, seed: number, days: number, chance: number): Float64Array {
  const random = seededRandom(seed * 7919 + Object.keys(kinds).indexOf(kind) * 104_729 + 1);
  const value = kinds[kind](random, days);
  const all = new Float64Array((days + 7) * 24);
  for (const hour of all.keys()) all[hour] = Math.min(100, Math.max(0, value(hour, chance * normal(random))));
  return all;
}

export function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function between(random: SeededRandom, low: number, high: number): number {
  return low + (high - low) * random.next();
}

function daily(random: SeededRandom): (hour: number) => number {
  const [height, peak] = [between(random, 5, 20), random.below(24)];
  return (hour) => height * Math.cos((2 * Math.PI * (hour - peak)) / 24);
}

function officeHours(random: SeededRandom): (hour: number) => number {
  const height = between(random, 5, 25);
  return (hour) => (Math.floor(hour / 24) % 7 < 5 && hour % 24 >= 8 && hour % 24 < 18 ? height : 0);
}

function oneStep(random: SeededRandom, days: number): (hour: number) => number {
  const from = Math.floor(between(random, 0.1, 0.9) * days * 24);
  const by = between(random, 8, 30) * (random.next() < 0.5 ? -1 : 1);
  return (hour) => (hour < from ? 0 : by);
}
