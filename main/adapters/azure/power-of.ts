import type { MachineState } from '../../contract/machine.ts';
import type { AzurePower } from '../../engine/ports/azure.ts';

/** A status as Azure writes it; every field may be missing. */
export interface RawStatus {
  readonly code?: string | undefined;
  readonly displayStatus?: string | undefined;
  readonly message?: string | undefined;
  readonly time?: Date | string | undefined;
}

/** Azure's words for power, and what becomes of them here; words that come later than this list are unknown. */
const states: Readonly<Record<string, { readonly state: MachineState; readonly billed: boolean }>> = {
  starting: { state: 'starting', billed: true },
  running: { state: 'running', billed: true },
  stopping: { state: 'stopping', billed: true },
  stopped: { state: 'stopped', billed: true },
  deallocating: { state: 'deallocating', billed: false },
  deallocated: { state: 'deallocated', billed: false },
  creating: { state: 'creating', billed: false },
};

/**
 * What the statuses of an instance view say, found by their prefixes and never by their places. Without a word about power
 * the state is unknown, and never down; a failed change says nothing about it either.
 */
export function powerOf(resourceId: string, statuses: readonly RawStatus[], model?: string): AzurePower {
  const power = wordAfter(statuses, 'PowerState/');
  const hibernated = wordAfter(statuses, 'HibernationState/') === 'hibernated';
  const status = statuses.find(({ code }) => startsWith(code, 'ProvisioningState/'));
  const [provisioning, detail] = (status?.code ?? '').split('/').slice(1);
  const meaning = power === null ? undefined : states[power];
  const isFailed = provisioning?.toLowerCase() === 'failed';
  return {
    key: resourceId.toLowerCase(),
    state: stateOf(meaning?.state, hibernated, provisioning ?? model),
    power: hibernated ? 'hibernated' : power,
    provisioning: provisioning ?? model ?? null,
    provisioningError: isFailed ? (detail ?? status?.message ?? status?.displayStatus ?? 'unknown') : null,
    changedAt: momentOf(status?.time),
    billed: meaning?.billed ?? null,
  };
}

function stateOf(power: MachineState | undefined, hibernated: boolean, provisioning: string | undefined): MachineState {
  if (power === 'deallocated' && hibernated) return 'suspended';
  if (power !== undefined) return power;
  return provisioning?.toLowerCase() === 'creating' ? 'creating' : 'unknown';
}

function wordAfter(statuses: readonly RawStatus[], prefix: string): string | null {
  const code = statuses.find((status) => startsWith(status.code, prefix))?.code;
  const word = code?.slice(prefix.length).toLowerCase();
  return word === undefined || word === '' ? null : word;
}

function startsWith(code: string | undefined, prefix: string): boolean {
  return code?.toLowerCase().startsWith(prefix.toLowerCase()) === true;
}

function momentOf(time: Date | string | undefined): number | null {
  if (time === undefined) return null;
  const ms = time instanceof Date ? time.getTime() : Date.parse(time);
  return Number.isNaN(ms) ? null : ms;
}
