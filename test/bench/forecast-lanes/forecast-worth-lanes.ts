import { assessSeries, type SeriesAssessment } from '../../../main/engine/forecasts/assess-series.ts';
import { percentRange } from '../../../main/engine/forecasts/back-test.ts';
import { errorOfHours, errorRatio, forecastError, plainErrors } from '../../support/forecast-error.ts';
import { lawfulKinds, lawlessKinds, makeSeries, type SeriesKind } from '../../support/made-series.ts';
import type { Contest, Lane } from '../lane.ts';
import { median } from '../statistics.ts';

/** Series of each kind in a round; every round makes others. */
const perKind = 40;
const most = 1.05;

const shared = { id: 'P20', area: 'forecasts', warmUps: 0, limitMs: 600_000 } as const;

/** Of series made here, thirty days of which are known and seven came. What real servers did is a test of its own. */
export const forecastWorthLanes: readonly Lane[] = [
  {
    ...shared,
    rounds: 3,
    title: `median error seven days ahead, ${perKind} seasonal and stepped series of each kind`,
    reference: 'the straight line',
    goal: { atMost: 0.5 },
    unit: 'points',
    open: async () => beside(['daily', 'weekly', 'weekly with a trend', 'stepped', 'stepped daily']),
  },
  {
    ...shared,
    // One round: the worst of all is asked for, not the median of the worst.
    rounds: 1,
    title: `worst error of all lawful series, ${3 * perKind} of each kind`,
    reference:
      'on the same series the best of straight line, last value and same hour last week, or the law that made it',
    goal: { atMost: most },
    unit: 'times',
    open: async () => worst(),
  },
];

interface Trial {
  readonly kind: SeriesKind;
  readonly status: SeriesAssessment['status'];
  readonly ours: number;
  readonly share: number;
  readonly line: number;
  /** Ours divided by the best plain way; by the law that made the series where that way was nearer than the law, which is chance. */
  readonly ratio: number;
  /** Ours divided by the best plain way, whatever chance did. */
  readonly plainRatio: number;
}

function beside(kinds: readonly SeriesKind[]): Contest {
  const rounds = takeTurns((round) => kinds.flatMap((kind) => trialsOf(kind, round)));
  return {
    ours: async () => median(rounds.next('ours').map(({ ours }) => ours)),
    reference: async () => median(rounds.next('reference').map(({ line }) => line)),
    close: async () => {},
  };
}

function worst(): Contest {
  const rounds = takeTurns((round) =>
    [0, 1, 2].flatMap((part) => lawfulKinds.flatMap((kind) => trialsOf(kind, 3 * round + part))),
  );
  const seen: Trial[] = [];
  return {
    ours: async () => {
      const trials = rounds.next('ours');
      seen.push(...trials);
      return Math.max(...trials.map(({ ratio }) => ratio));
    },
    reference: async () => {
      rounds.next('reference');
      return 1;
    },
    notes: () => {
      const lawless = lawlessKinds.flatMap((kind) => trialsOf(kind, 0));
      return [
        `Lawful series: ${summary(seen)}.`,
        luckOf(seen),
        ...[...new Set(seen.map(({ kind }) => kind))]
          .map((kind) => ({ kind, over: seen.filter((trial) => trial.kind === kind && trial.ratio > most) }))
          .filter(({ over }) => over.length > 0)
          .map(
            ({ kind, over }) =>
              `${kind}: ${over.length} above ${most}, worst ${Math.max(...over.map(({ ratio }) => ratio)).toFixed(2)}.`,
          ),
        ...lawlessKinds.map(
          (kind) => `${kind} (nothing can know it): ${summary(lawless.filter((trial) => trial.kind === kind))}.`,
        ),
      ];
    },
    close: async () => {},
  };
}

/** Where a plain way hit by chance what no knowledge could. */
function luckOf(trials: readonly Trial[]): string {
  const lucky = trials.filter(({ plainRatio, ratio }) => plainRatio > most && ratio <= most);
  const worst = lucky.map(({ plainRatio }) => plainRatio.toFixed(2)).join(', ');
  return lucky.length === 0
    ? `On none was ours beyond ${most} because a plain way was nearer by chance than the law that made the series.`
    : `On ${lucky.length} more a plain way was nearer by chance than the law that made it; beside that way ours is ${worst}.`;
}

function summary(trials: readonly Trial[]): string {
  const shown = trials.filter(({ status }) => status === 'ok');
  const wrong = shown.filter(({ share }) => share > 0.15);
  const over = trials.filter(({ ratio }) => ratio > most);
  const shownOver = shown.filter(({ ratio }) => ratio > most);
  return `${over.length} of ${trials.length} above ${most} times the best plain way, ${shownOver.length} of them shown; ${shown.length} called reliable, ${wrong.length} of those off by more than 15 %`;
}

function trialsOf(kind: SeriesKind, round: number): readonly Trial[] {
  return Array.from({ length: perKind }, (_, index): Trial => {
    const { came, known, law } = makeSeries(kind, 5000 + round * perKind + index);
    const { model, status } = assessSeries(known, percentRange);
    if (model === null) throw new Error(`Nothing was foretold of ${kind}.`);
    const { distance, share } = forecastError(model, came);
    const { best, line } = plainErrors(known, came);
    const lawError = errorOfHours(law, came).distance;
    const [ratio, plainRatio] = [errorRatio(distance, Math.max(best, lawError)), errorRatio(distance, best)];
    return { kind, status, ours: distance, share, line, ratio, plainRatio };
  });
}

/** Both sides of a round look at the same trials, whichever comes first. */
function takeTurns(make: (round: number) => readonly Trial[]) {
  const made = new Map<number, readonly Trial[]>();
  const turns = { ours: 0, reference: 0 };
  return {
    next: (side: 'ours' | 'reference'): readonly Trial[] => {
      const round = turns[side];
      turns[side] += 1;
      const trials = made.get(round) ?? make(round);
      made.set(round, trials);
      return trials;
    },
  };
}
