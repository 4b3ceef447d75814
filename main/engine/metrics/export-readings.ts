import type { ParsedInput } from '../../contract/calls.ts';
import type { CsvPiece, RollUpLevel } from '../../contract/roll-up.ts';
import {
  type SampleLevel,
  type SampleMetric,
  type SampleSource,
  sampleLevels,
  sampleMetrics,
  sampleSources,
} from '../../contract/sample.ts';
import type { Settings } from '../../contract/settings.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricsStore } from '../ports/metrics-store.ts';
import { rolledUp, sourcesByWorth } from './roll-up-answers.ts';
import { valueAt } from './stored-samples.ts';

/** One header line; other programs read it, so it never changes. */
export const csvHeader =
  'timestamp,vm_name,cpu_percent,memory_percent,disk_percent,disk_read_bytes_per_second,disk_write_bytes_per_second,network_in_bytes_per_second,network_out_bytes_per_second,aggregation_level';

export interface ExportPorts {
  readonly clock: Clock;
  readonly store: MetricsStore;
  settings(): Settings;
}

/** Rows that are read at once: what crosses to a face in one piece stays small. */
const pageRows = 2000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const bucketMs: Readonly<Record<RollUpLevel, number>> = { hourly: hourMs, daily: dayMs };
/** Oldest first: days where hours are gone already, then hours, then single readings. */
const levels: readonly SampleLevel[] = ['daily', 'hourly', 'raw'];

interface Place {
  readonly source: SampleSource;
  readonly level: SampleLevel;
  readonly atMs: number;
}

interface Page {
  readonly lines: readonly string[];
  /** Where the next page of the same level begins. */
  readonly nextMs: number;
}

interface PageQuery extends Place {
  readonly machine: { readonly id: string; readonly name: string };
  /** Not among it. */
  readonly endMs: number;
}

/**
 * One piece of a machine's readings as CSV, oldest first. A value that is not known is an empty field. An hour or a day is
 * the average over its readings, told at its begin.
 */
export async function exportPiece(
  { store, clock, settings }: ExportPorts,
  machine: PageQuery['machine'],
  asked: ParsedInput<'metrics.export'>,
): Promise<CsvPiece> {
  const [fromMs, toMs] = [Date.parse(asked.from), Date.parse(asked.to)];
  const stretches = stretchesOf(clock.wallNow(), settings().retention, fromMs, toMs);
  const begun = placeOf(asked.after);
  const source = begun?.source ?? asked.source ?? (await bestSource(store, machine.id, fromMs, toMs));
  const lines = asked.after === undefined ? [csvHeader] : [];
  const heads = lines.length;
  let place: Place | null = begun ?? { source, ...(stretches[0] ?? { level: 'raw', atMs: fromMs }) };
  while (place !== null && lines.length < pageRows / 2) {
    const index = stretches.findIndex(({ level }) => level === place?.level);
    const stretch = stretches[index];
    if (stretch === undefined) break;
    const read = place.level === 'raw' ? rawPage : bucketPage;
    const page: Page = await read(store, { ...place, machine, endMs: stretch.endMs });
    lines.push(...page.lines);
    const following = stretches[index + 1];
    if (page.nextMs < stretch.endMs) place = { ...place, atMs: page.nextMs };
    else place = following === undefined ? null : { source, level: following.level, atMs: following.atMs };
  }
  const next = place === null ? null : `${place.source} ${place.level} ${place.atMs}`;
  return { text: lines.map((line) => `${line}\n`).join(''), rows: lines.length - heads, next };
}

interface Stretch {
  readonly level: SampleLevel;
  readonly atMs: number;
  readonly endMs: number;
}

/** Which level tells which part of the range. Each ends where a bucket of its own does, so that nothing is told twice. */
function stretchesOf(nowMs: number, kept: Settings['retention'], fromMs: number, toMs: number): readonly Stretch[] {
  const rawMs = Math.ceil((nowMs - kept.raw_days * dayMs) / hourMs) * hourMs;
  const hourlyMs = Math.min(Math.ceil((nowMs - kept.hourly_days * dayMs) / dayMs), Math.floor(rawMs / dayMs)) * dayMs;
  const begins: Readonly<Record<SampleLevel, number>> = { daily: fromMs, hourly: hourlyMs, raw: rawMs };
  return levels
    .map((level, index) => {
      const following = levels[index + 1];
      const endMs = following === undefined ? toMs + 1 : Math.min(toMs + 1, begins[following]);
      return { level, atMs: Math.max(fromMs, begins[level]), endMs };
    })
    .filter(({ atMs, endMs }) => atMs < endMs);
}

async function rawPage(store: MetricsStore, { machine, source, atMs, endMs }: PageQuery): Promise<Page> {
  const range = { machineId: machine.id, source, fromMs: atMs, toMs: endMs - 1, limit: pageRows };
  const samples = await store.slice(range);
  const lastMs = samples.atMs.at(-1);
  return {
    lines: Array.from(samples.atMs, (ms, place) =>
      lineOf(ms, machine.name, 'raw', (metric) => valueAt(samples, metric, place)),
    ),
    nextMs: samples.atMs.length < pageRows || lastMs === undefined ? endMs : lastMs + 1,
  };
}

async function bucketPage(store: MetricsStore, query: PageQuery): Promise<Page> {
  const { machine, source, level, atMs } = query;
  if (level === 'raw') throw new Error('single readings are no buckets');
  const endMs = Math.min(query.endMs, atMs + pageRows * bucketMs[level]);
  const range = { machineIds: [machine.id], source, level, fromMs: atMs, toMs: endMs, metrics: sampleMetrics };
  const [series] = await store.rollUps(range);
  const lines = Array.from(series?.startMs ?? [], (startMs, index) =>
    lineOf(startMs, machine.name, level, (metric) =>
      series === undefined ? null : (rolledUp(series, metric, index)?.average ?? null),
    ),
  );
  return { lines, nextMs: endMs };
}

function lineOf(
  atMs: number,
  name: string,
  level: SampleLevel,
  valueFor: (metric: SampleMetric) => number | null,
): string {
  return [isoTime(atMs), quoted(name), ...sampleMetrics.map((metric) => valueFor(metric) ?? ''), level].join(',');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What the piece before gave as its `next`; null for the first. */
function placeOf(after: string | undefined): Place | null {
  const [source, level, at] = after?.split(' ') ?? [];
  const known = sampleSources.find((each) => each === source);
  const knownLevel = sampleLevels.find((each) => each === level);
  return known === undefined || knownLevel === undefined
    ? null
    : { source: known, level: knownLevel, atMs: Number(at) };
}

/** The first source that told anything in the range. */
async function bestSource(store: MetricsStore, id: string, fromMs: number, toMs: number): Promise<SampleSource> {
  for (const source of sourcesByWorth) {
    const range = { machineIds: [id], source, level: 'daily', fromMs, toMs: toMs + 1, metrics: [] } as const;
    const [series] = await store.rollUps(range);
    if (series?.readings.some((readings) => readings > 0) === true) return source;
  }
  return 'host';
}
