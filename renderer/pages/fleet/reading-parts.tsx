import { useLayoutEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { CurrentValue } from '../../../main/contract/current-reading.ts';
import type { SampleMetric } from '../../../main/contract/sample.ts';
import { whileInSight } from '../../client/page-sight.ts';
import { LevelMark, showLevel } from '../../components/level-mark.tsx';
import { Nothing } from '../../components/nothing.tsx';
import { Lasting } from '../../components/relative-time.tsx';
import { type SparkLine, Sparkline } from '../../components/sparkline.tsx';
import { type Level, levelOf, levelWords } from '../../format/level.ts';
import { megabytes, noReading, oneDecimal } from '../../format/readings.ts';
import { visibleText } from '../../format/visible-text.ts';
import type { LiveReading, ReadValues } from './live-reading.ts';
import { useShownLines } from './shown-readings.tsx';

interface PartProps {
  readonly live: LiveReading;
  readonly values: ReadValues;
}

interface SparkProps extends Pick<PartProps, 'live'> {
  readonly machine: string;
  readonly name: string;
  readonly metric: 'cpuPercent' | 'memoryPercent';
}

/** Only what has a past is drawn. It draws itself: another line is no reason to draw its cell anew. */
export function Spark({ live, machine, name, metric }: SparkProps) {
  const lines = useShownLines();
  const line = useMemo(
    (): SparkLine => ({
      read: () => lines.get(machine)?.[metric] ?? noLine,
      label: () => `${name}, ${latestWords(live, metric)}`,
      subscribe: whileInSight((listener) => {
        const undo = [lines.subscribe(machine, listener), live.paint(listener)];
        return () => {
          for (const each of undo) each();
        };
      }),
    }),
    [lines, live, machine, name, metric],
  );
  const hasPast = useSyncExternalStore(line.subscribe, () => line.read().some((each) => each !== null));
  return hasPast ? <Sparkline line={line} /> : null;
}

const noLine: readonly (number | null)[] = [];

function latestWords({ latest }: LiveReading, metric: SampleMetric): string {
  const value = latest.kind === 'read' ? latest.values[metric].value : null;
  return value === null ? 'no reading now' : `latest ${oneDecimal(value)} %`;
}

/** A value with its level, or why there is none. */
export function Percent({ live, values, metric }: PartProps & { readonly metric: SampleMetric }) {
  const { value, why, source } = values[metric];
  if (value === null) {
    return (
      <span className="percent">
        <Missing why={why} />
      </span>
    );
  }
  return <KnownPercent live={live} metric={metric} isHost={source === 'host'} />;
}

interface KnownPercentProps extends Pick<PartProps, 'live'> {
  readonly metric: SampleMetric;
  readonly isHost: boolean;
}

function KnownPercent({ live, metric, isHost }: KnownPercentProps) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const span = place.current;
    if (span === null) return;
    const text = new Text();
    span.prepend(text);
    let shown: Level | null = null;
    const undo = live.paint((values) => {
      const { value } = values[metric];
      if (value === null) return;
      const now = oneDecimal(value);
      if (text.data !== now) text.data = now;
      const level = levelOf(value);
      if (level === shown) return;
      shown = level;
      span.className = `percent ink-${level}`;
      span.title = isHost ? `${levelWords[level]}, of its process on this computer` : levelWords[level];
      if (span.lastElementChild !== null) showLevel(span.lastElementChild, level);
    });
    return () => {
      undo();
      text.remove();
    };
  }, [live, metric, isHost]);
  return (
    <span ref={place}>
      <LevelMark level="calm" />
    </span>
  );
}

interface RatesProps extends PartProps {
  readonly one: SampleMetric;
  readonly other: SampleMetric;
}

/** Two rates in MB/s. */
export function Rates({ live, values, one, other }: RatesProps) {
  if (values[one].value === null && values[other].value === null) {
    return <Missing why={values[one].why ?? values[other].why} />;
  }
  return <KnownRates live={live} one={one} other={other} />;
}

function KnownRates({ live, one, other }: Omit<RatesProps, 'values'>) {
  const first = useRef<HTMLSpanElement>(null);
  const last = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const texts = [first, last].map(({ current }) => {
      const text = new Text();
      current?.replaceChildren(text);
      return text;
    });
    const words = ({ value }: CurrentValue) => (value === null ? noReading : megabytes(value));
    return live.paint((values) => {
      for (const [index, text] of texts.entries()) {
        const now = words(values[index === 0 ? one : other]);
        if (text.data !== now) text.data = now;
      }
    });
  }, [live, one, other]);
  return (
    <>
      <span ref={first} /> <span className="faint">/</span> <span ref={last} />
    </>
  );
}

/** How long ago it was read. */
export function Age({ live }: Pick<PartProps, 'live'>) {
  const at = useSyncExternalStore(live.subscribe, live.takenAt);
  return at === null ? <Nothing /> : <Lasting at={at} />;
}

/** What should be there and is not has its reason; what nobody here can know is a quiet dash. */
function Missing({ why }: { readonly why: string | null }) {
  if (why === null) return <Nothing title="Only its guest could tell" />;
  return <span title={visibleText(why)}>{noReading}</span>;
}
