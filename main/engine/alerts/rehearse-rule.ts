import type { AlertRehearsal } from '../../contract/alert.ts';
import type { AlertRule } from '../../contract/alert-rule.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { StoredSample } from '../ports/metrics-store.ts';
import { createAlertBook } from './alert-book.ts';
import type { AlertMachine } from './alert-grid.ts';

type RehearsedAlert = AlertRehearsal['alerts'][number];

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
  const [first] = samples;
  if (first === undefined) return [];
  let made = 0;
  const book = createAlertBook({ episodes: [], holds: [], mutes: [] }, () => String(made++));
  const context = { isInMaintenance: () => false, isExplained: () => false };
  book.setRules([{ ...rule, enabled: true }], first.atMs);
  book.grid.setMachines([machine], first.atMs);
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
  for (const round of roundsOf(samples)) {
    const now = round[0]?.atMs ?? 0;
    book.grid.takeRound(round);
    book.move(now, toleranceMs);
    book.tell(now, context);
    if (book.takeChanges().length > 0) note();
  }
  return [...found.values()];
}

function* roundsOf(samples: readonly StoredSample[]): Generator<readonly StoredSample[]> {
  let round: StoredSample[] = [];
  for (const sample of samples) {
    if (round[0] !== undefined && round[0].atMs !== sample.atMs) {
      yield round;
      round = [];
    }
    round.push(sample);
  }
  if (round.length > 0) yield round;
}
