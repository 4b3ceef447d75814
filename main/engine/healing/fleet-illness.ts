import type { HealthEvidence } from '../health/health-evidence.ts';
import type { FleetCondition } from './judge-healing.ts';
import { networkOf } from './network-of.ts';

/** Who of the fleet is not well, and since when: many that turn bad together speak against the observer, not against them. */
export interface FleetIllness {
  /** What is known of a machine now; null for one that is not checked. Wall-clock milliseconds. */
  note(id: string, evidence: HealthEvidence | null, now: number): void;
  /** The fleet as it was around the time that this machine turned bad. `host`: null for one on this computer. */
  around(id: string, host: string | null, all: readonly string[], intervalMs: number, now: number): FleetCondition;
}

const longBadMs = 3_600_000;

export function createFleetIllness(): FleetIllness {
  /** Of each machine that is not well, when the first word of it came after the last good one. */
  const badSince = new Map<string, number>();
  const lastBad = new Map<string, number>();
  /** Of each machine that is checked, the network its checks go into; null for one on this computer. */
  const networks = new Map<string, string | null>();

  const isLongBad = (id: string, began: number): boolean => {
    const since = badSince.get(id);
    return since !== undefined && since < began - longBadMs;
  };

  return {
    note: (id, evidence, now) => {
      const host = evidence?.remoteHost ?? null;
      if (evidence === null) networks.delete(id);
      else networks.set(id, host === null ? null : networkOf(host));
      if (evidence === null || (evidence.isWell && evidence.failure === null)) badSince.delete(id);
      else if (evidence.failure !== null) {
        lastBad.set(id, now);
        if (!badSince.has(id)) badSince.set(id, now);
      }
    },
    around: (id, host, all, intervalMs, now) => {
      const began = badSince.get(id) ?? now;
      // Those that were bad for long before it say nothing about what happens now.
      const remote = all.filter((each) => (networks.get(each) ?? null) !== null && !isLongBad(each, began));
      const turnedBad = remote.filter((each) => {
        // Also one that is well again just now: a network that loses most of what it is given lets some through.
        const last = lastBad.get(each);
        return last !== undefined && last >= began - 2 * intervalMs;
      });
      const own = host === null ? null : networkOf(host);
      const near = (them: readonly string[]): number =>
        own === null ? 0 : them.filter((each) => networks.get(each) === own).length;
      return {
        remote: remote.length,
        turnedBad: turnedBad.length,
        neighbours: { remote: near(remote), turnedBad: near(turnedBad) },
        size: all.length,
      };
    },
  };
}
