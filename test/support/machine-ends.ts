import { connectQmp } from '../../main/adapters/qemu/qmp-client.ts';
import type { JournalAction } from '../../main/contract/journal.ts';
import type { MachineState } from '../../main/contract/machine.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { eventually } from './eventually.ts';
import { machineProcessesOf } from './processes-of-home.ts';
import { createRealClock } from './real-clock.ts';

/** A running machine and the ways to it that do not lead through Vigil. */
export interface EndCandidate {
  readonly id: string;
  readonly name: string;
  readonly pid: number;
  readonly engine: SocketConnection;
  /** At the monitor that is there for people. */
  atMonitor(command: string, args?: Record<string, unknown>): Promise<void>;
}

/** One way in which a machine can end, and what Vigil must say of it. */
export interface MachineEnding {
  readonly name: string;
  readonly inflict: (machine: EndCandidate) => Promise<void>;
  readonly state: MachineState;
  readonly action: JournalAction;
  readonly actor: 'engine' | 'user';
  /** Of the journal's details; absent for a stop. */
  readonly end?: string;
  /** Null: nobody is to be told of a crash. */
  readonly crash: string | null;
  /** Words of the crash record while the engine is the parent of the process. */
  readonly word?: string;
}

const writePort = (size: 'b' | 'w', port: string, value: string) => (machine: EndCandidate) =>
  machine.atMonitor('human-monitor-command', { 'command-line': `o /${size} ${port} ${value}` });
const signal = (name: NodeJS.Signals) => async (machine: EndCandidate) => void process.kill(machine.pid, name);

export const machineEndings: readonly MachineEnding[] = [
  {
    name: 'a panic',
    inflict: writePort('b', '0x505', '1'),
    ...{ state: 'failed', action: 'machine.panicked', actor: 'engine', end: 'panicked', crash: 'panicked' },
  },
  {
    name: 'its watchdog',
    inflict: writePort('b', '0x443', '0xf'),
    ...{ state: 'failed', action: 'machine.panicked', actor: 'engine', end: 'watchdog', crash: 'watchdog' },
  },
  {
    name: 'SIGKILL',
    inflict: signal('SIGKILL'),
    ...{ state: 'failed', action: 'machine.ended', actor: 'engine', end: 'killed', crash: 'killed', word: 'SIGKILL' },
  },
  {
    name: 'SIGSEGV',
    inflict: signal('SIGSEGV'),
    ...{ state: 'failed', action: 'machine.ended', actor: 'engine', end: 'killed', crash: 'killed', word: 'SIGSEGV' },
  },
  {
    name: 'SIGTERM',
    inflict: signal('SIGTERM'),
    ...{ state: 'stopped', action: 'machine.ended', actor: 'engine', end: 'host-signal', crash: 'host-signal' },
  },
  {
    name: "a person's quit at its monitor",
    inflict: (machine) => machine.atMonitor('quit'),
    ...{ state: 'stopped', action: 'machine.ended', actor: 'engine', end: 'quit', crash: null },
  },
  {
    name: 'its guest shutting down',
    inflict: async (machine) => {
      // The register lies where the firmware puts it.
      await eventually('the firmware is through', async () =>
        /Booting|bootable/.test((await machine.engine.call('console.read', { machine: machine.id })).text),
      );
      await writePort('w', '0x604', '0x2000')(machine);
    },
    ...{ state: 'stopped', action: 'machine.ended', actor: 'engine', end: 'guest-shutdown', crash: null },
  },
  {
    name: 'a stop by the user',
    inflict: async ({ engine, id }) => void (await engine.call('machine.stop', { machine: id, force: true })),
    ...{ state: 'stopped', action: 'machine.stopped', actor: 'user', crash: null },
  },
];

/** A command at the other monitor of a machine of this home. Its answer may be cut off by the end that it brings about. */
export async function atMonitorOf(
  home: string,
  id: string,
  command: string,
  args?: Record<string, unknown>,
): Promise<void> {
  const process = machineProcessesOf(home).find(({ commandLine }) => commandLine.includes(id));
  const path = /path=([^,]+)/.exec(process?.commandLine.find((part) => part.includes('id=monitor')) ?? '')?.[1];
  if (path === undefined) throw new Error(`No monitor found for ${id}.`);
  const client = await connectQmp({
    ...{ path, generation: 0, clock: createRealClock(), timeoutMs: 5000 },
    ...{ onEvent: () => {}, onClosed: () => {} },
  });
  await client.execute(command, args).catch((error: unknown) => {
    if (client.isOpen) throw error;
  });
  client.close();
}
