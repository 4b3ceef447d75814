/** What a straight line through points (t, y) needs to know of them; points can be added and taken away again. */
export interface LineSums {
  readonly n: number;
  readonly t: number;
  readonly tt: number;
  readonly y: number;
  readonly ty: number;
}

export interface Line {
  /** Its value at t = 0. */
  readonly level: number;
  /** Per unit of t. */
  readonly slope: number;
}

/** The line with the least squared distance; flat where one moment, or none at all, is known. NaN without points. */
export function lineThrough({ n, t, tt, y, ty }: LineSums): Line {
  const spread = n * tt - t * t;
  const slope = n > 1 && spread > 0 ? (n * ty - t * y) / spread : 0;
  return { level: (y - slope * t) / n, slope };
}

/** Of values an hour apart, the last one at t = -1; NaN is left out. */
export function lineThroughHours(values: Float64Array): Line {
  return lineThrough(sumHours(values));
}

/** In one pass, the hours numbered so that the last one is -1. */
export function sumHours(values: Float64Array): LineSums {
  const end = values.length;
  let [n, t, tt, y, ty] = [0, 0, 0, 0, 0];
  for (let index = 0; index < end; index += 1) {
    const value = values[index] ?? Number.NaN;
    // biome-ignore lint/suspicious/noSelfCompare: only NaN differs from itself, and this is much cheaper here than a call
    if (value !== value) continue;
    const hour = index - end;
    n += 1;
    t += hour;
    tt += hour * hour;
    y += value;
    ty += hour * value;
  }
  return { n, t, tt, y, ty };
}
