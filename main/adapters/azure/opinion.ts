import type { EventData } from '@azure/arm-monitor';
import type { AvailabilityStatus } from '@azure/arm-resourcehealth';
import type { AzureVm } from '../../engine/ports/azure.ts';
import type { AzureActivity, AzureOpinion } from '../../engine/ports/azure-insight.ts';
import type { ArmClients } from './arm-clients.ts';

const mostActivities = 20;
const longestText = 500;
const columns = 'eventTimestamp,operationName,status,caller,category,description,resourceId';

/** The platform's own word about a machine, and what its log has of it. */
export async function readOpinion(
  clients: ArmClients,
  vm: AzureVm,
  sinceMs: number,
  abort: AbortSignal,
): Promise<AzureOpinion> {
  const health = await clients.health({ ...vm, urgent: false, signal: abort });
  const [status, log] = await Promise.all([
    health.availabilityStatuses.getByResource(vm.resourceId.replace(/^\//, ''), { abortSignal: abort }),
    // The log lags and needs a right of its own: the word about the machine counts without it.
    readActivities(clients, vm, sinceMs, false, abort).catch(() => []),
  ]);
  return { ...opinionOf(status), activities: log };
}

/** What the log of Azure has of a machine, newest first, at most a few. */
export async function readActivities(
  clients: ArmClients,
  vm: AzureVm,
  sinceMs: number,
  urgent: boolean,
  abort: AbortSignal,
): Promise<readonly AzureActivity[]> {
  const monitor = await clients.monitor({ ...vm, urgent, signal: abort });
  const filter = `eventTimestamp ge '${new Date(sinceMs).toISOString()}' and resourceUri eq '${vm.resourceId}'`;
  const found: AzureActivity[] = [];
  for await (const event of monitor.activityLogs.list(filter, { select: columns, abortSignal: abort })) {
    const read = activityOf(event);
    if (read !== null) found.push(read);
    if (found.length >= mostActivities) break;
  }
  return found.sort((a, b) => b.at - a.at);
}

/** Pure. Whatever Azure does not say is unknown. */
export function opinionOf({ properties }: Pick<AvailabilityStatus, 'properties'>): Omit<AzureOpinion, 'activities'> {
  const { availabilityState, summary, reasonType, occuredTime, context = '' } = properties ?? {};
  const state = availabilityState?.toLowerCase();
  const reason = reasonType === undefined || reasonType === '' ? null : reasonType;
  const isBySomebody = /customer|user/i.test(context) || /user|customer/i.test(reason ?? '');
  const isByPlatform = /planned|platform|maintenance/i.test(`${context} ${reason ?? ''}`);
  const isWell = state === 'available' || state === undefined || state === 'unknown';
  return {
    state: state === 'available' || state === 'unavailable' || state === 'degraded' ? state : 'unknown',
    summary: (summary ?? '').slice(0, longestText),
    broughtAboutBy: isWell ? null : isBySomebody ? 'somebody' : isByPlatform ? 'platform' : null,
    reason,
    // The library knows the older spelling only: what the newer service says of the moment does not get through it.
    since: occuredTime === undefined || Number.isNaN(occuredTime.getTime()) ? null : occuredTime.getTime(),
  };
}

function activityOf(event: EventData): AzureActivity | null {
  const at = event.eventTimestamp?.getTime();
  const operation = event.operationName?.value;
  if (at === undefined || Number.isNaN(at) || operation === undefined) return null;
  return {
    at,
    operation,
    status: event.status?.value ?? '',
    caller: event.caller ?? null,
    category: event.category?.value ?? '',
    text: (event.description ?? '').slice(0, longestText),
  };
}
