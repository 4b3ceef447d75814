import { randomUUID } from 'node:crypto';
import type { AzureSubscription } from './subscription.ts';

/** One line of the activity log. */
export interface ActivityEvent {
  readonly id: string;
  readonly at: number;
  readonly correlationId: string;
  readonly resourceId: string;
  readonly group: string;
  /** Such as `Microsoft.Compute/virtualMachines/start/action`. */
  readonly operation: string;
  readonly status: 'Started' | 'Accepted' | 'Succeeded' | 'Failed';
  readonly level: 'Informational' | 'Warning' | 'Error' | 'Critical';
  readonly category: 'Administrative' | 'ServiceHealth' | 'ResourceHealth';
  readonly caller: string;
  readonly description: string;
}

/** Writes a line; what is left out is what a person's own action looks like. */
export function recordActivity(
  subscription: AzureSubscription,
  event: Pick<ActivityEvent, 'at' | 'resourceId' | 'group' | 'operation' | 'status'> & Partial<ActivityEvent>,
): ActivityEvent {
  const whole: ActivityEvent = {
    id: randomUUID(),
    correlationId: randomUUID(),
    level: event.status === 'Failed' ? 'Error' : 'Informational',
    category: 'Administrative',
    caller: 'dev@example.test',
    description: '',
    ...event,
  };
  subscription.activity.push(whole);
  return whole;
}
