import { Area, CartesianGrid, ComposedChart, Line, ReferenceDot, ReferenceLine, XAxis, YAxis } from 'recharts';
import { dayAndMonth } from '../format/times.ts';
import { dayTicks, type ForecastRows } from './forecast-rows.ts';
import { plotInsets } from './plot-insets.ts';

interface ForecastPlotProps {
  readonly facts: ForecastRows;
  readonly threshold: number;
  readonly width: number;
  readonly height: number;
}

/** What was measured, the line ahead with its band, and the threshold; without motion, and with nothing in it that listens. */
export function ForecastPlot({ facts, threshold, width, height }: ForecastPlotProps) {
  const { crossing, from, now, rows, to } = facts;
  const hasBand = rows.some(({ band }) => band !== undefined);
  return (
    <ComposedChart
      width={width}
      height={height}
      data={[...rows]}
      margin={{ top: plotInsets.top, right: plotInsets.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} syncWithTicks />
      <XAxis
        dataKey="at"
        type="number"
        scale="time"
        domain={[from, to]}
        allowDataOverflow
        ticks={[...dayTicks(from, to, width - plotInsets.left - plotInsets.right)]}
        tickFormatter={dayAndMonth}
        tickLine={false}
        height={plotInsets.bottom}
        interval={0}
      />
      <YAxis
        domain={[0, 100]}
        ticks={[0, 50, 100]}
        tickFormatter={(value: number) => (value === 100 ? '100%' : String(value))}
        tickLine={false}
        axisLine={false}
        interval={0}
        width={plotInsets.left}
      />
      {hasBand ? (
        <Area
          dataKey="band"
          type="linear"
          isAnimationActive={false}
          activeDot={false}
          dot={false}
          stroke="none"
          className="forecast-band"
        />
      ) : null}
      <Area
        dataKey="measured"
        type="linear"
        connectNulls={false}
        isAnimationActive={false}
        activeDot={false}
        dot={false}
        className="chart-first"
      />
      <Line
        dataKey="ahead"
        type="linear"
        isAnimationActive={false}
        activeDot={false}
        dot={false}
        className="forecast-ahead"
      />
      <ReferenceLine x={now} className="forecast-now" />
      <ReferenceLine y={threshold} className="chart-bound" />
      {crossing === null ? null : (
        <ReferenceDot x={crossing} y={threshold} r={4.5} className="forecast-crossing" ifOverflow="hidden" />
      )}
    </ComposedChart>
  );
}
