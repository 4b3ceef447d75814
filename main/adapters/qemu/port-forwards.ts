import { VigilError } from '../../contract/failure.ts';
import type { PortForward } from '../../contract/machine.ts';
import type { MachineForwards } from '../../engine/ports/machine-forwards.ts';
import type { ProvidedMachine } from '../../engine/ports/machine-provider.ts';
import type { LiveMachine } from './live-machine.ts';
import type { QemuContext } from './qemu-context.ts';
import { writeRuntimeRecord } from './runtime-record.ts';

/** User networking takes forwards only from the monitor that is made for people, and answers in words. */
export function createPortForwards(qemu: Pick<QemuContext, 'knownLive'>): MachineForwards {
  const liveOf = (machine: ProvidedMachine): LiveMachine => {
    const live = qemu.knownLive(machine.id);
    if (live === null) throw new VigilError('conflict', `${machine.name} does not run.`);
    return live;
  };
  return {
    add: async (machine, { guest, host }) => {
      const live = liveOf(machine);
      const words = await say(live, `hostfwd_add net0 tcp:127.0.0.1:${host}-:${guest}`);
      if (words !== '') {
        throw new VigilError('refused', `Port ${host} of this computer is taken.`, { field: 'host', hint: words });
      }
      return remember(live, [...live.record.hostPorts, host]);
    },
    remove: async (machine, { host }) => {
      const live = liveOf(machine);
      const words = await say(live, `hostfwd_remove net0 tcp:127.0.0.1:${host}`);
      if (!/removed|not found/.test(words)) {
        throw new VigilError('refused', `Port ${host} could not be taken back.`, { field: 'host', hint: words });
      }
      return remember(
        live,
        live.record.hostPorts.filter((port) => port !== host),
      );
    },
  };
}

async function say(live: LiveMachine, line: string): Promise<string> {
  if (live.client === null) throw new VigilError('unreachable', "QEMU's monitor does not answer.");
  const words = await live.client.execute('human-monitor-command', { 'command-line': line });
  return typeof words === 'string' ? words.trim() : '';
}

function remember(live: LiveMachine, hostPorts: readonly PortForward['host'][]): { readonly runtime: string } {
  live.holdPorts(hostPorts);
  return { runtime: writeRuntimeRecord(live.record) };
}
