import { AlertRule, type AlertRuleInput } from '../../main/contract/alert-rule.ts';
import { createAlertBook } from '../../main/engine/alerts/alert-book.ts';
import type { AlertHoldRecord, AlertMuteRecord, EpisodeRecord } from '../../main/engine/ports/alert-records.ts';
import type { StoredSample } from '../../main/engine/ports/metrics-store.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

/**
 * Random streams of one value through sleeps and restarts of the engine, and beside the evaluator an oracle that was
 * written from the meaning of a rule alone: it keeps every reading and asks of each moment what the rule says about them.
 */

export interface Stream {
  readonly rule: AlertRule;
  readonly toleranceMs: number;
  /** One look each; null where nothing was read. `isRestart`: the engine was killed and started again before it. */
  readonly looks: readonly { readonly at: number; readonly value: number | null; readonly isRestart: boolean }[];
}

export interface Turn {
  readonly at: number;
  readonly is: 'firing' | 'well';
}

const intervalMs = 60_000;
const toleranceMs = 150_000;

export function randomStream(seed: number): Stream {
  const random = seededRandom(seed);
  const comparison = random.pick(['>', '<', '>=', '<='] as const);
  const isAbove = comparison.startsWith('>');
  const threshold = 50;
  const input: AlertRuleInput = {
    name: 'stream',
    metric: 'cpu_percent',
    threshold,
    comparison,
    severity: 'warning',
    for_seconds: random.pick([0, 0, 60, 120, 300, 900]),
    ...(random.next() < 0.5 ? {} : { clear: isAbove ? threshold - random.below(20) : threshold + random.below(20) }),
    no_data: random.next() < 0.3 ? { alert_after_seconds: random.pick([120, 300, 600]) } : 'keep',
  };
  const looks: Stream['looks'][number][] = [];
  let at = Date.parse('2026-01-01T00:00:00.000Z');
  let value = random.below(100);
  for (let count = 0; count < 120; count += 1) {
    at += intervalMs + stepOf(random);
    // It stays where it is for a while, so that waits come to their end, and often on the thresholds themselves.
    if (random.next() < 0.25)
      value = random.next() < 0.2 ? random.pick([threshold, input.clear ?? threshold]) : random.below(100);
    looks.push({ at, value: random.next() < 0.08 ? null : value, isRestart: random.next() < 0.05 });
  }
  return { rule: AlertRule.parse(input), toleranceMs, looks };
}

/** Late looks, a sleep of hours, and now and then a clock that was set back. */
function stepOf(random: SeededRandom): number {
  const kind = random.next();
  if (kind < 0.8) return 0;
  if (kind < 0.9) return random.below(120_000);
  if (kind < 0.97) return random.below(8 * 3_600_000);
  return -intervalMs - random.below(600_000);
}

/** What the evaluator makes of it: each turn of the rule, found by looking at the episode. */
export function turnsOf({ rule, looks, toleranceMs: tolerance }: Stream): readonly Turn[] {
  const rows = {
    episodes: new Map<string, EpisodeRecord>(),
    holds: new Map<string, AlertHoldRecord>(),
    mutes: new Map<string, AlertMuteRecord>(),
  };
  let made = 0;
  let lastValueAt: number | null = null;
  const start = (now: number) => {
    // Through JSON, as the rows go to the disk and come back.
    const book = createAlertBook(
      JSON.parse(JSON.stringify({ episodes: newest(rows.episodes), holds: [...rows.holds.values()], mutes: [] })),
      () => String(made++),
    );
    book.setRules([rule], now);
    book.grid.setMachines([machine], now);
    if (lastValueAt !== null) book.grid.sawValue('cpu_percent', machine.id, lastValueAt);
    book.restore();
    return book;
  };
  const turns: Turn[] = [];
  let book = start(looks[0]?.at ?? 0);
  let is: Turn['is'] = 'well';
  for (const { at, value, isRestart } of looks) {
    if (isRestart) book = start(at);
    book.grid.takeRound([sampleAt(at, value)]);
    if (value !== null) lastValueAt = at;
    book.move(at, tolerance);
    for (const change of book.takeChanges()) {
      if (change.kind === 'episode-put') rows.episodes.set(change.episode.id, change.episode);
      if (change.kind === 'alert-hold-put') rows.holds.set('', change.hold);
      if (change.kind === 'alert-hold-removed') rows.holds.clear();
    }
    const now = book.episodeOf(rule.name, machine.id)?.state === 'firing' ? 'firing' : 'well';
    if (now !== is) turns.push({ at, is: now });
    is = now;
  }
  return turns;
}

/**
 * The oracle. Beyond, and over, are asked of all readings since the last turn: the rule turns at the first look at which the
 * latest run of unbroken readings that agree has lasted long enough.
 */
export function turnsByMeaning({ rule, looks, toleranceMs: tolerance }: Stream): readonly Turn[] {
  const holdMs = rule.for_seconds * 1000;
  const limit = rule.threshold ?? 0;
  const isBeyond = (value: number): boolean => {
    if (rule.comparison === '>') return value > limit;
    if (rule.comparison === '<') return value < limit;
    return rule.comparison === '>=' ? value >= limit : value <= limit;
  };
  const isOver = (value: number): boolean => {
    if (rule.clear === undefined) return !isBeyond(value);
    return rule.comparison.startsWith('>') ? value <= rule.clear : value >= rule.clear;
  };
  const turns: Turn[] = [];
  let is: Turn['is'] = 'well';
  let from = 0;
  looks.forEach(({ at, value }, index) => {
    const known = looks.slice(0, index + 1);
    if (value === null) {
      if (is === 'well' && rule.no_data !== 'keep' && at - knownSince(known) >= rule.no_data.alert_after_seconds * 1000)
        turn('firing', index, at);
      return;
    }
    const agrees = is === 'well' ? isBeyond : isOver;
    const begin = beginOfRun(looks, from, index, agrees, tolerance);
    if (begin !== null && at - begin >= holdMs) turn(is === 'well' ? 'firing' : 'well', index, at);
  });
  return turns;

  function turn(to: Turn['is'], index: number, at: number): void {
    is = to;
    from = index + 1;
    turns.push({ at, is: to });
  }
}

/** When there was a reading last; without any, when it was begun to look, which a restart begins anew. */
function knownSince(looks: Stream['looks']): number {
  let since = looks[0]?.at ?? 0;
  let hasValue = false;
  for (const { at, value, isRestart } of looks) {
    if (value !== null) {
      since = at;
      hasValue = true;
    } else if (isRestart && !hasValue) since = at;
  }
  return since;
}

/**
 * When the run of readings that agree began, none of them too far from the next; null: not even this one agrees. Where the
 * clock was set back on the way, the earliest moment it showed.
 */
function beginOfRun(
  looks: Stream['looks'],
  from: number,
  index: number,
  agrees: (value: number) => boolean,
  tolerance: number,
): number | null {
  let begin: number | null = null;
  let next: number | null = null;
  /** The latest look without a value since the reading before. */
  let missed = 0;
  for (let place = index; place >= from; place -= 1) {
    const { at, value } = looks[place] ?? { at: 0, value: null };
    if (value === null) {
      missed = Math.max(missed, at);
      continue;
    }
    // So too where it was looked in vain for too long, whatever the clock said afterwards.
    if (!agrees(value) || (next !== null && next - at > tolerance) || missed - at > tolerance) break;
    next = at;
    missed = 0;
    begin = Math.min(begin ?? at, at);
  }
  return begin;
}

const machine = { id: 'machine', name: 'machine', tags: [], provider: 'qemu' };

function sampleAt(atMs: number, cpuPercent: number | null): StoredSample {
  return {
    machineId: machine.id,
    atMs,
    source: 'guest',
    error: null,
    cpuPercent,
    memoryPercent: null,
    diskPercent: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    networkInBytesPerSecond: null,
    networkOutBytesPerSecond: null,
  };
}

function newest(episodes: ReadonlyMap<string, EpisodeRecord>): readonly EpisodeRecord[] {
  const [last] = [...episodes.values()].sort((a, b) => b.number - a.number);
  return last === undefined ? [] : [last];
}
