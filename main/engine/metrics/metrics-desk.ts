import type { Handlers, ParsedInput } from '../../contract/calls.ts';
import type { EventSink } from '../../contract/events.ts';
import { failureOf, VigilError } from '../../contract/failure.ts';
import type { ReadingGap, Sample } from '../../contract/sample.ts';
import type { Settings } from '../../contract/settings.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { HistoryQuery, MetricsStore, StoredSample } from '../ports/metrics-store.ts';
import type { Reading } from '../ports/reading.ts';
import type { Ssh } from '../ports/ssh.ts';
import { createCollector, type ReadingSource } from './collector.ts';
import { createFirstReadings } from './first-readings.ts';
import { createGuestSources, type MeasuredGuest } from './guest-sources.ts';
import { createHistoryDesk, type HistoryDesk } from './history-desk.ts';
import { createReadingBeat } from './reading-beat.ts';
import { createRecentReadings } from './recent-readings.ts';
import { createRetention } from './retention.ts';
import { sourcesByWorth } from './roll-up-answers.ts';
import { storedSamples } from './stored-samples.ts';

/** A machine that can be read now. */
export interface Measured extends MeasuredGuest {
  /** Its process on this computer; absent for a host that only answers SSH. */
  readHost?(takenAtMs: number): Promise<Reading>;
}

export interface MetricsDeskPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventSink;
  readonly notices: EngineNotices;
  readonly store: MetricsStore;
  readonly ssh: Ssh;
  settings(): Settings;
  measured(): readonly Measured[];
  /** One of them; null for one that cannot be read now. */
  measuredOf(id: string): Measured | null;
  /** Id of a machine -> the name it has now. */
  names(): Readonly<Record<string, string>>;
  /** The name a machine has now; undefined when it is gone. */
  nameOf(id: string): string | undefined;
  /** The machine a person means; throws `not-found`. */
  resolve(reference: string): { readonly id: string; readonly name: string };
  /** A guest has said which boot it is in. */
  bootSeen(id: string, bootId: string): void;
}

/** Reads every machine, keeps what it read, and answers for it. */
export interface MetricsDesk {
  readonly handlers: Pick<Handlers, 'metrics.newest' | 'metrics.recent' | 'metrics.history' | 'metrics.gaps'> &
    HistoryDesk['handlers'];
  /** What the guest itself said last; null when that is older than two rounds, or it did not say. */
  guestValues(machineId: string): Pick<StoredSample, 'memoryPercent' | 'diskPercent'> | null;
  /** From the begin of one round to the next, milliseconds. */
  roundMs(): number;
  /** A machine has changed, or was checked: one that begins to answer is read at once, so that its first round has rates. */
  notice(machineId: string): void;
  /** One round: read, keep, announce. What was read is the answer. */
  collect(): Promise<readonly StoredSample[]>;
  /** Keeps and announces what was read elsewhere, each at its own time. */
  take(samples: readonly StoredSample[]): Promise<void>;
  /** A round under way ends at once, without what it has not read; none follows. */
  stop(): void;
  /** Drops what is older than it need be. */
  retain(): Promise<void>;
}

const noticeId = 'metrics store';
const lateNoticeId = 'metrics lateness';
/** So long after the first readings of a round the last ones of many begin. */
const spreadMs = 2000;
/** Of the interval: what is left is for keeping what was read. */
const roundShare = 0.9;
/** Of the interval: less is no news. */
const lateShare = 0.1;
/** Of readings: older ones say nothing about now. */
const freshRounds = 2;
/** Of the interval: a rate over less would be the moment of a start. */
const leastRateShare = 0.5;

export function createMetricsDesk(ports: MetricsDeskPorts): MetricsDesk {
  const { clock, store } = ports;
  const collector = createCollector();
  const stopping = createStopSource();
  const collection = () => ports.settings().collection;
  const guests = createGuestSources({
    clock,
    ssh: ports.ssh,
    timeoutMs: () => collection().timeout_seconds * 1000,
    bootSeen: ports.bootSeen,
  });
  const beat = createReadingBeat({ clock, collection, nameOf: ports.nameOf });
  const { intervalMs } = beat;
  const firsts = createFirstReadings({
    clock,
    signal: stopping.signal,
    maxWorkers: () => collection().max_workers,
    timeoutMs: () => collection().timeout_seconds * 1000,
  });
  const recent = createRecentReadings({ clock, store, intervalMs, nameOf: ports.nameOf });

  const sampleOf = (stored: StoredSample): Sample => {
    const { machineId, atMs, error, ...rest } = stored;
    return {
      ...rest,
      machineId,
      machine: ports.nameOf(machineId) ?? machineId,
      at: isoTime(atMs),
      success: error === null,
      ...(error === null ? {} : { error }),
      level: 'raw',
    };
  };

  const sourcesOf = (machine: Measured): readonly ReadingSource[] => {
    const found: ReadingSource[] = [];
    const { id, readHost } = machine;
    if (readHost !== undefined) {
      found.push({ machineId: id, source: 'host', read: () => readHost(clock.monotonicNow()) });
    }
    const guest = guests.of(machine);
    if (guest !== null) found.push(guest);
    return found;
  };

  /** In the log for later, and where a person looks now; until a round is on time. */
  const tellLateness = (lateMs: number, roundMs: number): void => {
    if (lateMs <= roundMs * lateShare) {
      ports.notices.clear(lateNoticeId);
      return;
    }
    ports.log.write('warn', 'metrics', 'a round of readings began late', { lateMs: Math.round(lateMs) });
    const seconds = Math.max(1, Math.round(lateMs / 1000));
    ports.notices.raise(
      lateNoticeId,
      'info',
      `Readings began ${seconds} s late at ${isoTime(clock.wallNow())}.`,
      'This computer slept, or had too much to do. Rates are over the time that really passed.',
    );
  };

  /** What is asked of the store for each source. */
  const rangesOf = ({ machine, from, to, points }: ParsedInput<'metrics.history'>): readonly HistoryQuery[] => {
    const { id } = ports.resolve(machine);
    const of = { machineId: id, intervalMs: intervalMs(id) };
    const range = { ...of, fromMs: Date.parse(from), toMs: Date.parse(to), points };
    return sourcesByWorth.map((source) => ({ ...range, source }));
  };

  const take = async (samples: readonly StoredSample[]): Promise<void> => {
    recent.remember(samples);
    ports.events.publish('metrics.collected', { at: isoTime(clock.wallNow()), samples: samples.map(sampleOf) });
    try {
      await store.append(samples);
      ports.notices.clear(noticeId);
    } catch (error) {
      // Samples are not decisions: what cannot be kept is shown while it is fresh, and the loss is said.
      ports.log.write('error', 'metrics', 'samples could not be kept', { error });
      ports.notices.raise(noticeId, 'warning', `Readings are not being kept: ${failureOf(error).message}`);
    }
  };

  return {
    roundMs: beat.roundMs,
    take,
    notice: (machineId) => {
      const machine = ports.measuredOf(machineId);
      // A guest that is silent is not asked.
      const answers = machine?.guest == null ? machine?.agent != null : 'target' in machine.guest;
      const sources = machine === null ? [] : sourcesOf(machine);
      firsts.notice(machineId, answers ? sources : sources.filter(({ source }) => source === 'host'));
    },
    guestValues: (machineId) => {
      const freshMs = freshRounds * intervalMs(machineId);
      const found = sourcesByWorth
        .filter((source) => source !== 'host')
        .map((source) => recent.last(machineId, source))
        .find((sample) => sample !== undefined && clock.wallNow() - sample.atMs <= freshMs);
      return found === undefined || found.error !== null ? null : found;
    },
    collect: async () => {
      const { max_workers, timeout_seconds } = collection();
      const machines = ports.measured();
      guests.keep(new Set(machines.map(({ id }) => id)));
      const round = beat.begin(machines.map(({ id }) => id));
      const roundMs = beat.roundMs();
      tellLateness(round.lateMs, roundMs);
      const all = machines.flatMap((machine) => {
        const rests = !round.isDue(machine.id);
        return sourcesOf(machine).map((source) => ({ ...source, rests }));
      });
      if (all.every(({ rests }) => rests)) return [];
      const samples = await collector.collect(all, {
        clock,
        maxWorkers: max_workers,
        timeoutMs: timeout_seconds * 1000,
        roundMs: roundMs * roundShare,
        spreadMs,
        signal: stopping.signal,
        firstReading: (source) => firsts.take(source, intervalMs(source.machineId) * leastRateShare),
      });
      await take(samples);
      return samples;
    },
    stop: () => stopping.stop(new VigilError('cancelled', 'Vigil is ending.')),
    retain: createRetention(ports),
    handlers: {
      ...createHistoryDesk({ ...ports, intervalMs }).handlers,
      'metrics.newest': async () =>
        (await store.newest()).filter(({ machineId }) => ports.nameOf(machineId) !== undefined).map(sampleOf),
      'metrics.recent': ({ points, machines }) => recent.series(points, machines),
      'metrics.history': async (asked) => {
        const series = await Promise.all(rangesOf(asked).map((range) => store.history(range)));
        return series
          .flatMap(storedSamples)
          .sort((a, b) => a.atMs - b.atMs)
          .map(sampleOf);
      },
      'metrics.gaps': async (asked) => {
        const gaps = await Promise.all(
          rangesOf(asked).map(async (range) =>
            (await store.gaps(range)).map(
              ({ fromMs, toMs, reason }): ReadingGap => ({
                source: range.source,
                from: isoTime(fromMs),
                to: isoTime(toMs),
                reason,
              }),
            ),
          ),
        );
        return gaps.flat();
      },
    },
  };
}
