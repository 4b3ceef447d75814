import { ChartLine, Plus, X } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import type { SampleMetric } from '../../../main/contract/sample.ts';
import { valueWords } from '../../charts/chart-kinds.ts';
import { chartRanges } from '../../charts/chart-ranges.ts';
import type { Stretch } from '../../charts/chart-series.ts';
import { type ComparedLine, comparedWords } from '../../charts/compared-lines.ts';
import { loadPlot } from '../../charts/load-plot.ts';
import { useBox } from '../../charts/use-box.ts';
import { useComparison } from '../../client/use-comparison.ts';
import { useMachines, useSettings } from '../../client/use-engine.ts';
import { Button } from '../../components/button.tsx';
import { ChoiceMenu } from '../../components/choice-menu.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { layerRoot } from '../../components/layer-root.ts';
import { Nothing } from '../../components/nothing.tsx';
import { Segments } from '../../components/segments.tsx';
import { compareHref, fleetHref, go, machineHref, mostCompared } from '../../route.ts';
import { useShortcut } from '../../shell/shortcuts.ts';

const ComparePlot = lazy(() => loadPlot().then(({ ComparePlot: component }) => ({ default: component })));

const metrics: readonly { readonly value: SampleMetric; readonly label: string; readonly unit: 'percent' | 'rate' }[] =
  [
    { value: 'cpuPercent', label: 'CPU', unit: 'percent' },
    { value: 'memoryPercent', label: 'Memory', unit: 'percent' },
    { value: 'diskPercent', label: 'Disk', unit: 'percent' },
    { value: 'diskReadBytesPerSecond', label: 'Disk read', unit: 'rate' },
    { value: 'diskWriteBytesPerSecond', label: 'Disk written', unit: 'rate' },
    { value: 'networkInBytesPerSecond', label: 'Network in', unit: 'rate' },
    { value: 'networkOutBytesPerSecond', label: 'Network out', unit: 'rate' },
  ];
const defaultRetention = { raw_days: 7, hourly_days: 30, daily_days: 90 };

/** Several machines on one chart: one value over the same time. */
export function ComparePage({ ids }: { readonly ids: readonly string[] }) {
  const { value: known } = useMachines();
  const ranges = chartRanges(useSettings()?.retention ?? defaultRetention);
  const [rangeKey, setRangeKey] = useState('24h');
  const [metric, setMetric] = useState<SampleMetric>('cpuPercent');
  const range = ranges.find(({ key }) => key === rangeKey) ?? ranges[0];
  const lastMs = range?.ms ?? 3_600_000;
  const level = range?.level ?? 'raw';
  const named = ids.flatMap((id) => {
    const machine = known?.get(id);
    return machine === undefined ? [] : [machine];
  });
  const key = named.map(({ id, name }) => `${id} ${name}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is what matters of the machines
  const asked = useMemo(
    () => ({ machines: named.map(({ id, name }) => ({ id, name })), metric, lastMs, level }),
    [key, metric, lastMs, level],
  );
  const { comparison, error } = useComparison(asked);
  const unit = metrics.find(({ value }) => value === metric)?.unit ?? 'percent';
  const place = ranges.findIndex((each) => each.key === range?.key);
  const step = (by: number) => setRangeKey(ranges[place + by]?.key ?? rangeKey);
  useShortcut('[', () => step(-1));
  useShortcut(']', () => step(1));
  useShortcut('Escape', () => go(fleetHref));
  // The places in the list are those of the colours, also while a reading is under way.
  const lines = named.map(
    ({ id, name }): ComparedLine =>
      comparison?.lines.find(({ machineId }) => machineId === id) ?? {
        machineId: id,
        name,
        metric,
        points: [],
        stepMs: null,
      },
  );
  const without = (id: string) => go(compareHref(ids.filter((each) => each !== id)));
  const label = metrics.find(({ value }) => value === metric)?.label ?? '';
  return (
    <div className="compare">
      <div className="board-tools">
        <Segments
          name="Range"
          options={ranges.map((each) => ({ value: each.key, label: each.label }))}
          value={range?.key ?? '24h'}
          onChange={setRangeKey}
        />
        <ChoiceMenu<SampleMetric> name="Value" choices={metrics} value={metric} onChoose={setMetric} />
        <span className="board-fault cut" role="status">
          {error === null ? null : <ForeignText>{error.message}</ForeignText>}
        </span>
        <AddMachine ids={ids} machines={known === null ? [] : [...known.values()]} />
      </div>
      {named.length === 0 ? (
        <EmptyState
          icon={<ChartLine className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
          title="No machine to compare"
          verb={<a href={fleetHref}>To the fleet</a>}
        >
          Add one above, or select some in the fleet.
        </EmptyState>
      ) : (
        <>
          <CompareChart
            title={`${label} of ${named.length} machines in ${range?.words ?? ''}`}
            lines={lines}
            unit={unit}
            range={comparison}
          />
          <table className="compare-legend">
            <thead>
              <tr>
                <th scope="col">Machine</th>
                <th scope="col" className="number">
                  Latest
                </th>
                <th scope="col" className="number">
                  Average
                </th>
                <th scope="col" className="number">
                  Highest
                </th>
                <th scope="col">
                  <span className="visually-hidden">Verbs</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {named.map((machine, index) => {
                const line = lines[index];
                const words = line === undefined ? null : comparedWords(line);
                const shown = (value: number | undefined) =>
                  value === undefined ? <Nothing title="Nothing was read in this time" /> : valueWords(value, unit);
                return (
                  <tr key={machine.id}>
                    <th scope="row">
                      <svg className="compare-key" viewBox="0 0 26 8" aria-hidden="true">
                        <path d="M0 4H26" className={`compared-key compared-${index + 1}`} />
                      </svg>
                      <a href={machineHref(machine.id)}>
                        <ForeignText>{machine.name}</ForeignText>
                      </a>
                    </th>
                    <td className="number">{shown(words?.latest)}</td>
                    <td className="number">{shown(words?.average)}</td>
                    <td className="number">{shown(words?.highest)}</td>
                    <td>
                      <Button
                        look="plain"
                        size="small"
                        icon={X}
                        aria-label={`Leave out ${machine.name}`}
                        onClick={() => without(machine.id)}
                      />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

interface CompareChartProps {
  readonly title: string;
  readonly lines: readonly ComparedLine[];
  readonly unit: 'percent' | 'rate';
  /** Null until something was read. */
  readonly range: Stretch | null;
}

function CompareChart({ title, lines, unit, range }: CompareChartProps) {
  const { ref, box } = useBox<HTMLDivElement>();
  return (
    <figure className="compare-chart" aria-label={title}>
      <div className="chart-place" ref={ref} aria-busy={range === null || undefined}>
        {range === null || box === null ? null : (
          <Suspense fallback={<span aria-busy="true" />}>
            <div aria-hidden="true" className="chart-plot">
              <ComparePlot lines={lines} unit={unit} range={range} width={box.width} height={box.height} />
            </div>
          </Suspense>
        )}
      </div>
    </figure>
  );
}

interface AddMachineProps {
  readonly ids: readonly string[];
  readonly machines: readonly Machine[];
}

/** As many as a menu can show; who has more selects them in the fleet. */
const mostOffered = 30;

function AddMachine({ ids, machines }: AddMachineProps) {
  const others = machines
    .filter(({ id }) => !ids.includes(id))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, mostOffered);
  const isFull = ids.length >= mostCompared;
  if (isFull || others.length === 0) {
    return (
      <Button size="small" icon={Plus} off={isFull ? `At most ${mostCompared} machines` : 'There is no other machine'}>
        Add
      </Button>
    );
  }
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button size="small" icon={Plus}>
          Add
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={layerRoot()}>
        <DropdownMenu.Content className="layer menu compare-menu" align="end" sideOffset={4} collisionPadding={8}>
          {others.map(({ id, name }) => (
            <DropdownMenu.Item className="menu-item" key={id} onSelect={() => go(compareHref([...ids, id]))}>
              <ForeignText>{name}</ForeignText>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
