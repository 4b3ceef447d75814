import { restartCall, snoozeSeconds } from './attention.ts';
import type { Connection } from './connection.ts';
import { VigilError } from './failure.ts';
import type { DesktopNotification } from './notification.ts';

/** What an action is about, as it was when it was shown. */
export type Attended = Pick<DesktopNotification, 'subject' | 'machineId' | 'machine' | 'title' | 'at'>;

/**
 * Does what a person chose about something that needed one, by the calls that every face has. It may be over by then: that
 * is refused in words, and nothing is done. Resolves once it has begun.
 */
export async function attendTo(
  connection: Pick<Connection, 'call'>,
  attended: Attended,
  action: 'restart' | 'snooze',
): Promise<void> {
  const { subject, machineId: machine } = attended;
  await refuseStale(connection, attended);
  if (action === 'snooze') {
    if (subject?.kind !== 'alert') throw new VigilError('refused', 'Only an alert can be snoozed.');
    await connection.call('alert.snooze', { rule: subject.rule, machine, seconds: snoozeSeconds });
    return;
  }
  const found = (await connection.call('machine.get', { machine })).machine;
  const call = restartCall(found);
  if (call === null) throw new VigilError('refused', `'${found.name}' cannot be restarted now.`);
  await connection.call(call, { machine });
}

async function refuseStale(
  connection: Pick<Connection, 'call'>,
  { subject, machineId, machine, title, at }: Attended,
): Promise<void> {
  if (subject?.kind === 'alert') {
    const active = await connection.call('alert.active', {});
    if (active.some(({ id, state }) => id === subject.episode && state === 'firing')) return;
    throw new VigilError('refused', `The alert "${title}" is over already. Nothing was done.`);
  }
  const { notice } = (await connection.call('machine.get', { machine: machineId })).machine;
  if (notice?.since === at) return;
  throw new VigilError('refused', `'${machine}' has been seen to already. Nothing was done.`);
}
