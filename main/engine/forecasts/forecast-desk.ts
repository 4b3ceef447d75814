import type { Handlers } from '../../contract/calls.ts';
import type { EventSink } from '../../contract/events.ts';
import {
  type Forecast,
  type ForecastMetric,
  forecastMetrics,
  mostForecastDays,
  riskThreshold,
} from '../../contract/forecast.ts';
import type { SampleSource } from '../../contract/sample.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { sourcesByWorth } from '../metrics/roll-up-answers.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricsStore, StoredRollUps } from '../ports/metrics-store.ts';
import { assessSeries, type SeriesAssessment } from './assess-series.ts';
import { percentRange } from './back-test.ts';
import { describeForecast, detailForecast, type ForetoldSeries } from './describe-forecast.ts';
import { type BookPredictions, ForecastBook } from './forecast-book.ts';
import { hourMs, leastHours, windowHours } from './hourly-values.ts';

export interface ForecastDeskPorts {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly store: Pick<MetricsStore, 'rollUps'>;
  /** Every machine there is. */
  machines(): readonly { readonly id: string; readonly name: string }[];
  /** The machine a person means; throws `not-found`. */
  resolve(reference: string): { readonly id: string; readonly name: string };
}

/** Null instead of one: nothing is foretold of the machine. */
export interface NearestThreshold {
  /** Whole and parts of days; `mostForecastDays` where nothing passes within them. */
  readonly days: number;
  /** Null where nothing passes. */
  readonly metric: ForecastMetric | null;
}

/** Says what runs out next. */
export interface ForecastDesk {
  readonly handlers: Pick<Handlers, 'forecast.list' | 'forecast.get'>;
  /** Takes in the hours that are over, and looks anew at every series that was last looked at a day ago. */
  renew(): Promise<void>;
  /** Of CPU, memory and disk the one that is foretold to pass its threshold first; at once, from what is known. */
  nearestThreshold(machineId: string): NearestThreshold | null;
  /** Ends a renewal at its next pause; no other begins. */
  stop(): void;
}

/** One series in the book. */
interface Series {
  /** Null while nothing was ever read of it: what is not known takes no room. */
  place: number | null;
  source: SampleSource;
  assessment: SeriesAssessment;
}

interface Watched {
  readonly id: string;
  readonly series: Readonly<Record<ForecastMetric, Series>>;
  /** The hour as of which all of it was read and weighed. */
  consideredHour: number;
}

const nothingKnown: SeriesAssessment = { status: 'insufficient data', model: null, record: [], spread: null };

/** How often a series is weighed against its past again. */
const considerHours = 24;
/** Readings may come late: so many of the last hours are read again with every renewal. */
const lateHours = 3;
/** Machines in one question to the store. */
const together = 100;
/** While machines are worked out for the first time, whoever looks on hears of them so often. */
const tellMs = 2000;
/** How long the thread may be busy before others have their turn. */
const busyMs = 8;
const pauseMs = 4;

/**
 * Forecasts of every machine: hours come from the store's roll-ups, the costly choice of a model is made once a day for each
 * series and in slices, and what is asked in between is read from running sums.
 */
export function createForecastDesk(ports: ForecastDeskPorts): ForecastDesk {
  const { clock, store } = ports;
  const book = new ForecastBook(Math.floor(clock.wallNow() / hourMs));
  const watched = new Map<string, Watched>();
  const free: number[] = [];
  let isStopped = false;
  let round: Promise<void> | null = null;
  let predictions: { readonly endHour: number; readonly all: BookPredictions } | null = null;
  let takenHour = 0;
  let busySince = 0;
  /** Why the last renewal ended early, until somebody who does not wait for one was told. */
  let failure: unknown = null;

  const hourToCome = (): number => Math.floor(clock.wallNow() / hourMs);
  /** Lets others have their turn when it is time to. */
  const breathe = async (): Promise<void> => {
    if (clock.monotonicNow() - busySince < busyMs) return;
    await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
    busySince = clock.monotonicNow();
  };
  const newSeries = (): Series => ({
    place: null,
    source: 'host',
    assessment: nothingKnown,
  });
  const watch = (id: string): Watched => {
    const found = watched.get(id);
    if (found !== undefined) return found;
    const series = { cpuPercent: newSeries(), memoryPercent: newSeries(), diskPercent: newSeries() };
    const made: Watched = { id, series, consideredHour: 0 };
    watched.set(id, made);
    return made;
  };
  const letGo = (series: Series): void => {
    if (series.place === null) return;
    book.clear(series.place);
    free.push(series.place);
    series.place = null;
  };
  const forgetGone = (present: ReadonlySet<string>): void => {
    for (const { id, series } of watched.values()) {
      if (present.has(id)) continue;
      for (const each of Object.values(series)) letGo(each);
      watched.delete(id);
    }
  };

  const ask = (ids: readonly string[], source: SampleSource, fromHour: number, endHour: number) =>
    store.rollUps({
      machineIds: ids,
      source,
      level: 'hourly',
      fromMs: fromHour * hourMs,
      toMs: endHour * hourMs,
      metrics: forecastMetrics,
    });
  const take = (found: StoredRollUps, metric: ForecastMetric, place: number, endHour: number): void => {
    const columns = found.metrics[metric];
    if (columns === undefined) return;
    for (const [index, startMs] of found.startMs.entries()) {
      const hour = Math.floor(startMs / hourMs);
      const count = columns.count[index] ?? 0;
      if (count > 0 && hour < endHour) book.take(place, hour, (columns.sum[index] ?? Number.NaN) / count);
    }
  };

  /** The hours since the last renewal, of all that are known already. What is read for the first time is weighed next. */
  const takeNewHours = async (endHour: number): Promise<void> => {
    const known = [...watched.values()].filter(({ consideredHour }) => consideredHour > 0);
    for (let begin = 0; begin < known.length && !isStopped; begin += together) {
      const group = known.slice(begin, begin + together);
      for (const source of sourcesByWorth) {
        const ids = group.filter(({ series }) => isOf(series, source)).map(({ id }) => id);
        if (ids.length === 0) continue;
        for (const found of await ask(ids, source, takenHour - lateHours, endHour)) {
          const machine = watched.get(found.machineId);
          if (machine !== undefined) takeLate(machine, found, endHour);
        }
        await breathe();
      }
    }
  };
  const takeLate = (machine: Watched, found: StoredRollUps, endHour: number): void => {
    for (const metric of forecastMetrics) {
      const series = machine.series[metric];
      if (series.place === null) {
        if (countHours(found, metric) > 0) machine.consideredHour = 0;
      } else if (series.source === found.source) take(found, metric, series.place, endHour);
    }
  };

  /** Reads the whole window of one machine and weighs each of its series against its past. */
  const consider = async (machine: Watched, endHour: number): Promise<void> => {
    const found: StoredRollUps[] = [];
    for (const source of sourcesByWorth)
      found.push(...(await ask([machine.id], source, endHour - windowHours, endHour)));
    if (watched.get(machine.id) !== machine) return;
    for (const metric of forecastMetrics) {
      if (isStopped) return;
      const series = machine.series[metric];
      const best = bestOf(found, metric);
      if (best === undefined) {
        letGo(series);
        series.assessment = nothingKnown;
        continue;
      }
      const place = series.place ?? free.pop() ?? book.add();
      book.clear(place);
      take(best, metric, place, endHour);
      series.source = best.source;
      series.place = place;
      weigh(series, place, endHour);
      await breathe();
      if (watched.get(machine.id) !== machine) return;
    }
    machine.consideredHour = endHour;
  };
  const weigh = (series: Series, place: number, endHour: number): void => {
    const assessment = assessSeries(book.hours(place, endHour), percentRange);
    const { model, status } = assessment;
    series.assessment = assessment;
    const isRunning = model?.name === 'straight line' && assessment.record.length === 0;
    book.setModel(place, status !== 'ok' || model === null ? null : isRunning ? 'straight line' : { model, endHour });
  };

  /** A day after it was weighed, or once it may have something to say for the first time. */
  const isDue = ({ consideredHour, series }: Watched, endHour: number): boolean =>
    endHour - consideredHour >= considerHours ||
    (endHour > consideredHour &&
      Object.values(series).some(
        ({ assessment, place }) =>
          assessment.status === 'insufficient data' &&
          place !== null &&
          book.recorded(place) >= leastHours &&
          !book.isSilent(place, endHour),
      ));

  const renew = async (): Promise<void> => {
    const endHour = hourToCome();
    const present = new Set(ports.machines().map(({ id }) => id));
    forgetGone(present);
    const isNew = [...present].map(watch).some(({ consideredHour }) => consideredHour === 0);
    if (endHour === takenHour && !isNew) return;
    busySince = clock.monotonicNow();
    if (endHour !== takenHour) await takeNewHours(endHour);
    if (isStopped) return;
    takenHour = endHour;
    let toldAt = clock.monotonicNow();
    for (const machine of [...watched.values()]) {
      if (isStopped) return;
      if (!isDue(machine, endHour)) continue;
      const isFirst = machine.consideredHour === 0;
      await consider(machine, endHour);
      if (!isFirst || clock.monotonicNow() - toldAt < tellMs) continue;
      tell();
      toldAt = clock.monotonicNow();
    }
    tell();
  };
  const tell = (): void => {
    predictions = null;
    ports.events.publish('forecasts.renewed', { at: isoTime(clock.wallNow()) });
  };
  /** One renewal at a time; whoever asks meanwhile waits for the same one. */
  const renewOnce = (): Promise<void> => {
    if (isStopped) return Promise.resolve();
    round ??= renew().finally(() => {
      predictions = null;
      round = null;
    });
    return round;
  };
  /** For those who do not wait for it: what it fails of is told to the next who asks. */
  const renewMeanwhile = (): void => {
    if (round !== null) return;
    renewOnce().catch((error: unknown) => {
      failure = error;
      tell();
    });
  };
  /** One machine alone, as it is now, however many wait for their turn. */
  const renewAlone = async (id: string): Promise<void> => {
    const machine = watch(id);
    const endHour = hourToCome();
    const isKnown = machine.consideredHour > 0 && (takenHour === endHour || machine.consideredHour === endHour);
    if (isStopped || isKnown) return;
    busySince = clock.monotonicNow();
    await consider(machine, endHour);
    predictions = null;
  };

  const predicted = (): BookPredictions => {
    const endHour = hourToCome();
    if (predictions?.endHour !== endHour || predictions.all.crossing.length < book.size)
      predictions = { endHour, all: book.predict(endHour, riskThreshold, mostForecastDays * 24) };
    return predictions.all;
  };
  const foretold = (
    machine: { readonly id: string; readonly name: string },
    metric: ForecastMetric,
  ): ForetoldSeries => {
    const { assessment, place } = watch(machine.id).series[metric];
    const endHour = hourToCome();
    const all = predicted();
    const model = place === null ? null : book.model(place, endHour);
    const { record, spread } = assessment;
    // What fell silent since it was weighed is not to be believed any more.
    const isHushed = assessment.status === 'ok' && model === null;
    return {
      subject: { machine: machine.name, machineId: machine.id, metric },
      assessment: { record, spread, status: isHushed ? 'insufficient data' : assessment.status },
      model,
      hours: place === null ? new Float64Array(0) : book.hours(place, endHour),
      recordedHours: place === null ? 0 : book.recorded(place),
      endHour,
      predicted7d: all.predicted7d[place ?? -1] ?? Number.NaN,
      predicted30d: all.predicted30d[place ?? -1] ?? Number.NaN,
      crossing: all.crossing[place ?? -1] ?? Number.NaN,
    };
  };

  return {
    handlers: {
      'forecast.list': async ({ atRiskOnly, days, machine, soFar }) => {
        const asked = machine === undefined ? ports.machines() : [ports.resolve(machine)];
        for (const { id } of machine === undefined ? [] : asked) await renewAlone(id);
        if (machine === undefined && soFar) {
          const told = failure;
          failure = null;
          if (told !== null) throw told;
          renewMeanwhile();
        } else if (machine === undefined) await renewOnce();
        return asked
          .filter(({ id }) => !soFar || (watched.get(id)?.consideredHour ?? 0) > 0)
          .flatMap((each) => forecastMetrics.map((metric) => describeForecast(foretold(each, metric), days)))
          .filter(({ atRisk }) => !atRiskOnly || atRisk === true)
          .sort(mostPressing);
      },
      'forecast.get': async ({ days, machine, metric }) => {
        const asked = ports.resolve(machine);
        await renewAlone(asked.id);
        return detailForecast(foretold(asked, metric), days);
      },
    },
    renew: renewOnce,
    nearestThreshold: (machineId) => {
      const machine = watched.get(machineId);
      if (machine === undefined) return null;
      const { crossing, predicted7d } = predicted();
      let nearest: NearestThreshold | null = null;
      for (const metric of forecastMetrics) {
        const place = machine.series[metric].place ?? -1;
        if (Number.isNaN(predicted7d[place] ?? Number.NaN)) continue;
        nearest ??= { days: mostForecastDays, metric: null };
        // Not a number where it never passes: that is never less.
        const days = (crossing[place] ?? Number.NaN) / 24;
        if (days < nearest.days) nearest = { days, metric };
      }
      return nearest;
    },
    stop: () => {
      isStopped = true;
    },
  };
}

/** Whether a source could have something for it: its own, or any as long as nothing is known. */
function isOf(series: Watched['series'], source: SampleSource): boolean {
  return Object.values(series).some((each) => each.place === null || each.source === source);
}

function countHours({ metrics }: StoredRollUps, metric: ForecastMetric): number {
  return metrics[metric]?.count.filter((count) => count > 0).length ?? 0;
}

/** Of the sources that know enough to foretell from, the one nearest to the guest; else the one that knows most. */
function bestOf(found: readonly StoredRollUps[], metric: ForecastMetric): StoredRollUps | undefined {
  const known = found.filter((each) => countHours(each, metric) > 0);
  return (
    known.find((each) => countHours(each, metric) >= leastHours) ??
    known.sort((a, b) => countHours(b, metric) - countHours(a, metric))[0]
  );
}

const byName = new Intl.Collator('en', { numeric: true });

/** At risk first, the sooner the earlier; then what is foretold, then what is not. */
function mostPressing(a: Forecast, b: Forecast): number {
  const days = (each: Forecast): number => (each.atRisk === true ? (each.daysUntilThreshold ?? 0) : 1e6);
  const order = { ok: 0, 'not reliable': 1, 'insufficient data': 2 } as const;
  return days(a) - days(b) || order[a.status] - order[b.status] || byName.compare(a.machine, b.machine);
}
