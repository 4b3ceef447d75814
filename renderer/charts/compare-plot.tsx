import { ComposedChart, Line } from 'recharts';
import { axisTop } from './axis-ticks.ts';
import type { ChartKind } from './chart-kinds.ts';
import type { Stretch } from './chart-series.ts';
import { type ComparedLine, comparedRows, highestOf } from './compared-lines.ts';
import { LevelLines, PlotAxes } from './plot-axes.tsx';
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
  return (
    <ComposedChart
      width={width}
      height={height}
      data={rows}
      margin={{ top: 6, right: plotInsets.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <PlotAxes range={range} unit={unit} top={top} width={width} />
      <LevelLines unit={unit} />
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
