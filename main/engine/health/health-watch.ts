import type { Health } from '../../contract/machine.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import { heartOf } from '../lifetime/heart.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { allChecks } from './checks/all-checks.ts';
import type { CheckPorts } from './checks/check.ts';
import { combinedHealth, inOrderOfWeight, roundStatus, type Standing } from './combine-health.ts';
import { type CheckResult, type HealthState, healthAfter, notApplicable, unknownSince } from './health-state.ts';
import { type InsideMemory, type RoundResult, runRound } from './run-round.ts';
import type { Watched } from './watched-machine.ts';

export interface HealthTurn {
  readonly id: string;
  readonly before: HealthState;
  readonly after: HealthState;
}

export interface HealthWatchPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly checks: CheckPorts;
  /** 0 up to 1: spreads the first checks, so that a fleet is not checked all at once. */
  skew(id: string): number;
  /** The machine as it is now; null when it is not to be checked. */
  watched(id: string): Watched | null;
  /** After every round; `before` and `after` differ at least in the time of the last check. */
  changed(turn: HealthTurn): void;
  /** It is in another boot than it was, and nobody here restarted it. */
  rebooted(id: string): void;
}

/** What a round that was asked for has found. */
export interface AskedRound {
  readonly status: Health['status'];
  /** The one that decides first. */
  readonly standings: readonly Standing[];
}

/**
 * Checks every watched machine on its own beat, all its checks side by side. Invariants:
 * 1. One round per machine at a time, its interval counted from the begin of the one before; a round that takes longer than
 *    the interval is followed when it has ended, so that slow ones never pile up.
 * 2. A round that ends after its machine was stopped, restarted or dropped changes nothing.
 * 3. A machine that is not to be checked has no health: "not applicable", never "down".
 * 4. Failures of rounds that began less than half an interval apart count once, however often somebody asks.
 */
export interface HealthWatch {
  /** Which machines there are to look after; starts and ends beats. */
  sync(ids: readonly string[]): void;
  /** Something about this machine changed: it is looked at anew, at once if it has just become checkable. */
  touch(id: string): void;
  /** A round now, after one that is under way; null for a machine that is not to be checked. */
  checkNow(id: string): Promise<AskedRound | null>;
  health(id: string): Health;
  state(id: string): HealthState;
  /** How each check stands, the one that decides first; empty before the first round of a run. */
  standings(id: string): readonly Standing[];
  /** What the last check of SSH found in this run; null before the first, and where there is none. */
  sshResult(id: string): CheckResult | null;
  /** It was restarted from inside, where no new run shows it: what was known is void, and it may take its time to come up. */
  restarted(id: string): void;
  /** Somebody has read which boot the machine is in. */
  bootSeen(id: string, bootId: string): void;
  stop(): Promise<void>;
}

interface Kept {
  readonly standing: Standing;
  /** When the round began whose failure was counted last, monotonic milliseconds. */
  readonly countedMs: number | null;
}

interface Beat {
  state: HealthState;
  kept: ReadonlyMap<string, Kept>;
  run: string | null;
  /** Which checks there are; a change is looked at soon. */
  plan: string;
  /** Wall-clock milliseconds of a restart from inside. */
  restartedAt: number | null;
  /** Since that restart no other boot has shown. */
  isBootAwaited: boolean;
  bootId: string | null;
  memory: InsideMemory;
  cancel: () => void;
  /** Monotonic milliseconds of the next look. */
  dueMs: number;
  checking: Promise<void> | null;
}

/** Between two looks at a machine that is not to be checked now. */
const idleMs = 5000;
/** First checks of few machines are spread over the one, those of many have the other each: how they begin, they go on. */
const firstCheckSpreadMs = 2000;
const firstCheckShareMs = 50;
const longestSpreadMs = 60_000;
/** A boot that shows so long after a restart from inside is not the one that was meant. */
const bootWithinMs = 600_000;

export function createHealthWatch(ports: HealthWatchPorts): HealthWatch {
  const { clock } = ports;
  const beats = new Map<string, Beat>();
  const stopping = createStopSource();

  const firstDelayMs = (id: string): number =>
    ports.skew(id) * Math.min(longestSpreadMs, Math.max(firstCheckSpreadMs, beats.size * firstCheckShareMs));

  const schedule = (id: string, beat: Beat, delayMs: number): void => {
    beat.cancel();
    if (stopping.signal.aborted) return;
    beat.dueMs = clock.monotonicNow() + delayMs;
    beat.cancel = clock.after(delayMs, () => begin(id, beat));
  };

  /** Those that are not to be checked are looked at together: a process that is woken for each of them never rests. */
  const rest = (id: string, beat: Beat): void => {
    beat.cancel();
    if (stopping.signal.aborted) return;
    const dueMs = clock.monotonicNow() + idleMs;
    beat.dueMs = dueMs;
    beat.cancel = heartOf(clock).await({
      dueMs: () => dueMs,
      slackMs: () => idleMs / 2,
      take: () => begin(id, beat),
    });
  };

  const begin = (id: string, beat: Beat): void => {
    beat.cancel();
    const begunMs = clock.monotonicNow();
    beat.checking = round(id, beat, begunMs)
      .catch((error) => ports.log.write('error', 'health', 'a check failed unexpectedly', { machine: id, error }))
      .finally(() => {
        beat.checking = null;
        if (beats.get(id) !== beat) return;
        const pauseMs = pauseAfter(id, beat, clock.monotonicNow() - begunMs);
        if (pauseMs === null) rest(id, beat);
        else schedule(id, beat, pauseMs);
      });
  };

  /** Null for one that is not to be checked. One that came into a new run during its check is looked at again soon. */
  const pauseAfter = (id: string, beat: Beat, spentMs: number): number | null => {
    const watched = ports.watched(id);
    if (watched === null) return null;
    return beat.state.lastCheckAt === null ? firstDelayMs(id) : Math.max(0, watched.intervalMs - spentMs);
  };

  const become = (id: string, beat: Beat, after: HealthState): void => {
    const before = beat.state;
    beat.state = after;
    if (before !== after) ports.changed({ id, before, after });
  };

  /** Follows the machine into a new run or out of being checked; what it is to be checked as, if at all. */
  const follow = (id: string, beat: Beat): Watched | null => {
    const watched = ports.watched(id);
    if (watched === null) {
      beat.run = null;
      beat.kept = new Map();
      if (beat.state.status !== 'not-applicable') become(id, beat, notApplicable);
    } else if (beat.run !== watched.run) {
      Object.assign(beat, newRun(), { run: watched.run, plan: planOf(watched).text });
      become(id, beat, unknownSince(clock.wallNow(), 'It has not been checked yet.'));
    }
    return watched;
  };

  const round = async (id: string, beat: Beat, begunMs: number): Promise<void> => {
    const watched = follow(id, beat);
    if (watched === null) return;
    const { memory } = beat;
    const { results, bootId } = await runRound(watched, ports.checks, memory, stopping.signal);
    const now = ports.watched(id);
    // A restart from inside during the round has made another memory: what was seen belongs to the time before.
    const isVoid = now?.run !== watched.run || beat.memory !== memory;
    if (stopping.signal.aborted || beats.get(id) !== beat || now === null || isVoid) return;
    if (bootId !== null) noteBoot(id, beat, bootId);
    const wallMs = clock.wallNow();
    const { keys } = planOf(now);
    const counted = results.filter(({ check, subject }) => keys.has(keyOf(check.method, subject)));
    beat.kept = new Map(
      counted.map((result) => {
        const key = keyOf(result.check.method, result.subject);
        return [key, keptAfter(beat, beat.kept.get(key), result, watched, begunMs)] as const;
      }),
    );
    become(id, beat, combinedHealth(beat.state, standingsOf(beat), wallMs));
  };

  const keptAfter = (
    beat: Beat,
    before: Kept | undefined,
    found: RoundResult,
    watched: Watched,
    begunMs: number,
  ): Kept => {
    const { check, subject, result } = found;
    const at = clock.wallNow();
    const state = before?.standing.state ?? unknownSince(at, 'It has not been checked yet.');
    const lastMs = before?.countedMs ?? null;
    const isAgain = result.kind === 'failed' && lastMs !== null && begunMs - lastMs < watched.intervalMs / 2;
    const after = isAgain
      ? { ...state, lastCheckAt: at, reachable: false }
      : healthAfter(state, result, at, beat.restartedAt ?? watched.startedAt, watched.thresholds);
    const countedMs = isAgain || result.kind !== 'failed' ? lastMs : begunMs;
    return { standing: { method: check.method, subject, state: after, result, at }, countedMs };
  };

  const noteBoot = (id: string, beat: Beat, bootId: string): void => {
    const before = beat.bootId;
    beat.bootId = bootId;
    if (before === null || before === bootId) return;
    const now = clock.wallNow();
    const isMeant = beat.isBootAwaited && beat.restartedAt !== null && now - beat.restartedAt < bootWithinMs;
    beat.isBootAwaited = false;
    if (isMeant) return;
    beat.restartedAt = now;
    // It comes up anew: that it was well before gives it no less time.
    beat.kept = new Map(
      [...beat.kept].map(([key, { standing, countedMs }]) => {
        const state = { ...standing.state, hasBeenWell: false };
        return [key, { standing: { ...standing, state }, countedMs }] as const;
      }),
    );
    leaveConsoleBehind(id, beat.memory);
    ports.rebooted(id);
  };

  /** What was printed before a restart from inside says nothing about the time after it. */
  const leaveConsoleBehind = (id: string, memory: InsideMemory): void => {
    if (ports.watched(id)?.power == null) return;
    ports.checks.consoleEnd(id).then(
      (end) => {
        memory.consoleFrom = end;
      },
      (error) => ports.log.write('warn', 'health', 'the end of a console could not be told', { machine: id, error }),
    );
  };

  const standingOfSsh = (id: string): Standing | undefined => beats.get(id)?.kept.get(keyOf('ssh', null))?.standing;

  return {
    sync: (ids) => {
      for (const [id, beat] of beats) {
        if (ids.includes(id)) continue;
        beat.cancel();
        beats.delete(id);
      }
      const added: (readonly [string, Beat])[] = [];
      for (const id of ids) {
        if (beats.has(id)) continue;
        const beat: Beat = {
          state: notApplicable,
          run: null,
          plan: '',
          cancel: () => {},
          dueMs: 0,
          checking: null,
          ...newRun(),
        };
        beats.set(id, beat);
        added.push([id, beat]);
      }
      for (const [id, beat] of added) schedule(id, beat, firstDelayMs(id));
    },
    touch: (id) => {
      const beat = beats.get(id);
      if (beat === undefined) return;
      const before = beat.run;
      const watched = follow(id, beat);
      if (watched === null) return;
      const plan = planOf(watched);
      const isOtherPlan = beat.plan !== plan.text;
      beat.plan = plan.text;
      if (isOtherPlan) {
        beat.kept = new Map([...beat.kept].filter(([key]) => plan.keys.has(key)));
      }
      if (beat.checking !== null) return;
      if (before !== watched.run || isOtherPlan) schedule(id, beat, firstDelayMs(id));
      // A shorter interval counts from now, not from the next look.
      else if (beat.dueMs > clock.monotonicNow() + watched.intervalMs) schedule(id, beat, watched.intervalMs);
    },
    checkNow: async (id) => {
      const beat = beats.get(id);
      if (beat === undefined) return null;
      while (beat.checking !== null) await beat.checking;
      if (stopping.signal.aborted || beats.get(id) !== beat) return null;
      begin(id, beat);
      await beat.checking;
      if (ports.watched(id) === null || beats.get(id) !== beat || beat.kept.size === 0) return null;
      const { status, order } = roundStatus(standingsOf(beat));
      return { status, standings: order };
    },
    health: (id) => {
      const state = beats.get(id)?.state ?? notApplicable;
      return healthView(state, standingOfSsh(id)?.state ?? null);
    },
    state: (id) => beats.get(id)?.state ?? notApplicable,
    standings: (id) => {
      const beat = beats.get(id);
      return beat === undefined ? none : orderOf(beat);
    },
    sshResult: (id) => standingOfSsh(id)?.result ?? null,
    restarted: (id) => {
      const beat = beats.get(id);
      if (beat === undefined || beat.run === null) return;
      const { bootId } = beat;
      Object.assign(beat, newRun(), { bootId, restartedAt: clock.wallNow(), isBootAwaited: true });
      leaveConsoleBehind(id, beat.memory);
      become(id, beat, unknownSince(clock.wallNow(), 'It was restarted and has not been checked yet.'));
    },
    bootSeen: (id, bootId) => {
      const beat = beats.get(id);
      if (beat !== undefined && beat.run !== null) noteBoot(id, beat, bootId);
    },
    stop: async () => {
      stopping.stop('stopped');
      for (const beat of beats.values()) beat.cancel();
      await Promise.all([...beats.values()].map((beat) => beat.checking));
      beats.clear();
    },
  };
}

/** What is known of a run when it begins. */
function newRun(): Pick<Beat, 'kept' | 'restartedAt' | 'isBootAwaited' | 'bootId' | 'memory'> {
  return {
    kept: new Map(),
    restartedAt: null,
    isBootAwaited: false,
    bootId: null,
    memory: { restarts: new Map(), consoleFrom: 'run' },
  };
}

const none: readonly Standing[] = [];

// All three are asked for far more often than they change: whoever looks at a fleet looks at every machine of it.
const plans = new WeakMap<Watched, Plan>();
const orders = new WeakMap<Beat['kept'], readonly Standing[]>();
const views = new WeakMap<HealthState, { readonly ssh: HealthState | null; readonly view: Health }>();

/** Which checks a machine has, and the same as something that can be compared. */
interface Plan {
  readonly keys: ReadonlySet<string>;
  readonly text: string;
}

function keyOf(method: string, subject: string | null): string {
  return `${method} ${subject ?? ''}`;
}

function planOf(watched: Watched): Plan {
  const known = plans.get(watched);
  if (known !== undefined) return known;
  const keys = allChecks.flatMap(({ method, subjects }) => subjects(watched).map((each) => keyOf(method, each)));
  const plan = { keys: new Set(keys), text: JSON.stringify(keys) };
  plans.set(watched, plan);
  return plan;
}

function standingsOf({ kept }: Pick<Beat, 'kept'>): readonly Standing[] {
  return [...kept.values()].map(({ standing }) => standing);
}

function orderOf({ kept }: Beat): readonly Standing[] {
  const known = orders.get(kept);
  if (known !== undefined) return known;
  const order = inOrderOfWeight(standingsOf({ kept }));
  orders.set(kept, order);
  return order;
}

function healthView(state: HealthState, ssh: HealthState | null): Health {
  const known = views.get(state);
  if (known !== undefined && known.ssh === ssh) return known.view;
  const view: Health = {
    status: state.status,
    reason: state.reason,
    since: state.since === null ? null : isoTime(state.since),
    sshReachable: ssh?.reachable ?? null,
    sshFailures: ssh?.failures ?? 0,
    lastCheck: state.lastCheckAt === null ? null : isoTime(state.lastCheckAt),
    method: state.method,
  };
  views.set(state, { ssh, view });
  return view;
}
