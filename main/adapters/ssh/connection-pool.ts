import { VigilError } from '../../contract/failure.ts';
import { createStopSource, type StopSource } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { SshFinding, SshTarget } from '../../engine/ports/ssh.ts';
import type { SshOpening } from './open-ssh.ts';
import { createSlots, type Slots } from './slots.ts';
import type { SshConnection } from './ssh-connection.ts';
import type { TimeBudget } from './time-budget.ts';

/**
 * Connections that are kept open between commands. Invariants:
 * 1. At most one connection per target, and at most `mostConnections` in all, the least recently used going first.
 * 2. One that is idle for `idleMs` is closed; one that closed is out of the pool.
 * 3. A caller who gives up waiting leaves the opening to the others who wait for it.
 */
export interface ConnectionPool {
  /** Rejects with `unreachable`, `timeout`, `refused` or `cancelled`. The lease must be handed back. */
  lease(target: SshTarget, budget: TimeBudget): Promise<Lease>;
  forget(target?: SshTarget): Promise<void>;
}

export interface Lease {
  readonly connection: SshConnection;
  /** It was there before this call: it may have died unnoticed. */
  readonly isReused: boolean;
  /** Bounds how many commands share the connection; servers allow ten sessions by default. */
  readonly commands: Slots;
  giveBack(): void;
}

interface Place {
  readonly target: SshTarget;
  readonly opening: Promise<SshOpening>;
  readonly stop: StopSource;
  readonly commands: Slots;
  users: number;
  cancelIdle: () => void;
}

const mostConnections = 256;
const idleMs = 3 * 60_000;
const openingMs = 30_000;
const mostCommands = 6;

export function createConnectionPool(
  clock: Clock,
  open: (target: SshTarget, timeoutMs: number, stop: StopSource) => Promise<SshOpening>,
): ConnectionPool {
  /** Oldest use first. */
  const places = new Map<string, Place>();

  const drop = async (key: string, place: Place): Promise<void> => {
    if (places.get(key) === place) places.delete(key);
    place.cancelIdle();
    place.stop.stop('forgotten');
    const opening = await place.opening;
    if (opening.kind === 'open') await opening.connection.end();
  };
  const makeRoom = () => {
    if (places.size < mostConnections) return;
    const idle = [...places].find(([, place]) => place.users === 0);
    if (idle === undefined) throw new VigilError('refused', `${mostConnections} SSH connections are in use already.`);
    void drop(...idle);
  };
  const take = (target: SshTarget): Place => {
    const key = keyOf(target);
    const present = places.get(key);
    if (present !== undefined) {
      places.delete(key);
      places.set(key, present);
      return present;
    }
    makeRoom();
    const stop = createStopSource();
    const place: Place = {
      target,
      stop,
      opening: open(target, openingMs, stop),
      commands: createSlots(mostCommands),
      users: 0,
      cancelIdle: () => {},
    };
    places.set(key, place);
    const remove = () => {
      place.cancelIdle();
      if (places.get(key) === place) places.delete(key);
    };
    void place.opening.then((opening) => {
      if (opening.kind === 'open') opening.connection.whenClosed(remove);
      else remove();
    });
    return place;
  };
  return {
    lease: async (target, budget) => {
      const isReused = places.has(keyOf(target));
      const place = take(target);
      place.cancelIdle();
      place.users++;
      const giveBack = () => {
        place.users--;
        if (place.users > 0 || places.get(keyOf(target)) !== place) return;
        place.cancelIdle();
        place.cancelIdle = clock.after(idleMs, () => void drop(keyOf(target), place));
      };
      try {
        const end = await budget.wait(Number.POSITIVE_INFINITY, place.opening);
        if (end.kind === 'cancelled') throw new VigilError('cancelled', `The call to ${target.host} was cancelled.`);
        if (end.kind === 'late') throw new VigilError('timeout', `No session with ${target.host} in time.`);
        if (end.value.kind === 'failed') throw new VigilError(codeOf(end.value.finding), end.value.reason);
        return { connection: end.value.connection, isReused, commands: place.commands, giveBack };
      } catch (error) {
        giveBack();
        throw error;
      }
    },
    forget: async (target) => {
      const key = target === undefined ? null : keyOf(target);
      const meant = [...places].filter(([name]) => key === null || name === key);
      await Promise.all(meant.map(([name, place]) => drop(name, place)));
    },
  };
}

function keyOf(target: SshTarget): string {
  const { host, port, user, keyFile, hostKeyAlias, trustOnFirstUse } = target;
  return JSON.stringify([host, port, user, keyFile, hostKeyAlias, trustOnFirstUse]);
}

function codeOf(finding: Exclude<SshFinding, 'ok'>): 'unreachable' | 'timeout' | 'refused' | 'cancelled' {
  switch (finding) {
    case 'refused':
    case 'unreachable':
    case 'no-banner':
    case 'closed':
    case 'name-resolution':
      return 'unreachable';
    case 'timeout':
      return 'timeout';
    case 'not-tried':
      return 'cancelled';
    case 'host-key-unknown':
    case 'host-key-changed':
    case 'host-key-revoked':
    case 'protocol':
    case 'turned-away':
    case 'auth':
    case 'key-file':
      return 'refused';
  }
}
