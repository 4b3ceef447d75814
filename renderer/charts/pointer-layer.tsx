import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { WritableStore } from '../client/store.ts';
import { useStore } from '../client/use-engine.ts';
import { Mark } from '../components/mark.tsx';
import { lookOf } from '../components/timeline-look.ts';
import { duration, exactTime } from '../format/times.ts';
import { visibleText } from '../format/visible-text.ts';
import type { ChartFacts } from './chart-facts.ts';
import { valueWords } from './chart-kinds.ts';
import { drawnStretch, scaledStretch } from './chart-ranges.ts';
import type { Stretch } from './chart-series.ts';
import { plotInsets } from './plot-insets.ts';
import { tipPlace } from './tip-place.ts';
import { type Pointed, shareOf, stopsOf, valueAt } from './value-at.ts';

interface PointerLayerProps {
  readonly facts: ChartFacts;
  readonly width: number;
  readonly height: number;
  /** The moment that is pointed at, shared by all charts of a page; null while none is. */
  readonly pointer: WritableStore<number | null>;
  readonly zoom: ChartZoom;
}

/** Looks at a part of the range more closely. */
export interface ChartZoom {
  /** Whether a part is looked at now. */
  readonly isIn: boolean;
  to(stretch: Stretch): void;
  /** Back to the whole range. */
  out(): void;
}

/** Above a plot: marks of events, and the value at the moment that the pointer or the arrow keys stand on. */
export function PointerLayer({ facts, width, height, pointer, zoom }: PointerLayerProps) {
  const layer = useRef<HTMLDivElement>(null);
  const at = useStore(pointer);
  const [isHere, setHere] = useState(false);
  /** Both ends of the part that is being drawn, milliseconds since 1970. */
  const [drawn, setDrawn] = useState<readonly [begin: number, end: number] | null>(null);
  const { kind, range, rows, shades, marks, summary } = facts;
  const inner = width - plotInsets.left - plotInsets.right;
  const xOf = (moment: number) => plotInsets.left + shareOf(moment, range) * inner;
  const pointed = at === null ? null : valueAt(rows, shades, at);
  const tip = tipPlace(pointed === null ? 0 : xOf(pointed.at), width);

  function momentOf(event: PointerEvent): number | null {
    const box = layer.current?.getBoundingClientRect();
    if (box === undefined) return null;
    const share = (event.clientX - box.left - plotInsets.left) / inner;
    return range.from + share * (range.to - range.from);
  }

  function onPointerDown(event: PointerEvent): void {
    const moment = momentOf(event);
    if (event.button !== 0 || moment === null) return;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    setDrawn([moment, moment]);
  }

  function onPointerMove(event: PointerEvent): void {
    const moment = momentOf(event);
    if (moment === null) return;
    setHere(true);
    if (drawn !== null) setDrawn([drawn[0], moment]);
    pointer.set(moment < range.from || moment > range.to ? null : moment);
  }

  function onPointerUp(): void {
    const stretch = drawn === null ? null : drawnStretch(drawn[0], drawn[1], range);
    setDrawn(null);
    if (stretch !== null) zoom.to(stretch);
  }

  function leave(): void {
    setHere(false);
    pointer.set(null);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const stops = stopsOf(rows, shades);
    const here = at === null ? stops.length : stops.findIndex((stop) => stop >= at - 1);
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: stops.length - 1 }[event.key];
    const around = at ?? (range.from + range.to) / 2;
    if (event.key === 'Escape' && at !== null) pointer.set(null);
    else if (event.key === 'Escape' && zoom.isIn) zoom.out();
    else if (event.key === '+' || event.key === '=') zoom.to(scaledStretch(range, around, 0.5, Date.now()));
    else if (event.key === '-') zoom.to(scaledStretch(range, around, 2, Date.now()));
    else if (to === undefined) return;
    else pointer.set(stops[Math.min(stops.length - 1, Math.max(0, to))] ?? null);
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div
      ref={layer}
      className="chart-layer"
      role="slider"
      tabIndex={0}
      aria-label={summary}
      aria-valuemin={range.from}
      aria-valuemax={range.to}
      aria-valuenow={Math.round(at ?? range.to)}
      aria-valuetext={
        pointed === null ? 'arrow keys read single values, + and - zoom' : pointedWords(facts, pointed).join(', ')
      }
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => setDrawn(null)}
      onPointerLeave={leave}
      onDoubleClick={zoom.out}
      onKeyDown={onKeyDown}
      onFocus={() => setHere(true)}
      onBlur={leave}
    >
      {marks.map(({ at: moment, entry, words }) => (
        <span
          key={moment}
          className="chart-mark"
          style={{ left: `${xOf(moment)}px` }}
          title={`${exactTime(moment)}: ${visibleText(words)}`}
        >
          <EventShape entry={entry} />
        </span>
      ))}
      {drawn === null || drawn[0] === drawn[1] ? null : (
        <i
          className="chart-drawn"
          style={{
            left: `${xOf(Math.min(...drawn))}px`,
            width: `${xOf(Math.max(...drawn)) - xOf(Math.min(...drawn))}px`,
            height: `${height - plotInsets.bottom}px`,
          }}
        />
      )}
      {pointed === null ? null : (
        <>
          <i
            className="chart-cross"
            style={{ left: `${xOf(pointed.at)}px`, height: `${height - plotInsets.bottom}px` }}
          />
          {isHere ? (
            <div
              className={tip.isLeft ? 'chart-tip chart-tip-left' : 'chart-tip'}
              style={{ left: `${xOf(pointed.at)}px`, maxWidth: `${tip.maxWidth}px` }}
              aria-hidden="true"
            >
              {pointedWords(facts, pointed).map((line, index) => (
                <span key={line} className={index === 0 ? 'faint' : undefined}>
                  {line}
                </span>
              ))}
            </div>
          ) : null}
        </>
      )}
      <span className="visually-hidden">{kind.name}</span>
    </div>
  );
}

/** The exact time, then what is known of it. */
export function pointedWords({ kind }: Pick<ChartFacts, 'kind'>, pointed: Pointed): readonly string[] {
  if (pointed.kind === 'gap') {
    const { from, to, reason } = pointed.shade;
    return [exactTime(from), `No reading for ${duration(to - from)}`, visibleText(reason)];
  }
  const { first, second } = pointed.row;
  const side = (value: number | null, index: number) =>
    value === null ? [] : [`${kind.sides === undefined ? '' : `${kind.sides[index]} `}${valueWords(value, kind.unit)}`];
  const { isPartial, spread } = pointed.row;
  const between =
    spread === undefined ? [] : [`${valueWords(spread[0], kind.unit)} to ${valueWords(spread[1], kind.unit)}`];
  const part = isPartial === true ? ['read for a part of it only'] : [];
  return [exactTime(pointed.at), ...side(first, 0), ...between, ...side(second, 1), ...part];
}

function EventShape({ entry }: { readonly entry: Parameters<typeof lookOf>[0] }) {
  const look = lookOf(entry);
  if (look.kind === 'mark') return <Mark kind={look.mark} />;
  const Icon = look.icon;
  return <Icon className="icon icon-tiny" strokeWidth={2} aria-hidden="true" />;
}
