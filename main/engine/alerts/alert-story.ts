import type { JournalEntry } from '../../contract/journal.ts';
import { downAfter } from './down-after.ts';

/**
 * What the journal says that rules can be about: how often machines ended by themselves, how their last snapshot went, and
 * whether one that is on its way back was down.
 */
export interface AlertStory {
  hear(entry: JournalEntry): void;
  /** How often it ended without being asked to, or restarted by itself, within the last hour. */
  crashesOf(machineId: string, now: number): number;
  /** Whether its last snapshot could not be taken. */
  hasFailedSnapshot(machineId: string): boolean;
  /** Whether it was down when it was last heard of: until it runs again it still is, whoever is bringing it back. */
  wasDown(machineId: string): boolean;
}

/** So long an unexpected end counts. */
export const crashWindowMs = 3_600_000;
/** More are not told apart. */
const kept = 1000;

/** `entries` are newest first, as they are read from the store. */
export function createAlertStory(entries: readonly JournalEntry[]): AlertStory {
  const crashes = new Map<string, number[]>();
  const failedSnapshots = new Set<string>();
  const down = new Set<string>();
  const hear = (entry: JournalEntry): void => {
    const { machineId, action, details, at } = entry;
    if (machineId === undefined) return;
    const isDown = downAfter(entry);
    if (isDown === 1) down.add(machineId);
    else if (isDown !== undefined) down.delete(machineId);
    if (isUnexpectedEnd(action, details)) {
      const moments = crashes.get(machineId) ?? [];
      moments.push(Date.parse(at));
      crashes.set(machineId, moments.slice(-kept));
    }
    if (action === 'snapshot.failed') failedSnapshots.add(machineId);
    if (action === 'snapshot.taken') failedSnapshots.delete(machineId);
  };
  for (const entry of entries.toReversed()) hear(entry);
  return {
    hear,
    crashesOf: (machineId, now) => {
      const moments = (crashes.get(machineId) ?? []).filter((at) => now - Math.min(at, now) < crashWindowMs);
      if (moments.length === 0) crashes.delete(machineId);
      else crashes.set(machineId, moments);
      return moments.length;
    },
    hasFailedSnapshot: (machineId) => failedSnapshots.has(machineId),
    wasDown: (machineId) => down.has(machineId),
  };
}

/** It ended without being asked to, or restarted by itself. */
export function isUnexpectedEnd(action: JournalEntry['action'], details: JournalEntry['details']): boolean {
  return action === 'machine.panicked' || action === 'machine.rebooted' || details.unexpected === true;
}
