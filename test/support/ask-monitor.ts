import { connectQmp } from '../../main/adapters/qemu/qmp-client.ts';
import { machineProcessesOf } from './processes-of-home.ts';
import { createRealClock } from './real-clock.ts';

/** One command at the monitor that is there for people, found by the command line of the machine's process. */
export async function askMonitor(
  home: string,
  machineId: string,
  command: string,
  args?: Record<string, unknown>,
): Promise<unknown> {
  const machine = machineProcessesOf(home).find(({ commandLine }) => commandLine.includes(machineId));
  const chardev = machine?.commandLine.find((part) => part.includes('id=monitor'));
  const path = /path=([^,]+)/.exec(chardev ?? '')?.[1];
  if (path === undefined) throw new Error(`No monitor found for ${machineId}.`);
  const client = await connectQmp({
    path,
    generation: 0,
    clock: createRealClock(),
    timeoutMs: 10_000,
    onEvent: () => {},
    onClosed: () => {},
  });
  try {
    return await client.execute(command, args, { timeoutMs: 10_000 });
  } finally {
    client.close();
  }
}
