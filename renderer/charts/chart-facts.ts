import type { JournalEntry } from '../../main/contract/journal.ts';
import type { ReadingGap, SampleSource } from '../../main/contract/sample.ts';
import type { HistorySample } from '../client/history-samples.ts';
import { exactTime } from '../format/times.ts';
import { axisTop } from './axis-ticks.ts';
import { type ChartKind, chartKinds, hostKind, valueWords } from './chart-kinds.ts';
import { type ChartRow, chartRows, hasValues, type Stretch } from './chart-series.ts';
import type { ChartView } from './chart-views.ts';
import { type EventMark, eventMarks } from './event-marks.ts';
import { type Shade, shadedGaps } from './shaded-gaps.ts';

/** Everything one chart is drawn from: plain, pure, and the same object until there is something new to draw. */
export interface ChartFacts {
  readonly kind: ChartKind;
  readonly rows: readonly ChartRow[];
  readonly range: Stretch;
  readonly shades: readonly Shade[];
  readonly marks: readonly EventMark[];
  /** The value at the top of the axis. */
  readonly top: number;
  readonly isEmpty: boolean;
  /** The chart in a sentence, for those who do not see it. */
  readonly summary: string;
}

export interface ChartStory {
  /** When the machine came to be. */
  readonly createdAt: number;
  readonly view: ChartView;
  readonly range: Stretch;
  /** Of all sources. */
  readonly samples: readonly HistorySample[];
  readonly gaps: readonly ReadingGap[];
  readonly entries: readonly JournalEntry[];
  readonly intervalMs: number;
  /** `the last hour`. */
  readonly rangeWords: string;
}

/** Below this much, activity is drawn as the next to nothing that it is. */
const leastRate = 1e6;

/** A guest's view has the cost of its process beside it, where it has a process here. */
function kindsOf({ view, samples }: ChartStory): readonly ChartKind[] {
  const hasHost = view.source !== 'host' && samples.some(({ source }) => source === 'host');
  return hasHost ? [...chartKinds, hostKind] : chartKinds;
}

export function chartFacts(story: ChartStory): readonly ChartFacts[] {
  const { view, range, entries } = story;
  const marks = eventMarks(entries, range);
  const ofView = seriesOf(story, view.source);
  const ofHost = view.source === 'host' ? ofView : seriesOf(story, 'host');
  return kindsOf(story).map((kind) => {
    const { samples, shades } = kind.source === 'host' ? ofHost : ofView;
    const rows = chartRows(samples, kind.metrics, shades);
    const most = rows.reduce((highest, { first, second }) => Math.max(highest, first ?? 0, second ?? 0), 0);
    return {
      kind,
      rows,
      range,
      shades,
      marks,
      top: kind.unit === 'percent' ? 100 : axisTop(most, leastRate),
      isEmpty: !hasValues(rows),
      summary: summaryOf(kind, rows, shades, story.rangeWords),
    };
  });
}

function seriesOf({ createdAt, range, entries, intervalMs, ...all }: ChartStory, source: SampleSource) {
  const samples = all.samples.filter((sample) => sample.source === source);
  const gaps = all.gaps.filter((gap) => gap.source === source);
  return { samples, shades: shadedGaps({ gaps, samples, range, createdAt, intervalMs, entries }) };
}

function summaryOf(kind: ChartKind, rows: readonly ChartRow[], shades: readonly Shade[], rangeWords: string): string {
  const sides = (['first', 'second'] as const).map((side, index) => {
    const known = rows.flatMap((row) =>
      row[side] === null
        ? []
        : [{ at: row.at, value: row[side], high: (index === 0 ? row.spread?.[1] : undefined) ?? row[side] }],
    );
    const last = known.at(-1);
    if (last === undefined) return null;
    const high = known.reduce((most, each) => (each.high > most.high ? each : most), last);
    const name = kind.sides?.[index];
    return `${name === undefined ? '' : `${name} `}last ${valueWords(last.value, kind.unit)}, highest ${valueWords(
      high.high,
      kind.unit,
    )} on ${exactTime(high.at)}`;
  });
  const said = sides.filter((side) => side !== null);
  const gaps = shades.length === 0 ? 'no gaps' : shades.length === 1 ? '1 gap' : `${shades.length} gaps`;
  return `${kind.name} in ${rangeWords}: ${said.length === 0 ? 'no readings' : said.join('; ')}; ${gaps}.`;
}
