import type { AlertRehearsal } from '../../contract/alert.ts';
import type { AlertRule } from '../../contract/alert-rule.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { StoredSample } from '../ports/metrics-store.ts';
import { createAlertBook } from './alert-book.ts';
import type { AlertGrid, AlertMachine } from './alert-grid.ts';
import type { ConditionTurn } from './condition-history.ts';
import { stableMs } from './episode-life.ts';

type RehearsedAlert = AlertRehearsal['alerts'][number];

/** One look of the past. */
interface RehearsedLook {
  readonly now: number;
  take(grid: AlertGrid): void;
}

/** As often as is looked in earnest. */
const lookMs = 15_000;

/**
 * What a rule would have done over the recorded readings of one machine: the same evaluation and the same silence as in
 * earnest. Whether a value that is missing would have been an alert is found at the next reading. Pure; samples are oldest
 * first, those of one round side by side.
 */
export function rehearseRule(
  rule: AlertRule,
  machine: AlertMachine,
  samples: readonly StoredSample[],
  toleranceMs: number,
): readonly RehearsedAlert[] {
  return rehearse(rule, machine, looksAtReadings(samples), toleranceMs);
}

/**
 * The same over what is known of a condition, which holds from one turn to the next. `range` in wall-clock milliseconds; what
 * held at its begin is taken from the turn before it.
 */
export function rehearseCondition(
  rule: AlertRule,
  machine: AlertMachine,
  turns: readonly ConditionTurn[],
  range: { readonly from: number; readonly to: number },
  toleranceMs: number,
): readonly RehearsedAlert[] {
  const begun = turns.findLast(({ at }) => at <= range.from);
  const within = turns.filter(({ at }) => at > range.from && at <= range.to);
  const all = begun === undefined ? within : [{ ...begun, at: range.from }, ...within];
  return rehearse(rule, machine, looksAtTurns(rule, machine.id, all, range.to), toleranceMs);
}

function rehearse(
  rule: AlertRule,
  machine: AlertMachine,
  looks: Iterable<RehearsedLook>,
  toleranceMs: number,
): readonly RehearsedAlert[] {
  let made = 0;
  const book = createAlertBook({ episodes: [], holds: [], mutes: [] }, () => String(made++));
  const context = { isInMaintenance: () => false, isExplained: () => false };
  const found = new Map<string, RehearsedAlert>();
  const note = (): void => {
    const episode = book.episodeOf(rule.name, machine.id);
    if (episode === undefined) return;
    found.set(episode.id, {
      machine: machine.name,
      firedAt: isoTime(episode.firedAt),
      resolvedAt: episode.resolvedAt === null ? null : isoTime(episode.resolvedAt),
      value: found.get(episode.id)?.value ?? episode.actualValue,
      count: episode.count,
    });
  };
  let hasBegun = false;
  for (const { now, take } of looks) {
    if (!hasBegun) {
      book.setRules([{ ...rule, enabled: true }], now);
      book.grid.setMachines([machine], now);
      hasBegun = true;
    }
    take(book.grid);
    book.move(now, toleranceMs);
    book.tell(now, context);
    if (book.takeChanges().length > 0) note();
  }
  return [...found.values()];
}

function* looksAtReadings(samples: readonly StoredSample[]): Generator<RehearsedLook> {
  const lookAt = (round: readonly StoredSample[]): RehearsedLook => ({
    now: round[0]?.atMs ?? 0,
    take: (grid) => grid.takeRound(round),
  });
  let round: StoredSample[] = [];
  for (const sample of samples) {
    if (round[0] !== undefined && round[0].atMs !== sample.atMs) {
      yield lookAt(round);
      round = [];
    }
    round.push(sample);
  }
  if (round.length > 0) yield lookAt(round);
}

/** After each turn as often as in earnest, until nothing can follow from it any longer; in between nothing changes. */
function* looksAtTurns(
  rule: AlertRule,
  machineId: string,
  turns: readonly ConditionTurn[],
  to: number,
): Generator<RehearsedLook> {
  const missingMs = rule.no_data === 'keep' ? 0 : rule.no_data.alert_after_seconds * 1000;
  const settledMs = Math.max(rule.for_seconds * 1000, missingMs) + stableMs + lookMs;
  for (const [index, { at, value }] of turns.entries()) {
    const lookAt = (now: number): RehearsedLook => ({
      now,
      take: (grid) => grid.takeCondition(rule.metric, machineId, value, now),
    });
    const end = turns[index + 1]?.at ?? to;
    for (let now = at; now < Math.min(end, at + settledMs); now += lookMs) yield lookAt(now);
    // Up to the next turn it was so, whoever looked.
    if (end - 1 > at) yield lookAt(end - 1);
  }
}
