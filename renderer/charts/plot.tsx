import { useId } from 'react';
import { Area, ComposedChart, Line, ReferenceArea, ReferenceLine } from 'recharts';
import type { ChartFacts } from './chart-facts.ts';
import { lonePoints } from './chart-series.ts';
import { LevelLines, PlotAxes } from './plot-axes.tsx';
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
      <PlotAxes range={range} unit={kind.unit} top={top} width={width} />
      {shades.map(({ from, to }) => (
        <ReferenceArea key={from} x1={from} x2={to} fill={`url(#${id})`} className="chart-gap" ifOverflow="hidden" />
      ))}
      <LevelLines unit={kind.unit} />
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
