import type { HookEvent } from '../../contract/hook.ts';
import type { JournalEntry } from '../../contract/journal.ts';

/**
 * What an entry of the journal means to a person's scripts: pure. Only transitions are in the journal, so a script is told
 * once of each. A machine that ended without being asked to has stopped and has failed, in that order.
 */
export function hookEventsOf({ action, details }: JournalEntry): readonly HookEvent[] {
  switch (action) {
    case 'machine.started':
      return ['on_start'];
    case 'machine.stopped':
    case 'machine.suspended':
      return ['on_stop'];
    case 'machine.ended':
      return details.unexpected === true ? ['on_stop', 'on_failure'] : ['on_stop'];
    case 'machine.panicked':
      return ['on_failure'];
    case 'health.changed':
      return details.status === 'unhealthy' ? ['on_failure'] : details.status === 'healthy' ? ['on_healthy'] : [];
    // Whatever was restarted on the way has entries of its own: this one stands for all of them.
    case 'healing.done':
      return ['on_restart'];
    case 'machine.deleted':
      return ['on_destroy'];
    default:
      return [];
  }
}
