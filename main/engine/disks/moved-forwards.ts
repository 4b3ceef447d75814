import type { MachineConfig, PortForward } from '../../contract/machine.ts';
import { type ExaminationPorts, forwardsTaken } from '../fleet/examine-draft.ts';

/** A forward that could not keep its port of this computer; `to` is null where no free one was found. */
export interface MovedPort {
  readonly from: number;
  readonly guest: number;
  readonly to: number | null;
}

/**
 * The forwards of a configuration on ports that are free, as near to the wanted ones as may be: one port of this computer
 * leads to one machine only.
 */
export async function movedForwards(
  ports: Pick<ExaminationPorts, 'registry' | 'provider'>,
  config: MachineConfig,
): Promise<{ readonly forwards: readonly PortForward[]; readonly moved: readonly MovedPort[] }> {
  const taken = forwardsTaken(ports.registry, null);
  const forwards: PortForward[] = [];
  const moved: MovedPort[] = [];
  for (const wanted of config.forwards) {
    const host = await freePort(wanted, forwards);
    if (host !== null) forwards.push({ ...wanted, host });
    if (host !== wanted.host) moved.push({ from: wanted.host, guest: wanted.guest, to: host });
  }
  return { forwards, moved };

  /** The wanted port, or the free one that the examination suggests beside those chosen already. */
  async function freePort(wanted: PortForward, chosen: readonly PortForward[]): Promise<number | null> {
    const index = chosen.length;
    const faults = await ports.provider.examine({ ...config, forwards: [...chosen, wanted] }, null, taken);
    const fault = faults.find(({ field }) => field === `forwards.${index}.host`);
    if (fault === undefined) return wanted.host;
    const suggestion = Number(fault.suggestion);
    return Number.isInteger(suggestion) && suggestion > 0 ? suggestion : null;
  }
}
