import { type AlertRule, thresholdOf } from '../../contract/alert-rule.ts';
import type { ForecastMetric } from '../../contract/forecast.ts';
import type { AlertHoldRecord, AlertMuteRecord, EpisodeRecord } from '../ports/alert-records.ts';
import type { StateChange } from '../ports/state-store.ts';
import { type AlertGrid, createAlertGrid, type RuleCrossing } from './alert-grid.ts';
import { isOver, muteOf } from './alert-mutes.ts';
import { firingSentence } from './alert-words.ts';
import { episodeFired, episodeResolved, isSettled, type TellingKind, tellEpisode } from './episode-life.ts';

/** Something to be said about an episode, with the episode as it is once that is said. */
export interface Announcement {
  readonly kind: TellingKind;
  readonly episode: EpisodeRecord;
  /** Null for a common cause, and for a rule that is gone. */
  readonly rule: AlertRule | null;
}

/** What the book cannot know by itself. */
export interface TellingContext {
  /** Its machine has a maintenance window open. */
  isInMaintenance(episode: EpisodeRecord): boolean;
  /** A common cause explains it. */
  isExplained(episode: EpisodeRecord): boolean;
}

/**
 * Every episode and wait, beside the grid they come from. No ports: it decides, and hands out what is to be written and
 * said. Invariants:
 * 1. There is one open episode per rule and machine at most; the newest one of each stays known.
 * 2. What is said of an episode is in the same list of changes as the episode that remembers it.
 * 3. An episode whose rule or machine is gone is resolved, and that is said too.
 */
export interface AlertBook {
  readonly grid: AlertGrid;
  /** Those that fire now. */
  readonly firing: readonly EpisodeRecord[];
  readonly holds: readonly AlertHoldRecord[];
  readonly mutes: readonly AlertMuteRecord[];
  /** Those that are switched on. */
  readonly rules: readonly AlertRule[];
  /** The newest of a rule and machine. */
  episodeOf(rule: string, machineId: string | null): EpisodeRecord | undefined;
  /** By its id, or the first 8 or more characters of it; of the newest ones. */
  find(reference: string): EpisodeRecord | undefined;
  setRules(rules: readonly AlertRule[], now: number): void;
  ruleOf(name: string): AlertRule | undefined;
  /** What was stored goes on in the grid, once rules and machines are in it. */
  restore(): void;
  /** What `days_until_threshold` of a machine counts to; null where nothing runs out. */
  setForetold(machineId: string, metric: ForecastMetric | null): void;
  /** Looks at the values and moves every episode on. */
  move(now: number, toleranceMs: number): void;
  /** What is due to be said now. */
  tell(now: number, context: TellingContext): readonly Announcement[];
  /** Another hand moved it: a person, or a common cause, which no rule stands behind. */
  put(episode: EpisodeRecord): void;
  addMute(mute: AlertMuteRecord): void;
  /** Whether it was there. */
  removeMute(id: string): boolean;
  /** What is to be written since it was asked last. */
  takeChanges(): readonly StateChange[];
}

export interface StoredAlerts {
  /** The newest of each rule and machine. */
  readonly episodes: readonly EpisodeRecord[];
  readonly holds: readonly AlertHoldRecord[];
  readonly mutes: readonly AlertMuteRecord[];
}

const shortestIdPrefix = 8;

export function createAlertBook(stored: StoredAlerts, newId: () => string): AlertBook {
  const grid = createAlertGrid();
  const episodes = new Map<string, EpisodeRecord>();
  /** Those that something may still have to be said about. */
  const open = new Set<string>();
  const holds = new Map(stored.holds.map((hold) => [keyOf(hold.rule, hold.machineId), hold]));
  const mutes = new Map(stored.mutes.map((mute) => [mute.id, mute]));
  const foretold = new Map<string, ForecastMetric>();
  let byName = new Map<string, AlertRule>();
  let changed = new Map<string, StateChange>();
  /** The one that was looked at last. */
  let arrangement = -1;

  const isOpen = (episode: EpisodeRecord): boolean =>
    episode.state === 'firing' ||
    episode.flappingSince !== null ||
    (episode.told !== 'resolved' && episode.told !== 'nothing');
  const remember = (key: string, episode: EpisodeRecord): void => {
    episodes.set(key, episode);
    if (isOpen(episode)) open.add(key);
    else open.delete(key);
  };
  for (const episode of stored.episodes) remember(keyOf(episode.rule, episode.machineId), episode);

  const put = (episode: EpisodeRecord): void => {
    remember(keyOf(episode.rule, episode.machineId), episode);
    changed.set(`episode ${episode.id}`, { kind: 'episode-put', episode });
  };
  const hold = (record: AlertHoldRecord): void => {
    const key = keyOf(record.rule, record.machineId);
    holds.set(key, record);
    changed.set(`hold ${key}`, { kind: 'alert-hold-put', hold: record });
  };
  const letGo = (rule: string, machineId: string): void => {
    const key = keyOf(rule, machineId);
    if (holds.delete(key)) changed.set(`hold ${key}`, { kind: 'alert-hold-removed', rule, machineId });
  };

  const cross = ({ kind, rule, on, value, at, since }: RuleCrossing): void => {
    const key = keyOf(rule.name, on.id);
    const present = episodes.get(key);
    switch (kind) {
      case 'pending':
      case 'clearing':
        hold({ rule: rule.name, machineId: on.id, phase: kind, since, value });
        return;
      case 'dropped':
      case 'relapsed':
        letGo(rule.name, on.id);
        return;
      case 'fired': {
        const begun = holds.get(key)?.since ?? at;
        letGo(rule.name, on.id);
        const actual = Number.isNaN(value) ? null : value;
        const firing = {
          rule: rule.name,
          machineId: on.id,
          machine: on.name,
          metric: rule.metric,
          severity: rule.severity,
          actualValue: actual,
          threshold: thresholdOf(rule),
          message: firingSentence(rule, on.name, actual, foretold.get(on.id)),
          since: begun,
        };
        put(episodeFired(present, firing, at, newId));
        return;
      }
      case 'resolved':
        letGo(rule.name, on.id);
        if (present?.state === 'firing')
          put(episodeResolved(present, Number.isNaN(value) ? `'${on.name}' is at rest.` : '', at));
        return;
    }
  };

  /** Its rule is gone or off, is about other machines now, or its machine is gone. */
  const endAbandoned = (now: number): void => {
    for (const key of [...open]) {
      const episode = episodes.get(key);
      if (episode === undefined || episode.state !== 'firing' || episode.machineId === null) continue;
      if (grid.concerns(episode.rule, episode.machineId)) continue;
      put(
        episodeResolved(
          episode,
          byName.has(episode.rule) ? 'The rule is not about it any longer, or it is gone.' : 'The rule is off or gone.',
          now,
        ),
      );
    }
    for (const { rule, machineId } of [...holds.values()]) if (!grid.concerns(rule, machineId)) letGo(rule, machineId);
  };

  return {
    grid,
    get firing() {
      return [...open].flatMap((key) => episodes.get(key) ?? []).filter(({ state }) => state === 'firing');
    },
    get holds() {
      return [...holds.values()];
    },
    get mutes() {
      return [...mutes.values()];
    },
    get rules() {
      return [...byName.values()];
    },
    episodeOf: (rule, machineId) => episodes.get(keyOf(rule, machineId)),
    find: (reference) =>
      [...episodes.values()].find(
        ({ id }) => id === reference || (reference.length >= shortestIdPrefix && id.startsWith(reference)),
      ),
    restore: () => {
      const firing = [...episodes.values()].flatMap(({ state, rule, machineId }) =>
        state === 'firing' && machineId !== null ? [{ rule, machineId }] : [],
      );
      grid.restore([...holds.values()], firing);
    },
    setForetold: (machineId, metric) => {
      if (metric === null) foretold.delete(machineId);
      else foretold.set(machineId, metric);
    },
    setRules: (rules, now) => {
      const inForce = rules.filter(({ enabled }) => enabled);
      byName = new Map(inForce.map((rule) => [rule.name, rule]));
      grid.setRules(inForce, now);
    },
    ruleOf: (name) => byName.get(name),
    move: (now, toleranceMs) => {
      for (const crossing of grid.evaluate(now, toleranceMs)) cross(crossing);
      if (grid.arrangement !== arrangement) endAbandoned(now);
      arrangement = grid.arrangement;
      for (const mute of [...mutes.values()]) {
        if (!isOver(mute, now)) continue;
        mutes.delete(mute.id);
        changed.set(`mute ${mute.id}`, { kind: 'alert-mute-removed', id: mute.id });
      }
    },
    tell: (now, context) => {
      const found: Announcement[] = [];
      const all = [...mutes.values()];
      for (const key of open) {
        const before = episodes.get(key);
        if (before === undefined) continue;
        const rule = byName.get(before.rule) ?? null;
        if (isSettled(before, rule !== null && (rule.remind_seconds > 0 || rule.escalate !== undefined))) continue;
        const { episode, kind } = tellEpisode(before, {
          now,
          isInMaintenance: muteOf('maintenance', all, before, now) !== null || context.isInMaintenance(before),
          isSnoozed: muteOf('snooze', all, before, now) !== null,
          isExplained: context.isExplained(before),
          remindMs: (rule?.remind_seconds ?? 0) * 1000,
          escalateAfterMs: rule?.escalate === undefined ? null : rule.escalate.after_seconds * 1000,
        });
        if (episode !== before) put(episode);
        if (kind !== null) found.push({ kind, episode, rule });
      }
      return found;
    },
    put,
    addMute: (mute) => {
      mutes.set(mute.id, mute);
      changed.set(`mute ${mute.id}`, { kind: 'alert-mute-put', mute });
    },
    removeMute: (id) => {
      if (!mutes.delete(id)) return false;
      changed.set(`mute ${id}`, { kind: 'alert-mute-removed', id });
      return true;
    },
    takeChanges: () => {
      const taken = [...changed.values()];
      changed = new Map();
      return taken;
    },
  };
}

function keyOf(rule: string, machineId: string | null): string {
  return `${rule} ${machineId ?? ''}`;
}
