import { CartesianGrid, ComposedChart, Line, ReferenceLine, XAxis, YAxis } from 'recharts';
import { levelBounds } from '../format/level.ts';
import { axisTop, timeTicks } from './axis-ticks.ts';
import { axisWords, type ChartKind } from './chart-kinds.ts';
import type { Stretch } from './chart-series.ts';
import { type ComparedLine, comparedRows, highestOf } from './compared-lines.ts';
import { plotInsets } from './plot-insets.ts';

interface ComparePlotProps {
  readonly lines: readonly ComparedLine[];
  readonly unit: ChartKind['unit'];
  readonly range: Stretch;
  readonly width: number;
  readonly height: number;
}

const leastRate = 1e6;

/** Several machines over one another, each with a colour and a dash of its own. */
export function ComparePlot({ lines, unit, range, width, height }: ComparePlotProps) {
  const { rows, parts } = comparedRows(lines);
  const top = unit === 'percent' ? 100 : axisTop(highestOf(lines, range), leastRate);
  const ticks = timeTicks(range, width - plotInsets.left - plotInsets.right);
  const words = new Map(ticks.map(({ at, label }) => [at, label]));
  return (
    <ComposedChart
      width={width}
      height={height}
      data={rows}
      margin={{ top: 6, right: plotInsets.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
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
      {unit === 'percent'
        ? (['high', 'full'] as const).map((level) => (
            <ReferenceLine key={level} y={levelBounds[level]} className={`chart-bound chart-bound-${level}`} />
          ))
        : null}
      {parts.map(({ key, line, isLone }) => (
        <Line
          key={key}
          dataKey={key}
          type="linear"
          connectNulls
          isAnimationActive={false}
          activeDot={false}
          dot={isLone ? { r: 1.8, className: `compared-dot compared-${line + 1}` } : false}
          className={`compared compared-${line + 1}`}
        />
      ))}
    </ComposedChart>
  );
}
