import { maintenanceEnd } from '../../contract/maintenance-window.ts';
import type { AlertMuteRecord } from '../ports/alert-records.ts';

/** Which announced work and which wish of a person hold the words about an alert back: pure. */

/** Longer than any snooze may be: one that seems to last longer is of a clock that was set back. */
export const longestMuteMs = 30 * 86_400_000;

/** The first of the mutes of this kind that holds now; null when none does. */
export function muteOf(
  kind: AlertMuteRecord['kind'],
  mutes: readonly AlertMuteRecord[],
  subject: { readonly rule: string; readonly machineId: string | null },
  now: number,
): AlertMuteRecord | null {
  return (
    mutes.find(
      (mute) =>
        mute.kind === kind &&
        (mute.rule === null || mute.rule === subject.rule) &&
        (mute.machineId === null || mute.machineId === subject.machineId) &&
        holds(mute, now),
    ) ?? null
  );
}

/** Never again: it can be forgotten. */
export function isOver({ window, until }: AlertMuteRecord, now: number): boolean {
  return window === null && until !== null && (until <= now || until - now > 2 * longestMuteMs);
}

function holds(mute: AlertMuteRecord, now: number): boolean {
  if (mute.window !== null) return maintenanceEnd([mute.window], now) !== null;
  return !isOver(mute, now) && (mute.from === null || mute.from <= now);
}
