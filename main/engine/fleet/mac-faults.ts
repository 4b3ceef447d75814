import type { DraftFault } from '../../contract/calls.ts';
import type { MachineConfig } from '../../contract/machine.ts';
import type { MachineProvider } from '../ports/machine-provider.ts';
import type { MachineRegistry } from './machine-registry.ts';

export interface MacPorts {
  readonly registry: MachineRegistry;
  readonly provider: Pick<MachineProvider, 'macOf'>;
}

/**
 * Two network cards with one address take each other's traffic as soon as they share a network. `own` is the id of the
 * machine it belongs to, if it exists.
 */
export function macFaults(
  { provider, registry }: MacPorts,
  { mac }: MachineConfig,
  own: string | null,
): readonly DraftFault[] {
  if (mac === undefined) return [];
  const twin = registry
    .all()
    .find(({ record }) => record.id !== own && provider.macOf({ id: record.id, config: record.config }) === mac);
  if (twin === undefined) return [];
  const hint = 'Leave it out, and it gets one of its own.';
  return [{ field: 'mac', message: `${mac} is the address of the machine ${twin.record.name}.`, hint }];
}
