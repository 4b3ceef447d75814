import { CartesianGrid, ReferenceLine, XAxis, YAxis } from 'recharts';
import { levelBounds } from '../format/level.ts';
import { timeTicks } from './axis-ticks.ts';
import { axisWords, type ChartKind } from './chart-kinds.ts';
import type { Stretch } from './chart-series.ts';
import { plotInsets } from './plot-insets.ts';

interface PlotAxesProps {
  readonly range: Stretch;
  readonly unit: ChartKind['unit'];
  /** Where the values end. */
  readonly top: number;
  /** Of the whole plot, in pixels. */
  readonly width: number;
}

/** Time below, values at the left and a line at half of them. */
export function PlotAxes({ range, unit, top, width }: PlotAxesProps) {
  const ticks = timeTicks(range, width - plotInsets.left - plotInsets.right);
  const words = new Map(ticks.map(({ at, label }) => [at, label]));
  return (
    <>
      <CartesianGrid vertical={false} syncWithTicks />
      <XAxis
        dataKey="at"
        type="number"
        scale="time"
        domain={[range.from, range.to]}
        allowDataOverflow
        ticks={ticks.map(({ at }) => at)}
        tickFormatter={(at: number) => words.get(at) ?? ''}
        tickLine={false}
        height={plotInsets.bottom}
        interval={0}
      />
      <YAxis
        domain={[0, top]}
        allowDataOverflow
        ticks={[0, top / 2, top]}
        tickFormatter={(value: number) => axisWords(value, unit)}
        tickLine={false}
        axisLine={false}
        interval={0}
        width={plotInsets.left}
      />
    </>
  );
}

/** Where a share begins to be high and to be full; nothing for what has no such marks. */
export function LevelLines({ unit }: { readonly unit: ChartKind['unit'] }) {
  if (unit !== 'percent') return null;
  return (['high', 'full'] as const).map((level) => (
    <ReferenceLine key={level} y={levelBounds[level]} className={`chart-bound chart-bound-${level}`} />
  ));
}
