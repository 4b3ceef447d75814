import type { Health } from '../../contract/machine.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Ssh, SshTarget } from '../ports/ssh.ts';
import {
  type CheckResult,
  type HealthState,
  type HealthThresholds,
  healthAfter,
  notApplicable,
  unknownSince,
} from './health-state.ts';
import { sshCheckResult } from './ssh-check.ts';

/** A machine that is to be checked, as the fleet sees it at this moment. */
export interface Watched {
  readonly id: string;
  readonly name: string;
  readonly target: SshTarget;
  /** Changes with a new run or a new target: what was known before is void. */
  readonly run: string;
  /** Begin of its run, wall-clock milliseconds; null when it is not known. */
  readonly startedAt: number | null;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly thresholds: HealthThresholds;
}

export interface HealthTurn {
  readonly id: string;
  readonly before: HealthState;
  readonly after: HealthState;
}

export interface HealthWatchPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly ssh: Ssh;
  /** 0 up to 1: spreads the first checks, so that a fleet is not checked all at once. */
  skew(id: string): number;
  /** The machine as it is now; null when it is not to be checked. */
  watched(id: string): Watched | null;
  /** After every check; `before` and `after` differ at least in the time of the last check. */
  changed(turn: HealthTurn): void;
}

/**
 * Checks every watched machine on its own beat. Invariants:
 * 1. One check per machine at a time; the next is scheduled when one ends, so a slow one never piles up.
 * 2. A check that ends after its machine was stopped, restarted or dropped changes nothing.
 * 3. A machine that is not to be checked has no health: "not applicable", never "down".
 */
export interface HealthWatch {
  /** Which machines there are to look after; starts and ends beats. */
  sync(ids: readonly string[]): void;
  /** Something about this machine changed: it is looked at anew, at once if it has just become checkable. */
  touch(id: string): void;
  health(id: string): Health;
  state(id: string): HealthState;
  /** What the last check of this run found; null before the first. */
  lastResult(id: string): CheckResult | null;
  /** It was restarted from inside, where no new run shows it: what was known is void, and it may take its time to come up. */
  restarted(id: string): void;
  stop(): Promise<void>;
}

interface Beat {
  state: HealthState;
  result: CheckResult | null;
  run: string | null;
  /** Wall-clock milliseconds of a restart from inside. */
  restartedAt: number | null;
  cancel: () => void;
  /** Monotonic milliseconds of the next look. */
  dueMs: number;
  checking: Promise<void> | null;
}

/** Between two looks at a machine that is not to be checked now. */
const idleMs = 5000;
const firstCheckSpreadMs = 2000;

export function createHealthWatch(ports: HealthWatchPorts): HealthWatch {
  const { clock } = ports;
  const beats = new Map<string, Beat>();
  const stopping = createStopSource();

  const schedule = (id: string, beat: Beat, delayMs: number): void => {
    beat.cancel();
    if (stopping.signal.aborted) return;
    beat.dueMs = clock.monotonicNow() + delayMs;
    beat.cancel = clock.after(delayMs, () => {
      beat.checking = round(id, beat)
        .catch((error) => ports.log.write('error', 'health', 'a check failed unexpectedly', { machine: id, error }))
        .finally(() => {
          beat.checking = null;
          if (beats.get(id) === beat) schedule(id, beat, pauseAfter(id, beat));
        });
    });
  };

  /** A machine that came into a new run during its check is looked at again soon. */
  const pauseAfter = (id: string, beat: Beat): number => {
    const watched = ports.watched(id);
    if (watched === null) return idleMs;
    return beat.state.lastCheckAt === null ? ports.skew(id) * firstCheckSpreadMs : watched.intervalMs;
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
      beat.result = null;
      if (beat.state.status !== 'not-applicable') become(id, beat, notApplicable);
    } else if (beat.run !== watched.run) {
      beat.run = watched.run;
      beat.restartedAt = null;
      beat.result = null;
      become(id, beat, unknownSince(clock.wallNow(), 'It has not been checked yet.'));
    }
    return watched;
  };

  const round = async (id: string, beat: Beat): Promise<void> => {
    const watched = follow(id, beat);
    if (watched === null) return;
    const check = await ports.ssh.check(watched.target, watched.timeoutMs, stopping.signal);
    const now = ports.watched(id);
    if (stopping.signal.aborted || beats.get(id) !== beat || now?.run !== watched.run) return;
    const result = sshCheckResult(check);
    beat.result = result;
    become(
      id,
      beat,
      healthAfter(beat.state, result, clock.wallNow(), beat.restartedAt ?? watched.startedAt, watched.thresholds),
    );
  };

  return {
    sync: (ids) => {
      for (const [id, beat] of beats) {
        if (ids.includes(id)) continue;
        beat.cancel();
        beats.delete(id);
      }
      for (const id of ids) {
        if (beats.has(id)) continue;
        const beat: Beat = {
          state: notApplicable,
          result: null,
          run: null,
          restartedAt: null,
          cancel: () => {},
          dueMs: 0,
          checking: null,
        };
        beats.set(id, beat);
        schedule(id, beat, ports.skew(id) * firstCheckSpreadMs);
      }
    },
    touch: (id) => {
      const beat = beats.get(id);
      if (beat === undefined) return;
      const before = beat.run;
      const watched = follow(id, beat);
      if (watched === null || beat.checking !== null) return;
      if (before !== watched.run) schedule(id, beat, ports.skew(id) * firstCheckSpreadMs);
      // A shorter interval counts from now, not from the next look.
      else if (beat.dueMs > clock.monotonicNow() + watched.intervalMs) schedule(id, beat, watched.intervalMs);
    },
    health: (id) => healthView(beats.get(id)?.state ?? notApplicable),
    state: (id) => beats.get(id)?.state ?? notApplicable,
    restarted: (id) => {
      const beat = beats.get(id);
      if (beat === undefined || beat.run === null) return;
      beat.restartedAt = clock.wallNow();
      beat.result = null;
      become(id, beat, unknownSince(clock.wallNow(), 'It was restarted and has not been checked yet.'));
    },
    lastResult: (id) => beats.get(id)?.result ?? null,
    stop: async () => {
      stopping.stop('stopped');
      for (const beat of beats.values()) beat.cancel();
      await Promise.all([...beats.values()].map((beat) => beat.checking));
      beats.clear();
    },
  };
}

function healthView(state: HealthState): Health {
  return {
    status: state.status,
    reason: state.reason,
    since: state.since === null ? null : isoTime(state.since),
    sshReachable: state.reachable,
    sshFailures: state.failures,
    lastCheck: state.lastCheckAt === null ? null : isoTime(state.lastCheckAt),
    method: state.method,
  };
}
