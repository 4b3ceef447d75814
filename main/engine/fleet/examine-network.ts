import type { DraftFault } from '../../contract/calls.ts';
import type { MachineConfig } from '../../contract/machine.ts';
import type { MachineProvider } from '../ports/machine-provider.ts';
import type { MachineRegistry } from './machine-registry.ts';

export interface NetworkPorts {
  readonly registry: MachineRegistry;
  readonly provider: Pick<MachineProvider, 'macOf'>;
}

/** What is wrong with the network of a machine. `own` is the id of the machine it belongs to, if it exists. */
export function networkFaults(
  { provider, registry }: NetworkPorts,
  config: MachineConfig,
  own: string | null,
): readonly DraftFault[] {
  const faults: DraftFault[] = [];
  if (config.network === 'bridge' || config.bridge !== undefined) {
    faults.push({
      field: config.network === 'bridge' ? 'network' : 'bridge',
      message: 'Machines cannot be put on a bridge.',
      hint: 'Take the default network and lead ports to the machine.',
      ...(config.network === 'bridge' ? { suggestion: 'default' } : {}),
    });
  }
  const { mac } = config;
  if (mac === undefined) return faults;
  // Two cards with one address take each other's traffic as soon as they share a network.
  const twin = registry
    .all()
    .find(({ record }) => record.id !== own && provider.macOf({ id: record.id, config: record.config }) === mac);
  if (twin === undefined) return faults;
  const hint = 'Leave it out, and it gets one of its own.';
  return [...faults, { field: 'mac', message: `${mac} is the address of the machine ${twin.record.name}.`, hint }];
}
