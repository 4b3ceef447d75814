import type { StopSignal } from '../../contract/stop-signal.ts';
import { startLoop } from '../lifetime/loop.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Network } from '../ports/network.ts';
import { type Observer, witnessesNeeded } from './judge-healing.ts';

/**
 * The watcher, watched: whether this computer slept, starved or changed its network lately, and whether anybody out there
 * answers. Moments are wall-clock milliseconds.
 */
export interface ObserverDesk {
  /** Asks the witnesses anew when fewer than needed have answered since `since`. At most a few seconds. */
  look(since: number, target: string | null, graceMs: number): Promise<Observer>;
  /** A machine elsewhere answered: as good a witness as any. */
  answered(name: string): void;
  /** The fault was taken to be on our side: what is far away is not judged until it was checked anew. */
  doubted(): void;
  stop(): Promise<void>;
}

export interface ObserverPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly network: Network;
  readonly signal: StopSignal;
  /** Whether anything is watched that could be judged. */
  isNeeded(): boolean;
  /** `host:port` of those that a person chose. */
  witnesses(): readonly { readonly host: string; readonly port: number }[];
}

type Disturbance = NonNullable<Observer['disturbance']>;

const beatMs = 2000;
/** While nothing is watched there is no check that could have been held up. */
const restingBeatMs = 60_000;
/** A beat that comes later than this was held up: the process was stopped, or this computer is starved. */
const lateMs = 3000;
/** Wall time that moves apart from monotonic time by more than this: a sleep, or a clock that was set. */
const jumpMs = 2000;
const witnessMs = 3000;
/** Answers to any of these tell that the gateway is there; a refusal does as well. */
const gatewayPorts = [53, 80, 443] as const;

export function createObserverDesk(ports: ObserverPorts): ObserverDesk {
  const { clock, network } = ports;
  /** When each witness last answered. */
  const heard = new Map<string, number>();
  let disturbance: Disturbance | null = null;
  let doubtedAt: number | null = null;
  let looking: Promise<void> | null = null;
  const pulse = () => ({
    wall: clock.wallNow(),
    monotonic: clock.monotonicNow(),
    nextMs: ports.isNeeded() ? beatMs : restingBeatMs,
  });
  let lastBeat = pulse();
  let fingerprint = network.describe().fingerprint;

  const disturbed = (what: string): void => {
    disturbance = { at: clock.wallNow(), what };
    // Who answered before it is no witness for the time after it.
    heard.clear();
  };

  /** Also asked before each verdict, because a beat that is late comes after the checks that ran late with it. */
  const feelPulse = (): void => {
    const now = pulse();
    const spentMs = now.monotonic - lastBeat.monotonic;
    const jumpedMs = Math.abs(now.wall - lastBeat.wall - spentMs);
    const expectedMs = lastBeat.nextMs;
    lastBeat = now;
    const present = network.describe().fingerprint;
    const hasChanged = present !== fingerprint;
    fingerprint = present;
    if (spentMs > expectedMs + lateMs) disturbed('Vigil was held up.');
    else if (jumpedMs > jumpMs) disturbed('This computer slept, or its clock was set.');
    else if (hasChanged) disturbed('The network of this computer changed.');
  };

  const hear = (name: string): void => {
    heard.set(name, clock.wallNow());
  };

  const askAll = async (): Promise<void> => {
    const { gateway } = network.describe();
    const gatewayAnswers = async (): Promise<void> => {
      if (gateway === null) return;
      const answers = await Promise.all(
        gatewayPorts.map((port) => network.answers(gateway, port, witnessMs, ports.signal)),
      );
      if (answers.includes(true)) hear('the gateway');
    };
    await Promise.all([
      gatewayAnswers(),
      network.nameServerAnswers(witnessMs, ports.signal).then((answer) => {
        if (answer === true) hear('the name server');
      }),
      ...ports.witnesses().map(async ({ host, port }) => {
        if (await network.answers(host, port, witnessMs, ports.signal)) hear(`${host}:${port}`);
      }),
    ]);
  };

  const witnessesSince = (since: number): number => [...heard.values()].filter((at) => at > since).length;

  const stopBeat = startLoop({
    name: 'observer',
    clock,
    log: ports.log,
    // Never later than the beat before has expected it.
    intervalMs: () => Math.min(lastBeat.nextMs, pulse().nextMs),
    isSteady: true,
    run: async () => feelPulse(),
  });

  return {
    look: async (since, target, graceMs) => {
      feelPulse();
      if (target !== null && witnessesSince(since) < witnessesNeeded) {
        // Several machines that fail together ask once.
        looking ??= askAll().finally(() => {
          looking = null;
        });
        await looking;
      }
      const faults: string[] = [];
      if (target !== null) {
        if (network.describe().links.length === 0) faults.push('No network link of this computer is up.');
        else if (!(await network.hasRouteTo(target))) faults.push(`This computer knows no way to ${target}.`);
      }
      feelPulse();
      const doubt = target === null || doubtedAt === null ? null : { at: doubtedAt, what: 'The network was in doubt.' };
      return { faults, witnesses: witnessesSince(since), disturbance: later(disturbance, doubt), graceMs };
    },
    answered: hear,
    doubted: () => {
      doubtedAt = clock.wallNow();
    },
    stop: stopBeat,
  };
}

function later(one: Disturbance | null, other: Disturbance | null): Disturbance | null {
  if (one === null || other === null) return one ?? other;
  return one.at >= other.at ? one : other;
}
