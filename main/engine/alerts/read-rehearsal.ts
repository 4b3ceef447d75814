import type { AlertRehearsal } from '../../contract/alert.ts';
import type { AlertRule } from '../../contract/alert-rule.ts';
import { type AlertVariableName, alertVariable } from '../../contract/alert-variables.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import { sampleSources } from '../../contract/sample.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { storedSamples } from '../metrics/stored-samples.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricsStore, StoredSample } from '../ports/metrics-store.ts';
import { createAlertGrid } from './alert-grid.ts';
import type { AlertSubject } from './alert-subjects.ts';
import { conditionHistory } from './condition-history.ts';
import { rehearseCondition, rehearseRule } from './rehearse-rule.ts';

const dayMs = 86_400_000;
/** Readings that are asked for at once. */
const atOnce = 5000;
/** So long before the begin it is looked for what held at the begin. */
const priorMs = 30 * dayMs;
/** Alerts that are told; with more the rule is no good anyway. */
const most = 1000;

/** Leads a rule through what is recorded of every machine it is about. Changes nothing. */
export async function readRehearsal(
  ports: {
    readonly clock: Clock;
    readonly metrics: Pick<MetricsStore, 'slice'>;
    /** The journal of a machine since then, oldest first. */
    journalOf(machineId: string, since: number): Promise<readonly JournalEntry[]>;
    subjects(): readonly AlertSubject[];
    toleranceMs(): number;
  },
  rule: AlertRule,
  days: number,
): Promise<AlertRehearsal> {
  const to = ports.clock.wallNow();
  const from = to - days * dayMs;
  const grid = createAlertGrid();
  const subjects = ports.subjects();
  grid.setRules([rule], from);
  grid.setMachines(subjects, from);
  const about = subjects.filter(({ id }) => grid.concerns(rule.name, id));
  let recorded = 0;
  let oldest = to;
  const alerts: AlertRehearsal['alerts'][number][] = [];
  const { kind } = alertVariable(rule.metric).source;
  const isReading = kind === 'reading';
  // Nothing says what was foretold then.
  for (const machine of kind === 'forecast' ? [] : about) {
    if (isReading) {
      const samples = await everything(ports.metrics, machine.id, from, to);
      if (samples.length > 0) recorded += 1;
      oldest = Math.min(oldest, samples[0]?.atMs ?? to);
      alerts.push(...rehearseRule(rule, machine, samples, ports.toleranceMs()));
    } else {
      const turns = conditionHistory(rule.metric, await ports.journalOf(machine.id, from - priorMs));
      if (turns.length > 0) recorded += 1;
      oldest = Math.min(oldest, turns[0]?.at ?? to);
      alerts.push(...rehearseCondition(rule, machine, turns, { from, to }, ports.toleranceMs()));
    }
  }
  alerts.sort((a, b) => (a.firedAt < b.firedAt ? -1 : 1));
  return {
    rule: rule.name,
    from: isoTime(from),
    to: isoTime(to),
    machines: recorded,
    alerts: alerts.slice(0, most),
    remark:
      kind === 'forecast'
        ? 'What was foretold earlier is not recorded: when it would have fired cannot be told.'
        : recorded === 0
          ? 'Nothing is recorded of the machines it is about.'
          : remarkOf(rule.metric, alerts.length, oldest, from),
  };
}

function remarkOf(metric: AlertVariableName, fired: number, oldest: number, from: number): string | null {
  if (fired > most) return `It would have fired ${fired} times; the first ${most} are shown.`;
  const isReading = alertVariable(metric).source.kind === 'reading';
  if (oldest - from > dayMs)
    return `${isReading ? 'Readings go' : 'The journal goes'} back to ${isoTime(oldest)} only.`;
  // The journal says when the health of a machine changed, and how it was then.
  return metric === 'service_dead' || metric === 'heartbeat_stale'
    ? 'Known from the journal: what did not change the health of a machine is not in it.'
    : null;
}

/** Oldest first, all sources side by side. */
async function everything(
  metrics: Pick<MetricsStore, 'slice'>,
  machineId: string,
  from: number,
  to: number,
): Promise<readonly StoredSample[]> {
  const found: StoredSample[] = [];
  for (const source of sampleSources) {
    let fromMs = from;
    for (let more = true; more; ) {
      const part = await metrics.slice({ machineId, source, fromMs, toMs: to, limit: atOnce });
      for (const sample of storedSamples(part)) found.push(sample);
      more = part.atMs.length === atOnce;
      fromMs = (part.atMs.at(-1) ?? to) + 1;
    }
  }
  return found.sort((a, b) => a.atMs - b.atMs);
}
