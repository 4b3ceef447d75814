import { expect, test } from 'vitest';
import type { JournalAction, JournalDetails, JournalEntry } from '../../../../main/contract/journal.ts';
import { hookEventsOf } from '../../../../main/engine/hooks/hook-events.ts';

function entry(
  action: JournalAction,
  details: JournalDetails = {},
  actor: JournalEntry['actor'] = 'engine',
): JournalEntry {
  return {
    id: 1,
    at: '2026-01-01T00:00:00.000Z',
    machineId: 'm',
    machine: 'demo',
    actor,
    action,
    summary: '',
    details,
  };
}

test.each([
  ['a start', entry('machine.started'), ['on_start']],
  ['a stop', entry('machine.stopped', { rung: 'acpi' }), ['on_stop']],
  ['a suspend', entry('machine.suspended'), ['on_stop']],
  ['an end from inside', entry('machine.ended', { unexpected: false }), ['on_stop']],
  ['an end that nobody wanted', entry('machine.ended', { unexpected: true }), ['on_stop', 'on_failure']],
  ['a panic: the machine is held, not stopped', entry('machine.panicked'), ['on_failure']],
  ['unhealthy', entry('health.changed', { status: 'unhealthy' }), ['on_failure']],
  ['healthy', entry('health.changed', { status: 'healthy' }), ['on_healthy']],
  ['degraded', entry('health.changed', { status: 'degraded' }), []],
  ['unknown is not down', entry('health.changed', { status: 'unknown' }), []],
  ['a unit healed', entry('healing.done', { rung: 'restart-unit' }), ['on_restart']],
  ['a reboot healed', entry('healing.done', { rung: 'reboot' }), ['on_restart']],
  ['a restart healed', entry('healing.done', { rung: 'restart' }), ['on_restart']],
  ['a restart by force healed', entry('healing.done', { rung: 'hard-restart' }), ['on_restart']],
  ['going back to a snapshot restarts too', entry('healing.done', { rung: 'revert' }), ['on_restart']],
  ['the restart within healing, told by healing.done', entry('machine.restarted'), []],
  ['a restart by a person', entry('machine.restarted', {}, 'user'), []],
  ['a delete', entry('machine.deleted'), ['on_destroy']],
  ['the end of a deleted machine in the bin', entry('machine.purged'), []],
  ['healing that failed', entry('healing.failed'), []],
  ['what hooks do themselves', entry('hook.failed', {}, 'hook'), []],
] as const)('%s', (_about, told, events) => {
  expect(hookEventsOf(told)).toEqual(events);
});
