import { Area, ComposedChart, ReferenceArea, ReferenceDot, ReferenceLine } from 'recharts';
import { PlotAxes } from './plot-axes.tsx';
import { plotInsets } from './plot-insets.ts';
import type { RehearsalFacts } from './rehearsal-rows.ts';

interface RehearsalPlotProps {
  readonly facts: RehearsalFacts;
  readonly width: number;
  readonly height: number;
}

/** More numbers than this would cover one another. */
const mostNumbers = 20;

/** What was read, the threshold, and where the rule would have fired; without motion, and with nothing in it that listens. */
export function RehearsalPlot({ facts, width, height }: RehearsalPlotProps) {
  const { rows, range, threshold, clear, firing, top, unit } = facts;
  return (
    <ComposedChart
      width={width}
      height={height}
      data={[...rows]}
      margin={{ top: plotInsets.top, right: plotInsets.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <PlotAxes range={range} unit={unit} top={top} width={width} />
      {firing.map(({ from, to, number }) => (
        <ReferenceArea key={number} x1={from} x2={to} className="rehearsal-firing" ifOverflow="hidden" />
      ))}
      <Area
        dataKey="first"
        type="linear"
        connectNulls={false}
        isAnimationActive={false}
        activeDot={false}
        dot={false}
        className="chart-first"
      />
      <ReferenceLine y={threshold} className="rehearsal-threshold" />
      {clear === null ? null : <ReferenceLine y={clear} className="rehearsal-clear" />}
      {firing.length > mostNumbers
        ? null
        : firing.map(({ from, number }) => (
            <ReferenceDot
              key={number}
              x={Math.max(from, range.from)}
              y={top}
              r={7}
              className="rehearsal-number"
              ifOverflow="visible"
              label={{ value: String(number), position: 'center' }}
            />
          ))}
    </ComposedChart>
  );
}
