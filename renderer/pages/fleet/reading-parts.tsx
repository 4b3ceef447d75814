import { useMemo, useSyncExternalStore } from 'react';
import type { CurrentValue } from '../../../main/contract/current-reading.ts';
import { whileInSight } from '../../client/page-sight.ts';
import { LevelMark } from '../../components/level-mark.tsx';
import { Nothing } from '../../components/nothing.tsx';
import { type SparkLine, Sparkline } from '../../components/sparkline.tsx';
import { levelOf } from '../../format/level.ts';
import { megabytes, noReading, oneDecimal } from '../../format/readings.ts';
import { visibleText } from '../../format/visible-text.ts';
import { useShownLines } from './shown-readings.tsx';

interface SparkProps {
  readonly machine: string;
  readonly name: string;
  readonly metric: 'cpuPercent' | 'memoryPercent';
  readonly value: CurrentValue;
}

/** Only what has a past is drawn. It draws itself: another line is no reason to draw its cell anew. */
export function Spark({ machine, name, metric, value }: SparkProps) {
  const lines = useShownLines();
  const line = useMemo((): SparkLine => {
    const read = () => lines.get(machine)?.[metric] ?? noLine;
    return { read, subscribe: whileInSight((listener) => lines.subscribe(machine, listener)) };
  }, [lines, machine, metric]);
  const hasPast = useSyncExternalStore(line.subscribe, () => line.read().some((each) => each !== null));
  if (!hasPast) return null;
  const latest = value.value === null ? 'no reading now' : `latest ${oneDecimal(value.value)} %`;
  return <Sparkline line={line} label={`${name}, ${latest}`} />;
}

const noLine: readonly (number | null)[] = [];

/** A value with its level, or why there is none. */
export function Percent({ value: { value, why, source } }: { readonly value: CurrentValue }) {
  if (value === null) {
    return (
      <span className="percent">
        <Missing why={why} />
      </span>
    );
  }
  const level = levelOf(value);
  const title = source === 'host' ? 'Of its process on this computer' : undefined;
  return (
    <span className={`percent ink-${level}`} title={title}>
      {oneDecimal(value)}
      <LevelMark level={level} />
    </span>
  );
}

/** Two rates in MB/s. */
export function Rates({ one, other }: { readonly one: CurrentValue; readonly other: CurrentValue }) {
  if (one.value === null && other.value === null) return <Missing why={one.why ?? other.why} />;
  const words = ({ value }: CurrentValue) => (value === null ? noReading : megabytes(value));
  return (
    <>
      {words(one)} <span className="faint">/</span> {words(other)}
    </>
  );
}

/** What should be there and is not has its reason; what nobody here can know is a quiet dash. */
function Missing({ why }: { readonly why: string | null }) {
  if (why === null) return <Nothing title="Only its guest could tell" />;
  return <span title={visibleText(why)}>{noReading}</span>;
}
