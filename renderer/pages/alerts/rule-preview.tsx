import { lazy, Suspense, useMemo, useState } from 'react';
import type { AlertRehearsal } from '../../../main/contract/alert.ts';
import { type AlertRule, thresholdOf } from '../../../main/contract/alert-rule.ts';
import { alertValueText, alertVariable } from '../../../main/contract/alert-variables.ts';
import type { SampleMetric } from '../../../main/contract/sample.ts';
import { chartViews } from '../../charts/chart-views.ts';
import { rehearsalFacts } from '../../charts/rehearsal-rows.ts';
import { useBox } from '../../charts/use-box.ts';
import { useMachines } from '../../client/use-engine.ts';
import { type HistorySpan, useHistory } from '../../client/use-history.ts';
import { EngineSentence } from '../../components/engine-sentence.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { Moment } from '../../components/relative-time.tsx';
import { Segments } from '../../components/segments.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { counted } from '../../format/sizes.ts';
import { duration } from '../../format/times.ts';
import { visibleText } from '../../format/visible-text.ts';
import { type RuleRehearsal, useRuleRehearsal } from './use-rule-rehearsal.ts';

const Plot = lazy(() =>
  import('../../charts/rehearsal-plot.tsx').then(({ RehearsalPlot }) => ({ default: RehearsalPlot })),
);

const dayMs = 86_400_000;
const lengths = ['1', '7', '30'] as const;
/** A list that a person reads; the chart shows all of them. */
const listed = 24;

interface RulePreviewProps {
  /** As it stands in the form; null while that is no rule. */
  readonly rule: AlertRule | null;
  /** As it is in force; null for a new one. */
  readonly saved: AlertRule | null;
}

/** What the rule would have done over the recorded past: how often, where and when, on the readings themselves. */
export function RulePreview({ rule, saved }: RulePreviewProps) {
  const [days, setDays] = useState<(typeof lengths)[number]>('30');
  const rehearsal = useRuleRehearsal(rule, Number(days));
  const isChanged = rule !== null && saved !== null && !sameBehaviour(rule, saved);
  const before = useRuleRehearsal(isChanged ? saved : null, Number(days));
  return (
    <section className="rule-preview" aria-label="Rehearsal" aria-busy={rehearsal.isWorking}>
      <header className="rule-preview-head">
        <Count rehearsal={rehearsal} days={days} rule={rule} />
        {isChanged && before.found !== null ? (
          <p className="small quiet">As saved now: {times(before.found.alerts.length)}.</p>
        ) : null}
        <span className="grow" />
        <Segments
          name="How far back"
          options={lengths.map((value) => ({ value, label: `${value} d` }))}
          value={days}
          onChange={(next) => setDays(lengths.find((each) => each === next) ?? '30')}
        />
      </header>
      {rule === null || rehearsal.found === null ? null : <Found rule={rule} found={rehearsal.found} />}
    </section>
  );
}

function sameBehaviour(one: AlertRule, other: AlertRule): boolean {
  const told = { name: '', notification_channels: [], enabled: true, severity: 'info' };
  return JSON.stringify({ ...one, ...told }) === JSON.stringify({ ...other, ...told });
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function Count({
  rehearsal: { found, error, isWorking },
  days,
  rule,
}: {
  readonly rehearsal: RuleRehearsal;
  readonly days: string;
  readonly rule: AlertRule | null;
}) {
  if (rule === null)
    return <p className="small quiet">Mend what is marked above to see what the rule would have done.</p>;
  if (error !== null)
    return (
      <p className="small crit" role="alert">
        {visibleText(error.message)}
      </p>
    );
  if (found === null) return <p className="small quiet">{isWorking ? 'Looking through what is recorded…' : ''}</p>;
  const { alerts, machines, remark } = found;
  return (
    <>
      <span className="rule-preview-count">{alerts.length}</span>
      <div>
        <p role="status">
          {alerts.length === 1 ? 'time' : 'times'} in {days === '1' ? 'a day' : `${days} days`} it would have fired
        </p>
        <p className="small quiet">
          On {counted(machines, 'machine')} of which something is recorded
          {remark === null ? '' : <EngineSentenceAfter text={remark} />}
        </p>
      </div>
    </>
  );
}

/** Its moments are told as moments of this place. */
function EngineSentenceAfter({ text }: { readonly text: string }) {
  return (
    <>
      . <EngineSentence>{text}</EngineSentence>
    </>
  );
}

function Found({ rule, found }: { readonly rule: AlertRule; readonly found: AlertRehearsal }) {
  const { value: machines } = useMachines();
  const [chosen, setChosen] = useState<string | null>(null);
  const counts = useMemo(() => {
    const perName = new Map<string, number>();
    for (const { machine } of found.alerts) perName.set(machine, (perName.get(machine) ?? 0) + 1);
    return perName;
  }, [found]);
  const all = [...(machines?.values() ?? [])]
    .filter((machine) => isMeant(rule, machine))
    .sort((a, b) => (counts.get(b.name) ?? 0) - (counts.get(a.name) ?? 0) || a.name.localeCompare(b.name));
  const machine = all.find(({ id }) => id === chosen) ?? all[0];
  if (machine === undefined) return <p className="small quiet">No machine is meant by it now.</p>;
  const own = found.alerts.filter((alert) => alert.machine === machine.name);
  const metric = metricOf(rule);
  const isYesOrNo = alertVariable(rule.metric).unit === 'yes or no';
  const shown = own.slice(-listed);
  return (
    <>
      <div className="rule-preview-machine">
        <SelectField
          label="Machine"
          hint=""
          value={machine.id}
          onChange={setChosen}
          options={all.map(({ id, name }) => ({
            value: id,
            label: counts.has(name) ? `${name} (${times(counts.get(name) ?? 0)})` : name,
          }))}
        />
        {metric === null ? null : (
          <p className="rehearsal-key small faint">
            <i className="rehearsal-key-value" /> read
            <i className="rehearsal-key-threshold" /> fires at {alertValueText(rule.metric, thresholdOf(rule))}
            {rule.clear === undefined ? null : (
              <>
                <i className="rehearsal-key-clear" /> over at {alertValueText(rule.metric, rule.clear)}
              </>
            )}
            <i className="rehearsal-key-firing" /> would have fired
          </p>
        )}
      </div>
      {metric === null ? null : (
        <Figure
          key={machine.id}
          rule={rule}
          metric={metric}
          found={found}
          machineId={machine.id}
          alerts={own}
          provider={machine.provider}
        />
      )}
      {own.length === 0 ? (
        <p className="small quiet">
          <Mark kind="ok" /> Never on <ForeignText>{machine.name}</ForeignText>.
        </p>
      ) : (
        <ol className="rehearsal-list small" aria-label="When it would have fired">
          {shown.map(({ firedAt, resolvedAt, value, count }, index) => (
            <li key={firedAt}>
              <b className="warn">{own.length - shown.length + index + 1}</b> <Moment at={firedAt} />{' '}
              <span className="quiet">
                {value === null ? 'no data, ' : isYesOrNo ? '' : `${alertValueText(rule.metric, value)}, `}
                {resolvedAt === null ? 'still on' : duration(Date.parse(resolvedAt) - Date.parse(firedAt))}
                {count > 1 ? `, ${count} times` : ''}
              </span>
            </li>
          ))}
        </ol>
      )}
      {own.length > shown.length ? (
        <p className="small faint">
          The last {shown.length} of {own.length}.
        </p>
      ) : null}
    </>
  );
}

interface FigureProps {
  readonly rule: AlertRule;
  readonly metric: SampleMetric;
  readonly found: AlertRehearsal;
  readonly machineId: string;
  readonly alerts: AlertRehearsal['alerts'];
  readonly provider: Parameters<typeof chartViews>[0];
}

function Figure({ rule, metric, found, machineId, alerts, provider }: FigureProps) {
  const { ref, box } = useBox<HTMLDivElement>();
  const { from, to } = found;
  const span = useMemo((): HistorySpan => {
    const range = { from: Date.parse(from), to: Date.parse(to) };
    return { ...range, level: range.to - range.from > 2 * dayMs ? 'hourly' : 'raw' };
  }, [from, to]);
  const { history, error } = useHistory(machineId, span);
  const facts = useMemo(() => {
    if (history === null) return null;
    const [view] = chartViews(provider, history.samples);
    const samples = history.samples.filter(({ source }) => source === view?.source);
    const gaps = history.gaps
      .filter(({ source }) => source === view?.source)
      .map((gap) => ({ from: Date.parse(gap.from), to: Date.parse(gap.to) }));
    const range = { from: history.from, to: history.to };
    return rehearsalFacts({ rule, metric, samples, stepMs: history.stepMs, gaps, range, alerts });
  }, [history, metric, provider, rule, alerts]);
  const words = `The readings of this time, with ${alerts.length === 0 ? 'no alert' : counted(alerts.length, 'alert')} beyond ${alertValueText(rule.metric, thresholdOf(rule))}`;
  return (
    <figure className="chart rehearsal-chart" aria-label={words}>
      <div className="chart-place" ref={ref} aria-busy={facts === null || undefined}>
        {error !== null ? (
          <p className="chart-none faint">{visibleText(error.message)}</p>
        ) : facts === null || box === null ? null : facts.rows.every(({ first }) => first === null) ? (
          <p className="chart-none faint">Nothing was read in this time.</p>
        ) : (
          <Suspense fallback={<span aria-busy="true" />}>
            <div aria-hidden="true" className="chart-plot">
              <Plot facts={facts} width={box.width} height={box.height} />
            </div>
          </Suspense>
        )}
      </div>
    </figure>
  );
}

/** Null for a condition, which no chart of readings shows. */
function metricOf(rule: AlertRule): SampleMetric | null {
  const { source } = alertVariable(rule.metric);
  return source.kind === 'reading' ? source.metric : null;
}

/** As the engine takes it: names, ids, tags and providers each narrow it down. */
function isMeant(
  rule: AlertRule,
  machine: { readonly id: string; readonly name: string; readonly tags: readonly string[]; readonly provider: string },
): boolean {
  if (rule.machines?.some((wanted) => wanted === machine.name || machine.id.startsWith(wanted)) === false) return false;
  if (rule.tags?.some((tag) => machine.tags.includes(tag)) === false) return false;
  return rule.providers?.some((provider) => provider === machine.provider) !== false;
}
