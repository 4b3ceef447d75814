import type { Episode } from './alert.ts';
import type { Machine } from './machine.ts';
import type { NotificationSubject } from './notification.ts';

/** What a person can do at once about something that needs one, wherever it is shown. */
export const attentionActions = ['restart', 'snooze', 'console'] as const;
export type AttentionAction = (typeof attentionActions)[number];

export const attentionCaptions: Readonly<Record<AttentionAction, string>> = {
  restart: 'Restart now',
  snooze: 'Snooze 1 h',
  console: 'Console',
};

/** What `Snooze 1 h` asks for. */
export const snoozeSeconds = 3600;

/** What is possible now. `machine`: as it is known; undefined when it is not, or no more. */
export function possibleActions(
  subject: NotificationSubject | null,
  machine: Pick<Machine, 'capabilities'> | undefined,
): readonly AttentionAction[] {
  if (subject === null) return [];
  return attentionActions.filter((action) => {
    if (action === 'snooze') return subject.kind === 'alert';
    if (machine === undefined) return false;
    return action === 'console' ? machine.capabilities.includes('console') : restartCall(machine) !== null;
  });
}

/** How a machine is brought up anew: one that does not run is started. Null when neither can be done now. */
export function restartCall(machine: Pick<Machine, 'capabilities'>): 'machine.restart' | 'machine.start' | null {
  if (machine.capabilities.includes('restart')) return 'machine.restart';
  return machine.capabilities.includes('start') ? 'machine.start' : null;
}

/** Alerts that fire, the worst and then the newest first. */
export function worstAlertsFirst(episodes: readonly Episode[]): readonly Episode[] {
  const ranks: Readonly<Record<Episode['severity'], number>> = { critical: 0, warning: 1, info: 2 };
  return episodes
    .filter(({ state }) => state === 'firing')
    .toSorted(
      (a, b) => ranks[a.severity] - ranks[b.severity] || Date.parse(b.firedAt ?? '') - Date.parse(a.firedAt ?? ''),
    );
}
