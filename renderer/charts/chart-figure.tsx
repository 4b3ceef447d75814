import { lazy, memo, type ReactNode, Suspense } from 'react';
import type { CurrentReading } from '../../main/contract/current-reading.ts';
import type { WritableStore } from '../client/store.ts';
import { LevelMark } from '../components/level-mark.tsx';
import { Moment } from '../components/relative-time.tsx';
import { levelOf, levelWords } from '../format/level.ts';
import { megabytes, noReading, percentage } from '../format/readings.ts';
import { visibleText } from '../format/visible-text.ts';
import type { ChartFacts } from './chart-facts.ts';
import { type ChartKind, valueWords } from './chart-kinds.ts';
import { loadPlot } from './load-plot.ts';
import { type ChartZoom, PointerLayer } from './pointer-layer.tsx';
import { useBox } from './use-box.ts';

/** Not loaded with the page: the fleet is there before. */
const Plot = lazy(() => loadPlot().then(({ Plot: component }) => ({ default: component })));

interface ChartFigureProps {
  readonly kind: ChartKind;
  /** Null until it is this chart's turn to be drawn. */
  readonly facts: ChartFacts | null;
  readonly reading: CurrentReading;
  /** `as its guest says`. */
  readonly words: string;
  /** Why there is never anything here; null where there may be. */
  readonly blind: string | null;
  readonly pointer: WritableStore<number | null>;
  readonly zoom: ChartZoom;
}

/** A chart with its name and its value now. Its place has its size before anything is drawn in it. */
export const ChartFigure = memo(function ChartFigure(props: ChartFigureProps) {
  const { kind, facts, reading, words, blind, pointer, zoom } = props;
  const { ref, box } = useBox<HTMLDivElement>();
  return (
    <figure className={`chart chart-${kind.key}`} aria-label={kind.name}>
      <figcaption className="chart-head">
        <h3>{kind.name}</h3>
        <Now kind={kind} reading={reading} facts={facts} />
        {kind.sides === undefined ? (
          <span className="faint cut">{words}</span>
        ) : (
          <span className="chart-sides faint">
            <i className="chart-key-first" /> {kind.sides[0]} <i className="chart-key-second" /> {kind.sides[1]}
          </span>
        )}
      </figcaption>
      <div className="chart-place" ref={ref} aria-busy={facts === null || undefined}>
        {facts === null || box === null ? null : facts.isEmpty ? (
          <p className="chart-none faint">{blind ?? emptyWords(reading)}</p>
        ) : (
          <Suspense fallback={<span aria-busy="true" />}>
            <div aria-hidden="true" className="chart-plot">
              <Plot facts={facts} width={box.width} height={box.height} />
            </div>
            <PointerLayer facts={facts} width={box.width} height={box.height} pointer={pointer} zoom={zoom} />
          </Suspense>
        )}
      </div>
    </figure>
  );
});

interface NowProps {
  readonly kind: ChartKind;
  readonly reading: CurrentReading;
  readonly facts: ChartFacts | null;
}

/** The value now; where there is none, the last one that was had, and when. */
function Now({ kind, reading, facts }: NowProps): ReactNode {
  if (reading.kind === 'nothing' || reading.kind === 'waiting') return null;
  const [first, second] = kind.metrics;
  const one = reading.kind === 'read' ? reading.values[first].value : null;
  const other = reading.kind === 'read' && second !== undefined ? reading.values[second].value : null;
  const why = reading.kind === 'failed' ? reading.reason : reading.values[first].why;
  if (one === null && other === null) {
    return (
      <>
        <b className="chart-now" title={why === null ? undefined : visibleText(why)}>
          {noReading}
        </b>
        <LastKnown kind={kind} facts={facts} />
      </>
    );
  }
  if (second === undefined) {
    const level = levelOf(one ?? 0);
    return (
      <b className={`chart-now ink-${level}`} title={one === null ? undefined : levelWords[level]}>
        {one === null ? noReading : percentage(one)} <LevelMark level={level} />
      </b>
    );
  }
  const words = (value: number | null) => (value === null ? noReading : megabytes(value));
  return (
    <b className="chart-now">
      {words(one)} / {words(other)} <span className="chart-unit">MB/s</span>
    </b>
  );
}

function LastKnown({ kind, facts }: { readonly kind: ChartKind; readonly facts: ChartFacts | null }) {
  const row = facts?.rows.findLast(({ first }) => first !== null);
  if (row === undefined || row.first === null) return null;
  return (
    <span className="faint cut">
      last {valueWords(row.first, kind.unit)} at <Moment at={new Date(row.at).toISOString()} />
    </span>
  );
}

function emptyWords(reading: CurrentReading): string {
  switch (reading.kind) {
    case 'nothing':
      return 'Nothing was read in this time.';
    case 'waiting':
      return 'No reading yet.';
    case 'failed':
      return visibleText(reading.reason);
    case 'read':
      return 'Nothing was read in this time.';
  }
}
