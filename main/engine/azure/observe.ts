import type { MachineNotice, WantedState } from '../../contract/machine.ts';
import type { AzurePower, AzureVm } from '../ports/azure.ts';
import type { AzureMachineRecord } from '../ports/azure-records.ts';

/**
 * What becomes of a machine's row when it was read again; the same row when nothing of it changed. Whoever deallocates or
 * starts a machine elsewhere has decided so, and that is what is wanted then; a machine that merely stopped may have
 * fallen, and stays wanted as it was.
 */
export function observe(
  record: AzureMachineRecord,
  vm: AzureVm | null,
  power: AzurePower | null,
  now: string,
): AzureMachineRecord {
  const seen: AzureMachineRecord = {
    ...record,
    vm: vm === null || isSame(record.vm, vm) ? record.vm : vm,
    ...(power === null
      ? {}
      : {
          state: power.state,
          power: power.power,
          provisioning: power.provisioning,
          billed: power.billed,
          wanted: wantedAfter(record, power),
          notice: noticeAfter(record, power, now),
        }),
  };
  return isSame(seen, record) ? record : seen;
}

/** What is wanted of a machine that nobody here has been asked about. */
export function firstWanted(power: AzurePower | null): WantedState {
  return power !== null && ['running', 'starting', 'creating'].includes(power.state) ? 'running' : 'stopped';
}

function wantedAfter({ wanted, state }: AzureMachineRecord, power: AzurePower): WantedState {
  if (power.state === state) return wanted;
  if (power.state === 'deallocating' || power.state === 'deallocated') return 'stopped';
  if (power.state === 'suspended') return 'suspended';
  return power.state === 'running' || power.state === 'starting' ? 'running' : wanted;
}

function noticeAfter({ notice, vm, state }: AzureMachineRecord, power: AzurePower, now: string): MachineNotice | null {
  if (power.provisioningError !== null) {
    const text = `The last change of '${vm.name}' in Azure failed: ${power.provisioningError}.`;
    return notice?.text === text ? notice : { kind: 'failed', severity: 'warning', text, since: now };
  }
  // What was told of the last state is over with it.
  return power.state === state || power.state === 'unknown' ? notice : null;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
