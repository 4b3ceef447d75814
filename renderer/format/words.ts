import type { Machine, MachineProviderKind } from '../../main/contract/machine.ts';
import type { StopRung } from '../../main/contract/operation.ts';

/** The words of the product's closed vocabularies. */

export const providerWords: Readonly<Record<MachineProviderKind, string>> = {
  qemu: 'QEMU',
  azure: 'Azure',
  ssh: 'SSH',
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

/** Where in Azure a machine is and what it is: group, region, size and session. Null for one that is not there. */
export function placeInAzure({ azure, region, size }: Pick<Machine, 'azure' | 'region' | 'size'>): string | null {
  if (azure === undefined) return null;
  const session = azure.session === null ? null : `session ${azure.session}`;
  return [azure.resourceGroup, region, size, session].filter((part) => part !== null).join(' · ');
}
