import type { PortForward } from '../../contract/machine.ts';
import type { ProvidedMachine } from './machine-provider.ts';

/** Port forwards of a machine that runs. Its configuration is the engine's business. */
export interface MachineForwards {
  /**
   * Leads one more port to the guest. Resolves with what is to be remembered of the run from now on. Rejects with `refused`
   * (field `host`) when this computer does not give the port.
   */
  add(machine: ProvidedMachine, forward: PortForward): Promise<{ readonly runtime: string }>;
  /** Connections that are open over it stay. Right also when it is gone already. */
  remove(machine: ProvidedMachine, forward: PortForward): Promise<{ readonly runtime: string }>;
}
