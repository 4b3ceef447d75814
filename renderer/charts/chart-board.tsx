import { ChartLine, MoonStar, ZoomOut } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Machine } from '../../main/contract/machine.ts';
import { stateWords } from '../../main/contract/state-words.ts';
import { createStore } from '../client/store.ts';
import type { useJournal } from '../client/use-engine.ts';
import { useCollectionInterval, useReadings, useSamplesOf, useSettings } from '../client/use-engine.ts';
import { type HistorySpan, useHistory } from '../client/use-history.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ForeignText } from '../components/foreign-text.tsx';
import { Mark } from '../components/mark.tsx';
import { nextRoundWords } from '../components/next-round.tsx';
import { SkeletonRows } from '../components/patience.tsx';
import { Segments } from '../components/segments.tsx';
import { useCurrentReading } from '../components/use-current-reading.ts';
import { useTimely } from '../format/now.ts';
import { duration, exactTime } from '../format/times.ts';
import { compareHref, machineHref } from '../route.ts';
import { useShortcut } from '../shell/shortcuts.ts';
import { type ChartFacts, chartFacts } from './chart-facts.ts';
import { ChartFigure } from './chart-figure.tsx';
import { chartRanges, levelFor, type Retention } from './chart-ranges.ts';
import type { Stretch } from './chart-series.ts';
import { type ChartView, chartViews } from './chart-views.ts';
import { CsvButton } from './csv-button.tsx';
import type { ChartZoom } from './pointer-layer.tsx';
import { useOnePerFrame } from './use-one-per-frame.ts';

interface ChartBoardProps {
  readonly machine: Machine;
  readonly journal: ReturnType<typeof useJournal>;
}

const defaultRetention: Retention = { raw_days: 7, hourly_days: 30, daily_days: 90 };
/** Events beyond these are not marked: the timeline has them. */
const mostEntries = 300;

/** What a machine did over time: one view at a time, all charts on one time axis. */
export function ChartBoard({ machine, journal }: ChartBoardProps) {
  const retention = useSettings()?.retention ?? defaultRetention;
  const ranges = chartRanges(retention);
  const [rangeKey, setRangeKey] = useState<string>('1h');
  const [part, setPart] = useState<Stretch | null>(null);
  const range = ranges.find(({ key }) => key === rangeKey) ?? ranges[0];
  const rangeMs = range?.ms ?? 3_600_000;
  const rangeLevel = range?.level ?? 'raw';
  const rangeWords = part === null ? (range?.words ?? '') : `the part from ${exactTime(part.from)}`;
  const span = useMemo(
    (): HistorySpan =>
      part === null
        ? { lastMs: rangeMs, level: rangeLevel }
        : { ...part, level: levelFor(Date.now() - part.from, retention) ?? 'daily' },
    [part, rangeMs, rangeLevel, retention],
  );
  const { history, error, retry } = useHistory(machine.id, span);
  const zoom = useMemo((): ChartZoom => ({ isIn: part !== null, to: setPart, out: () => setPart(null) }), [part]);
  const choose = (key: string | undefined) => {
    if (key === undefined) return;
    setPart(null);
    setRangeKey(key);
  };
  const place = ranges.findIndex(({ key }) => key === range?.key);
  useShortcut('[', () => choose(ranges[place - 1]?.key));
  useShortcut(']', () => choose(ranges[place + 1]?.key));
  const [wanted, setWanted] = useState<string | null>(null);
  const intervalMs = useCollectionInterval();
  const samples = useSamplesOf(machine.id);
  const pointer = useMemo(() => createStore<number | null>(null), []);
  useEventsBackTo(journal, history?.from ?? null);

  const views = chartViews(machine.provider, history?.samples ?? samples);
  const view = views.find(({ source }) => source === wanted) ?? views[0];
  const source = view?.source;
  const ofView = useMemo(() => samples.filter((sample) => sample.source === source), [samples, source]);
  const reading = useCurrentReading(machine, ofView, intervalMs);
  const ofHost = useMemo(() => samples.filter((sample) => sample.source === 'host'), [samples]);
  const hostReading = useCurrentReading(machine, ofHost, intervalMs);
  const { entries } = journal;
  const facts = useMemo(
    () =>
      history === null || view === undefined
        ? null
        : chartFacts({
            createdAt: Date.parse(machine.createdAt),
            view,
            range: history,
            samples: history.samples,
            gaps: history.gaps,
            entries,
            intervalMs: history.stepMs ?? intervalMs,
            rangeWords,
          }),
    [history, view, entries, machine.createdAt, intervalMs, rangeWords],
  );
  const drawn = useOnePerFrame(facts);
  if (view === undefined) return null;

  const isEmpty = facts?.every((chart) => chart.isEmpty) === true;
  return (
    <div className="board">
      <div className="board-tools">
        <Segments
          name="Range"
          options={ranges.map(({ key, label }) => ({ value: key, label }))}
          value={range?.key ?? '1h'}
          onChange={choose}
        />
        {part === null ? null : (
          <Button size="small" icon={ZoomOut} onClick={zoom.out}>
            Whole range
          </Button>
        )}
        {views.length > 1 ? (
          <Segments
            name="Seen from"
            options={views.map((each) => ({ value: each.source, label: each.label }))}
            value={view.source}
            onChange={setWanted}
          />
        ) : null}
        <span className="board-fault cut" role="status">
          {reading.kind === 'failed' ? (
            <>
              <Mark kind="warn" /> <ForeignText>{reading.reason}</ForeignText>
            </>
          ) : null}
        </span>
        <Legend />
        <CsvButton machine={machine} source={view.source} range={history} />
        <a className="button button-plain button-small" href={compareHref([machine.id])}>
          Compare
        </a>
      </div>
      {error !== null && history === null ? (
        <EmptyState
          icon={<ChartLine className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
          title="The readings cannot be shown"
          verb={<Button onClick={retry}>Try now</Button>}
        >
          <ForeignText>{error.message}</ForeignText>
        </EmptyState>
      ) : facts === null ? (
        <SkeletonRows count={10} what="the readings" />
      ) : isEmpty ? (
        <NothingRead machine={machine} reading={reading.kind} rangeWords={rangeWords} />
      ) : (
        <Charts facts={facts} view={view} machine={machine}>
          {(kind, index) => (
            <ChartFigure
              key={kind.key}
              kind={kind}
              facts={drawn[index] ?? null}
              reading={kind.source === 'host' ? hostReading : reading}
              words={kind.source === 'host' ? costWords(machine) : view.words}
              blind={view.source === 'azure' && kind.key === 'disk' ? unseenByAzure : null}
              pointer={pointer}
              zoom={zoom}
            />
          )}
        </Charts>
      )}
    </div>
  );
}

const unseenByAzure = 'Azure does not see how full a disk is. Watched over SSH, the machine says so itself.';

/** A share of its own CPUs: what is drawn is comparable with what its guest says. */
function costWords({ cpus }: Machine): string {
  return cpus === null ? 'its process' : `its process, of ${cpus === 1 ? '1 CPU' : `${cpus} CPUs`}`;
}

interface ChartsProps {
  readonly facts: readonly ChartFacts[];
  readonly view: ChartView;
  readonly machine: Machine;
  children(kind: ChartFacts['kind'], index: number): ReactNode;
}

/** Of a process on this computer less is known than of a guest: what it can never tell has no chart. */
function Charts({ facts, view, machine, children }: ChartsProps) {
  const isHost = view.source === 'host';
  const classes = facts.some(({ kind }) => kind.key === 'host') ? 'charts charts-cost scroll' : 'charts scroll';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className={classes} tabIndex={0} aria-label="Charts">
      {facts.map(({ kind, isEmpty }, index) =>
        isHost && isEmpty && kind.key !== 'cpu' ? null : children(kind, index),
      )}
      {isHost ? (
        <p className="charts-note faint">
          From outside only the processor and the disks of its process can be read. Memory, file systems and network are
          known to the guest; it tells them once <a href={machineHref(machine.id, 'health')}>its SSH is watched</a> and
          answers.
        </p>
      ) : null}
    </section>
  );
}

function Legend() {
  return (
    <span className="board-legend" aria-hidden="true">
      <i className="board-hatch" /> no reading
      <i className="board-bound board-bound-high" /> 70
      <i className="board-bound board-bound-full" /> 85
    </span>
  );
}

interface NothingReadProps {
  readonly machine: Machine;
  readonly reading: string;
  readonly rangeWords: string;
}

function NothingRead({ machine, reading, rangeWords }: NothingReadProps) {
  const intervalMs = useCollectionInterval();
  const { takenAt } = useReadings();
  const next = useTimely((now) => nextRoundWords(takenAt ?? now, intervalMs, now));
  const icon = <MoonStar className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />;
  if (reading === 'nothing' && machine.provider === 'ssh') {
    return (
      <EmptyState
        icon={icon}
        title="Not watched: nothing is read"
        verb={<a href={machineHref(machine.id, 'health')}>Watch it</a>}
      >
        A host is measured over the SSH that checks it.
      </EmptyState>
    );
  }
  if (reading === 'nothing') {
    return (
      <EmptyState icon={icon} title={`${stateWords[machine.state]}: nothing to read`}>
        Nothing was read in {rangeWords}. While it runs, a reading comes every {duration(intervalMs)}.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<ChartLine className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
      title={reading === 'failed' ? 'No reading succeeded' : 'No readings yet'}
    >
      {reading === 'failed' ? 'The next try comes ' : 'The first rates need two readings; the next comes '}
      {next}.
    </EmptyState>
  );
}

/** The journal is read back to the begin of the range, so that its events can be marked. */
function useEventsBackTo({ entries, hasOlder, isReading, loadOlder }: ChartBoardProps['journal'], from: number | null) {
  const oldest = entries.at(-1);
  const isMissing = from !== null && oldest !== undefined && Date.parse(oldest.at) > from;
  const wants = isMissing && hasOlder && !isReading && entries.length < mostEntries;
  useEffect(() => {
    if (wants) void loadOlder();
  }, [wants, loadOlder]);
}
