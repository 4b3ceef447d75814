import type { EpisodeRecord } from '../ports/alert-records.ts';

/** How an episode goes on, and what is said about it: pure. Moments are wall-clock milliseconds. */

/** Firing again so soon after the last message goes on with the same episode, in silence. */
export const silenceMs = 900_000;
/** So many turns within so long are coming and going. */
export const flapTurns = 4;
export const flapWindowMs = 600_000;
/** What came and went is told how it ended once it has been one or the other for so long. */
export const stableMs = 900_000;

export type Firing = Pick<
  EpisodeRecord,
  'rule' | 'machineId' | 'machine' | 'metric' | 'severity' | 'actualValue' | 'threshold' | 'message' | 'since'
>;

/** The episode of a rule and machine once it fires: the last one again, or the next. */
export function episodeFired(
  before: EpisodeRecord | undefined,
  firing: Firing,
  now: number,
  newId: () => string,
): EpisodeRecord {
  if (before !== undefined && goesOnWith(before, now)) {
    return {
      ...before,
      ...firing,
      since: before.since,
      state: 'firing',
      resolvedAt: null,
      resolvedBecause: null,
      count: before.count + 1,
      turns: turned(before, now),
    };
  }
  return {
    ...firing,
    id: newId(),
    number: (before?.number ?? 0) + 1,
    state: 'firing',
    firedAt: now,
    resolvedAt: null,
    resolvedBecause: null,
    acknowledgedBy: null,
    count: 1,
    affected: [],
    told: 'nothing',
    toldFiringAt: null,
    remindedAt: null,
    escalatedAt: null,
    // What came before counts as well: coming and going is of the rule and the machine.
    turns: turned(before, now),
    flappingSince: null,
  };
}

export function episodeResolved(before: EpisodeRecord, because: string, now: number): EpisodeRecord {
  return {
    ...before,
    state: 'resolved',
    resolvedAt: now,
    resolvedBecause: because,
    turns: turned(before, now),
  };
}

function goesOnWith(before: EpisodeRecord, now: number): boolean {
  if (before.flappingSince !== null || before.told === 'firing') return true;
  return before.toldFiringAt !== null && now - Math.min(before.toldFiringAt, now) < silenceMs;
}

function turned(before: EpisodeRecord | undefined, now: number): readonly number[] {
  return [...(before?.turns ?? []), now].slice(-flapTurns);
}

/** What stands for and against saying something now. */
export interface TellingSituation {
  readonly now: number;
  /** Work was announced: nothing is said, and afterwards only what is not known yet. */
  readonly isInMaintenance: boolean;
  /** A person wants no word that it fires; that it is over is told. */
  readonly isSnoozed: boolean;
  /** A common cause explains it. */
  readonly isExplained: boolean;
  /** 0: never. */
  readonly remindMs: number;
  /** Null: to nobody else. */
  readonly escalateAfterMs: number | null;
}

export type TellingKind = 'firing' | 'resolved' | 'flapping' | 'reminder' | 'escalation';

/** Nothing can be due: its receiver knows, and it neither comes and goes nor is to be said again. */
export function isSettled({ state, told, flappingSince, turns }: EpisodeRecord, isSaidAgain: boolean): boolean {
  return state === 'firing' && told === 'firing' && !isSaidAgain && flappingSince === null && turns.length < flapTurns;
}

/** What is due to be said, and the episode once it is; null kind when there is nothing to say. */
export function tellEpisode(
  episode: EpisodeRecord,
  situation: TellingSituation,
): { readonly episode: EpisodeRecord; readonly kind: TellingKind | null } {
  const { now } = situation;
  const it = notAhead(episode, now);
  if (situation.isInMaintenance) return { episode: it, kind: null };
  if (it.flappingSince !== null) {
    if (now - (it.turns.at(-1) ?? 0) < stableMs) return { episode: it, kind: null };
    return endOfFlapping(it, situation);
  }
  if (isFlapping(it, now) && it.told !== 'nothing') {
    return { episode: { ...it, told: 'flapping', flappingSince: now }, kind: 'flapping' };
  }
  if (it.state === 'resolved') {
    if (it.told === 'nothing' || it.told === 'resolved') return { episode: it, kind: null };
    return { episode: { ...it, told: 'resolved' }, kind: 'resolved' };
  }
  if (situation.isSnoozed || situation.isExplained) return { episode: it, kind: null };
  if (it.told !== 'firing') {
    const isSilent = it.toldFiringAt !== null && now - it.toldFiringAt < silenceMs;
    return isSilent ? { episode: it, kind: null } : sayFiring(it, now);
  }
  if (it.acknowledgedBy !== null) return { episode: it, kind: null };
  if (situation.escalateAfterMs !== null && it.escalatedAt === null && now - it.firedAt >= situation.escalateAfterMs) {
    return { episode: { ...it, escalatedAt: now }, kind: 'escalation' };
  }
  const lastSaid = Math.max(it.toldFiringAt ?? 0, it.remindedAt ?? 0);
  if (situation.remindMs > 0 && now - lastSaid >= situation.remindMs) {
    return { episode: { ...it, remindedAt: now }, kind: 'reminder' };
  }
  return { episode: it, kind: null };
}

function sayFiring(it: EpisodeRecord, now: number): { readonly episode: EpisodeRecord; readonly kind: 'firing' } {
  return { episode: { ...it, told: 'firing', toldFiringAt: now }, kind: 'firing' };
}

/** It has been one or the other for long enough: said which, for the last word was that it comes and goes. */
function endOfFlapping(
  it: EpisodeRecord,
  situation: TellingSituation,
): { readonly episode: EpisodeRecord; readonly kind: TellingKind | null } {
  const settled = { ...it, flappingSince: null, turns: [] };
  if (it.state === 'resolved') return { episode: { ...settled, told: 'resolved' }, kind: 'resolved' };
  if (situation.isSnoozed || situation.isExplained) return { episode: it, kind: null };
  return sayFiring(settled, situation.now);
}

function isFlapping({ turns }: EpisodeRecord, now: number): boolean {
  const first = turns.at(-flapTurns);
  return first !== undefined && now - first <= flapWindowMs;
}

/** A clock that was set back: what lies ahead is taken to be of just now. */
function notAhead(it: EpisodeRecord, now: number): EpisodeRecord {
  const latest = Math.max(it.toldFiringAt ?? 0, it.remindedAt ?? 0, it.escalatedAt ?? 0, it.flappingSince ?? 0);
  if (latest <= now && it.firedAt <= now && (it.turns.at(-1) ?? 0) <= now) return it;
  const clamp = (at: number | null): number | null => (at === null ? null : Math.min(at, now));
  return {
    ...it,
    firedAt: Math.min(it.firedAt, now),
    toldFiringAt: clamp(it.toldFiringAt),
    remindedAt: clamp(it.remindedAt),
    escalatedAt: clamp(it.escalatedAt),
    flappingSince: clamp(it.flappingSince),
    turns: it.turns.map((at) => Math.min(at, now)),
  };
}
