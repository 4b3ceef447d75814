import { VigilError } from '../../contract/failure.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { providedMachine } from '../fleet/fleet-context.ts';
import type { MachineProvider, ProvidedMachine } from '../ports/machine-provider.ts';
import type { CheckPorts } from './checks/check.ts';

const never = createStopSource().signal;

/** What checks look through, joined to the machines there are. */
export function createCheckPorts(
  parts: Pick<CheckPorts, 'clock' | 'ssh' | 'probes' | 'runScript' | 'guestValues'> & {
    readonly fleet: Pick<Fleet, 'machine'>;
    readonly provider: Pick<MachineProvider, 'read' | 'guest' | 'console'>;
  },
): CheckPorts {
  const { fleet, provider, ...rest } = parts;
  const machine = (id: string): ProvidedMachine => {
    const found = fleet.machine(id);
    if (found === undefined) throw new VigilError('not-found', 'There is no such machine any more.');
    return providedMachine(found);
  };
  return {
    ...rest,
    findProcess: async (id) => {
      await provider.read(machine(id), rest.clock.monotonicNow());
    },
    askAgent: async (id) => provider.guest.look(machine(id)),
    searchConsole: async (id, text, from) => {
      const { matches } = await provider.console.search(machine(id), { text, from, before: undefined, limit: 1 });
      return matches[0] ?? null;
    },
    consoleEnd: async (id) => {
      const { to } = await provider.console.follow(machine(id), { from: undefined, limit: 1, waitMs: 0 }, never);
      return to;
    },
  };
}
