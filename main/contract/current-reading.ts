import type { Machine } from './machine.ts';
import { type Sample, type SampleMetric, type SampleSource, sampleMetrics } from './sample.ts';

/** One value of a machine as it is known now. */
export interface CurrentValue {
  readonly value: number | null;
  readonly source: SampleSource | null;
  /** Why a value that should be there is not; null where it is there, or where nobody here could know it. */
  readonly why: string | null;
}

/** What can be said now of what a machine does. Pure: never a zero for what is not known, never an old value for a new one. */
export type CurrentReading =
  /** It does not run, or is not watched: there is nothing to read. */
  | { readonly kind: 'nothing' }
  /** It runs; the first reading is still to come. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly reason: string; readonly at: string | null }
  | { readonly kind: 'read'; readonly at: string; readonly values: Readonly<Record<SampleMetric, CurrentValue>> };

/** What a machine says of itself comes before what is seen of it from outside. */
export const sourceOrder: readonly SampleSource[] = ['guest', 'ssh', 'azure', 'host'];

/** Older than so many intervals a reading tells of the past only. */
const intervalsOfAge = 2.5;
/** Azure is asked every five minutes, and its newest minutes are always missing: how often Vigil collects has no part in it. */
const azureAgeMs = 600_000;

/**
 * The samples are the newest of each source. `clockWords` says a moment (milliseconds since 1970) as the reader of the
 * reasons says it.
 */
export function currentReadingOf(
  machine: Machine,
  samples: readonly Sample[],
  intervalMs: number,
  now: number,
  clockWords: (at: number) => string,
): CurrentReading {
  if (!canBeRead(machine)) return { kind: 'nothing' };
  const ofThisRun = sourceOrder
    .flatMap((source) => samples.filter((sample) => sample.source === source))
    .filter(({ at }) => machine.startedAt === null || at >= machine.startedAt);
  const fresh = ofThisRun.filter((sample) => isFresh(sample, intervalMs, now));
  const newestAt = latest(ofThisRun);
  if (fresh.length === 0) return withoutReading(machine, newestAt, clockWords);
  const good = fresh.filter(({ success }) => success);
  const fault = faultOf(ofThisRun, fresh, clockWords);
  if (good.length === 0) return { kind: 'failed', reason: fault ?? 'The reading failed.', at: newestAt };
  const known = (metric: SampleMetric): CurrentValue => {
    const sample = good.find((each) => each[metric] !== null);
    if (sample === undefined) return { value: null, source: null, why: fault };
    return { value: sample[metric], source: sample.source, why: null };
  };
  const values = Object.fromEntries(sampleMetrics.map((metric) => [metric, known(metric)])) as Record<
    SampleMetric,
    CurrentValue
  >;
  return { kind: 'read', at: latest(good) ?? '', values };
}

export function isFresh({ at, source }: Sample, intervalMs: number, now: number): boolean {
  return now - Date.parse(at) <= freshForMs(source, intervalMs);
}

/** The last moment at which all that are fresh now still are, milliseconds since 1970; infinite where none is. */
export function freshUntil(samples: readonly Sample[], intervalMs: number, now: number): number {
  const ends = samples.map(({ at, source }) => Date.parse(at) + freshForMs(source, intervalMs));
  return Math.min(...ends.filter((end) => end >= now));
}

function freshForMs(source: SampleSource, intervalMs: number): number {
  return source === 'azure' ? azureAgeMs : intervalMs * intervalsOfAge;
}

/** A host is read for as long as it is watched; a machine for as long as it has a process, or runs at Azure. */
function canBeRead(machine: Machine): boolean {
  if (machine.provider === 'ssh') return machine.health.status !== 'not-applicable';
  if (machine.provider === 'azure') return machine.state === 'running';
  return machine.startedAt !== null;
}

function withoutReading(
  { provider, health }: Machine,
  newestAt: string | null,
  clockWords: (at: number) => string,
): CurrentReading {
  const isOut = provider === 'ssh' && health.lastCheck !== null && health.sshReachable !== true;
  if (isOut && health.reason !== null) return { kind: 'failed', reason: health.reason, at: newestAt };
  if (newestAt === null) return { kind: 'waiting' };
  return { kind: 'failed', reason: `No reading since ${clockWords(Date.parse(newestAt))}.`, at: newestAt };
}

/** What failed, or fell silent, of those that are not the whole story: the best source first. */
function faultOf(all: readonly Sample[], fresh: readonly Sample[], clockWords: (at: number) => string): string | null {
  for (const sample of all) {
    if (!fresh.includes(sample)) return `Its guest was last read at ${clockWords(Date.parse(sample.at))}.`;
    if (!sample.success) return sample.error ?? 'The reading failed.';
  }
  return null;
}

function latest(samples: readonly Sample[]): string | null {
  return samples.reduce<string | null>((newest, { at }) => (newest === null || at > newest ? at : newest), null);
}
