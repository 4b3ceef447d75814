import { useId } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, ReferenceArea, ReferenceLine, XAxis, YAxis } from 'recharts';
import { levelBounds } from '../format/level.ts';
import { timeTicks } from './axis-ticks.ts';
import type { ChartFacts } from './chart-facts.ts';
import { axisWords } from './chart-kinds.ts';
import { lonePoints } from './chart-series.ts';
import { plotInsets } from './plot-insets.ts';

interface PlotProps {
  readonly facts: ChartFacts;
  readonly width: number;
  readonly height: number;
}

/** One chart, drawn by recharts: fixed in size, without motion, and with nothing in it that listens. */
export function Plot({ facts, width, height }: PlotProps) {
  const id = useId();
  const { kind, rows, range, shades, marks, top } = facts;
  const ticks = timeTicks(range, width - plotInsets.left - plotInsets.right);
  const words = new Map(ticks.map(({ at, label }) => [at, label]));
  const lone = { first: lonePoints(rows, 'first'), second: lonePoints(rows, 'second') };
  return (
    <ComposedChart
      width={width}
      height={height}
      data={rows}
      margin={{ top: plotInsets.top, right: plotInsets.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <defs>
        <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" className="chart-gap-ground" />
          <rect width="2" height="6" className="chart-gap-hatch" />
        </pattern>
      </defs>
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
        tickFormatter={(value: number) => axisWords(value, kind.unit)}
        tickLine={false}
        axisLine={false}
        interval={0}
        width={plotInsets.left}
      />
      {shades.map(({ from, to }) => (
        <ReferenceArea key={from} x1={from} x2={to} fill={`url(#${id})`} className="chart-gap" ifOverflow="hidden" />
      ))}
      {kind.unit === 'percent'
        ? (['high', 'full'] as const).map((level) => (
            <ReferenceLine key={level} y={levelBounds[level]} className={`chart-bound chart-bound-${level}`} />
          ))
        : null}
      {marks.map(({ at, isBad }) => (
        <ReferenceLine key={at} x={at} className={isBad ? 'chart-event chart-event-bad' : 'chart-event'} />
      ))}
      {rows.some(({ spread }) => spread !== undefined) ? (
        <Area
          dataKey="spread"
          type="linear"
          connectNulls={false}
          isAnimationActive={false}
          activeDot={false}
          dot={false}
          stroke="none"
          className="chart-spread"
        />
      ) : null}
      <Area
        dataKey="first"
        type="linear"
        connectNulls={false}
        isAnimationActive={false}
        activeDot={false}
        dot={lone.first.size > 0 ? lonePoint('first', lone.first) : false}
        className="chart-first"
      />
      {kind.sides === undefined ? null : (
        <Line
          dataKey="second"
          type="linear"
          connectNulls={false}
          isAnimationActive={false}
          activeDot={false}
          dot={lone.second.size > 0 ? lonePoint('second', lone.second) : false}
          className="chart-second"
        />
      )}
    </ComposedChart>
  );
}

interface DotProps {
  readonly cx?: number;
  readonly cy?: number;
  readonly payload?: { readonly at: number };
}

/** A dot where a value stands alone, nothing elsewhere. */
function lonePoint(side: 'first' | 'second', lone: ReadonlySet<number>) {
  return ({ cx, cy, payload }: DotProps) =>
    payload !== undefined && lone.has(payload.at) ? (
      <circle key={payload.at} cx={cx} cy={cy} r={1.8} className={`chart-dot-${side}`} />
    ) : (
      <g key={payload?.at} />
    );
}
