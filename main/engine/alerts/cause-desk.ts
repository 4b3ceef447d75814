import type { HostDescription } from '../../contract/engine-status.ts';
import type { ObserverDesk } from '../healing/observer.ts';
import type { EpisodeRecord } from '../ports/alert-records.ts';
import type { Network } from '../ports/network.ts';
import type { AlertBook } from './alert-book.ts';
import type { AlertSubject } from './alert-subjects.ts';
import { type CauseKind, causeKinds, isExplainable, leastFreeMib, ownNetworkFault, reaches } from './common-causes.ts';
import { episodeFired, episodeResolved } from './episode-life.ts';

/**
 * Looks for the one fault behind many alerts before any of them is told: this computer's network, its disk, the hypervisor,
 * and machines that others depend on. A fault is an episode of its own, with the machines it explains; once it is over they
 * have the time of two checks to be well again before they are told after all.
 */
export interface CauseDesk {
  /** Asks around where something that could be explained is about to be told, or a fault stands. */
  assess(subjects: readonly AlertSubject[], now: number): Promise<void> | null;
  isExplained(episode: EpisodeRecord, now: number): boolean;
}

export interface CausePorts {
  readonly book: AlertBook;
  readonly observer: Pick<ObserverDesk, 'look'>;
  readonly network: Pick<Network, 'describe'>;
  describeHost(): Promise<HostDescription> | HostDescription;
  newId(): string;
}

export function createCauseDesk(ports: CausePorts): CauseDesk {
  const { book } = ports;
  let subjects = new Map<string, AlertSubject>();
  let byName = new Map<string, AlertSubject>();
  /** Since when each machine is failing. */
  const badSince = new Map<string, number>();
  /** When each machine was failing last. */
  const badUntil = new Map<string, number>();

  const causeOf = (kind: CauseKind): EpisodeRecord | undefined => book.episodeOf(kind, null);
  const stands = (kind: CauseKind): boolean => causeOf(kind)?.state === 'firing';
  const explainableOn = (kind: CauseKind): readonly EpisodeRecord[] =>
    book.firing.filter((episode) => {
      const subject = subjects.get(episode.machineId ?? '');
      return subject !== undefined && isExplainable(episode) && reaches(kind, subject);
    });

  /** Fires, goes on or ends the episode of a fault. */
  const settle = (kind: CauseKind, fault: string | null, explained: readonly EpisodeRecord[], now: number): void => {
    const present = causeOf(kind);
    const names = [...new Set(explained.flatMap(({ machine }) => machine ?? []))];
    if (fault === null) {
      if (present?.state === 'firing') book.put(episodeResolved(present, '', now));
      return;
    }
    if (present?.state === 'firing') {
      const affected = [...new Set([...present.affected, ...names])].sort();
      if (affected.length !== present.affected.length) book.put({ ...present, affected });
      return;
    }
    if (names.length === 0) return;
    const firing = {
      rule: kind,
      machineId: null,
      machine: null,
      metric: null,
      severity: 'critical',
      actualValue: null,
      threshold: null,
      message: fault,
      since: now,
    } as const;
    book.put({ ...episodeFired(present, firing, now, ports.newId), affected: names.sort() });
  };

  const isUntold = ({ told }: EpisodeRecord): boolean => told === 'nothing' || told === 'resolved';

  const assessNetwork = async (now: number): Promise<void> => {
    const explained = explainableOn('own-network');
    const target = explained.map(({ machineId }) => subjects.get(machineId ?? '')?.remoteHost ?? null)[0] ?? null;
    const began = Math.min(
      now,
      ...explained.filter(isUntold).map(({ machineId }) => badSince.get(machineId ?? '') ?? now),
    );
    // While the fault stands only an answer of just now tells that it is over.
    const since = stands('own-network') ? now - 1 : began;
    const { faults, witnesses } = await ports.observer.look(since, target ?? anyRemote(), 0);
    const signs = { faults, witnesses, hasGateway: ports.network.describe().gateway !== null };
    settle('own-network', ownNetworkFault(signs, [...subjects.values()], badSince, began), explained, now);
  };
  const anyRemote = (): string | null =>
    [...subjects.values()].find(({ remoteHost }) => remoteHost !== null)?.remoteHost ?? null;

  const assessHost = async (now: number): Promise<void> => {
    const host = await ports.describeHost();
    const isFull = host.diskFreeMib < leastFreeMib;
    const full = isFull ? `The disk of this computer is full: ${Math.floor(host.diskFreeMib)} MiB are left.` : null;
    settle('host-disk-full', full, explainableOn('host-disk-full'), now);
    const missing = host.qemuVersion === null ? 'QEMU is missing on this computer, so no local machine can run.' : null;
    settle('hypervisor-missing', missing, explainableOn('hypervisor-missing'), now);
  };

  const sickParentOf = (subject: AlertSubject, now: number): AlertSubject | null =>
    subject.parents
      .flatMap((name) => byName.get(name) ?? [])
      .find((parent) => {
        const last = badUntil.get(parent.id);
        return last !== undefined && now - last < graceOf(subject) && isWatchedByRule(parent);
      }) ?? null;
  /** Only a parent that is told of itself may stand for its children. */
  const isWatchedByRule = ({ id }: AlertSubject): boolean =>
    book.rules.some(({ name, metric }) => metric === 'machine_down' && book.grid.concerns(name, id));

  /** What a parent explains is attached to its own episode. */
  const attachToParents = (now: number): void => {
    const { firing } = book;
    for (const episode of firing) {
      const subject = subjects.get(episode.machineId ?? '');
      if (subject === undefined || subject.parents.length === 0 || !isExplainable(episode)) continue;
      const parent = sickParentOf(subject, now);
      if (parent === null) continue;
      const above = firing.find(({ machineId, metric }) => machineId === parent.id && metric === 'machine_down');
      const present = above === undefined ? undefined : book.episodeOf(above.rule, above.machineId);
      if (present === undefined || present.affected.includes(subject.name)) continue;
      book.put({ ...present, affected: [...present.affected, subject.name].sort() });
    }
  };

  return {
    assess: (present, now) => {
      subjects = new Map(present.map((subject) => [subject.id, subject]));
      byName = new Map(present.map((subject) => [subject.name, subject]));
      for (const { id, isFailing } of present) {
        if (!isFailing) badSince.delete(id);
        else {
          badUntil.set(id, now);
          if (!badSince.has(id)) badSince.set(id, now);
        }
      }
      attachToParents(now);
      const asks: Promise<void>[] = [];
      if (stands('own-network') || explainableOn('own-network').some(isUntold)) asks.push(assessNetwork(now));
      const isLocal = (kind: CauseKind): boolean => stands(kind) || explainableOn(kind).some(isUntold);
      if (isLocal('host-disk-full') || isLocal('hypervisor-missing')) asks.push(assessHost(now));
      return asks.length === 0 ? null : Promise.all(asks).then(() => undefined);
    },
    isExplained: (episode, now) => {
      const subject = subjects.get(episode.machineId ?? '');
      if (subject === undefined || !isExplainable(episode)) return false;
      const byFault = causeKinds.some((kind) => {
        const cause = causeOf(kind);
        if (cause === undefined || !reaches(kind, subject)) return false;
        return cause.state === 'firing' || now - (cause.resolvedAt ?? 0) < graceOf(subject);
      });
      return byFault || sickParentOf(subject, now) !== null;
    },
  };
}

/** Long enough for everything to have been checked anew. */
function graceOf({ checkIntervalMs }: AlertSubject): number {
  return 2 * checkIntervalMs;
}
