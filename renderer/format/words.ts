import type { HealthStatus, MachineProviderKind } from '../../main/contract/machine.ts';
import type { OperationKind, StopRung } from '../../main/contract/operation.ts';

/** The words of the product's closed vocabularies. */

export const healthWords: Readonly<Record<HealthStatus, string>> = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  unhealthy: 'Unhealthy',
  unknown: 'Unknown',
  'not-applicable': 'Not watched',
};

export const providerWords: Readonly<Record<MachineProviderKind, string>> = {
  qemu: 'QEMU',
  azure: 'Azure',
  ssh: 'SSH',
};

/** What an operation is doing: `Stopping`. */
export const doingWords: Readonly<Record<OperationKind, string>> = {
  create: 'Creating',
  start: 'Starting',
  stop: 'Stopping',
  restart: 'Restarting',
  delete: 'Deleting',
};

/** What an operation is: `The stop of build-vm`. */
export const operationNouns: Readonly<Record<OperationKind, string>> = {
  create: 'creation',
  start: 'start',
  stop: 'stop',
  restart: 'restart',
  delete: 'deletion',
};

export const rungWords: Readonly<Record<StopRung, string>> = {
  agent: 'by the guest agent',
  acpi: 'by its power button (ACPI)',
  quit: 'through its monitor (quit)',
  term: 'by a TERM signal',
  kill: 'by a KILL signal',
  ended: 'it had ended already',
};

const acceleratorNames: Readonly<Record<string, string>> = { kvm: 'KVM', hvf: 'HVF', tcg: 'TCG', whpx: 'WHPX' };

export function acceleratorName(accelerator: string): string {
  return acceleratorNames[accelerator] ?? accelerator;
}
