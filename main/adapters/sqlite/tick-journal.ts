import type { StoredSample } from '../../engine/ports/metrics-store.ts';
import { DamagedBytes } from './byte-reader.ts';
import { Lineup } from './lineup.ts';
import type { PackedMetrics } from './packed-metrics.ts';
import { SampleTable } from './sample-table.ts';
import type { Series } from './series-book.ts';
import { packTick, unpackTick } from './tick-block.ts';

/** What was read and is not folded yet: one row a tick, one flush a tick. */
export interface TickJournal {
  /** On the disk when it returns, all of it or nothing. */
  append(samples: readonly StoredSample[]): void;
  /** Series were removed: their numbers mean nothing any more. */
  forget(): void;
  /** Part of the transaction that folded: ticks of which every sample lies in a block go. */
  removeFolded(): void;
}

interface TickRow {
  readonly seq: number;
  readonly samples: Buffer;
}

/** The series of a tick that are there still, and where their samples lie in it. */
interface Known {
  readonly ids: Float64Array;
  readonly of: readonly Series[];
  readonly places: readonly number[];
}

/** Machines may be read by turns, each kind of round having its own. */
const knownLineups = 4;

/** Takes up what the ticks hold that are there already. */
export function createTickJournal(metrics: PackedMetrics): TickJournal {
  const { db, series: book, open } = metrics;
  const insert = db.prepare<[number, Buffer]>('INSERT INTO ticks (seq, samples) VALUES (?, ?)');
  const remove = db.prepare<[number]>('DELETE FROM ticks WHERE seq < ?');
  let last = 0;
  /** Of the ticks before, the youngest first. */
  let lineups: Lineup[] = [];

  let before: Known | null = null;
  for (const { seq, samples } of db.prepare<[], TickRow>('SELECT seq, samples FROM ticks ORDER BY seq').iterate()) {
    last = seq;
    try {
      before = takeUp(seq, samples, before);
    } catch (error) {
      if (!(error instanceof DamagedBytes)) throw error;
      metrics.complain(`A round of readings is damaged: ${error.message}. It is left out; all others are whole.`);
    }
  }

  if (metrics.presentMs === null) {
    for (const { newest } of book.all()) {
      if (newest !== null && newest.atMs > (metrics.presentMs ?? Number.NEGATIVE_INFINITY))
        metrics.presentMs = newest.atMs;
    }
  }

  /** Ticks that follow one another nearly always are of the same series, and then none is looked up. */
  function takeUp(seq: number, bytes: Buffer, before: Known | null): Known {
    const { series: ids, table } = unpackTick(bytes);
    const known = before !== null && isSame(before.ids, ids) ? before : knownOf(ids);
    if (known.of.length === 0) return known;
    const whole = known.of.length === table.count ? table : table.pick(known.places);
    takeIn(known.of, whole, seq);
    metrics.presentMs = whole.at[whole.count - 1] as number;
    return known;
  }

  function knownOf(ids: Float64Array): Known {
    const places = [...ids.keys()].filter((place) => book.byId(ids[place] as number) !== undefined);
    return { ids, places, of: places.map((place) => book.byId(ids[place] as number) as Series) };
  }

  function takeIn(of: readonly Series[], table: SampleTable, seq = last): void {
    const lineup = lineupOf(of);
    open.add(seq, lineup?.series ?? of, lineup?.arrange(table) ?? table, lineup);
  }

  /** Null where one of them comes twice. */
  function lineupOf(of: readonly Series[]): Lineup | null {
    const known = lineups.find((lineup) => lineup.isOf(of));
    if (known !== undefined) return known;
    if (new Set(of).size < of.length) return null;
    const lineup = new Lineup(of);
    lineups = [lineup, ...lineups].slice(0, knownLineups);
    return lineup;
  }

  /** Readings come in much the same order each time, and a name is then not even looked up. */
  const seriesOf = ({ machineId, source }: StoredSample, index: number, created: Map<string, Series>): Series => {
    const guess = lineups[0]?.given(index);
    if (guess !== undefined && guess.machineId === machineId && guess.source === source) return guess;
    const known = book.byName(machineId, source) ?? created.get(`${machineId} ${source}`);
    if (known !== undefined) return known;
    const series = book.create(machineId, source);
    created.set(`${machineId} ${source}`, series);
    return series;
  };
  const put = (ids: Float64Array, table: SampleTable): void => {
    insert.run(last + 1, packTick({ series: ids, table }));
  };
  const writeKnown = db.transaction((samples: readonly StoredSample[], lineup: Lineup): SampleTable => {
    const table = SampleTable.inOrder(samples, lineup.places);
    put(lineup.ids, table);
    return table;
  });
  const writeOthers = db.transaction((samples: readonly StoredSample[]) => {
    const created = new Map<string, Series>();
    const of = samples.map((sample, index) => seriesOf(sample, index, created));
    const table = SampleTable.inOrder(samples);
    put(
      Float64Array.from(of, ({ id }) => id),
      table,
    );
    return { of, created, table };
  });

  return {
    append: (samples) => {
      const lineup = lineups.find((each) => each.isNamedBy(samples));
      // Only what is written may be told of.
      if (lineup !== undefined) {
        const table = writeKnown.immediate(samples, lineup);
        last += 1;
        open.add(last, lineup.series, table, lineup);
      } else {
        const { of, created, table } = writeOthers.immediate(samples);
        last += 1;
        book.adopt(created.values());
        takeIn(of, table);
      }
      metrics.presentMs = samples.at(-1)?.atMs ?? metrics.presentMs;
    },
    forget: () => {
      lineups = [];
    },
    removeFolded: () => void remove.run(open.firstTick(last + 1)),
  };
}

function isSame(one: Float64Array, other: Float64Array): boolean {
  if (one.length !== other.length) return false;
  for (let place = 0; place < one.length; place += 1) if (one[place] !== other[place]) return false;
  return true;
}
