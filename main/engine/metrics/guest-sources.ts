import { failureOf, VigilError } from '../../contract/failure.ts';
import type { SampleSource } from '../../contract/sample.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Reading } from '../ports/reading.ts';
import type { Ssh, SshTarget } from '../ports/ssh.ts';
import type { ReadingSource } from './collector.ts';
import { type AskGuest, createGuestReader } from './guest-reader.ts';

/** Where a guest answers SSH, or why it did not at its last check. */
export type GuestOverSsh = { readonly target: SshTarget } | { readonly silence: string };

export interface GuestByAgent {
  /** Has a shell in the guest carry out a command. Rejects with `refused` where the agent may not run any. */
  run(command: string, timeoutMs: number): Promise<string>;
  /** How full its disk was when its agent was last looked at; null where it did not say. */
  disk(takenAtMs: number): Reading | null;
}

/** The ways into the guest of a machine. */
export interface MeasuredGuest {
  readonly id: string;
  /** Null when nobody asked to look at it over SSH. */
  readonly guest: GuestOverSsh | null;
  /** Asked where nobody looks at it over SSH; null while no agent answers. */
  readonly agent: GuestByAgent | null;
  /** How its values are labelled. */
  readonly guestSource: SampleSource;
}

export interface GuestSourcePorts {
  readonly clock: Clock;
  readonly ssh: Ssh;
  /** For one reading. */
  timeoutMs(): number;
  /** A guest has said which boot it is in. */
  bootSeen(id: string, bootId: string): void;
}

/** What guests say of themselves: over SSH where somebody looks at them there, else by their agent. */
export interface GuestSources {
  /** Null where there is nobody to ask. */
  of(machine: MeasuredGuest): ReadingSource | null;
  /** Nothing is kept of any other machine. */
  keep(ids: ReadonlySet<string>): void;
}

/** Nobody else can ask an agent meanwhile. */
const agentAtMostMs = 10_000;

export function createGuestSources({ clock, ssh, timeoutMs, bootSeen }: GuestSourcePorts): GuestSources {
  const reader = createGuestReader(clock);
  /** Machines whose agent may run nothing, or finds no shell that we know: it still says how full the disk is. */
  const disksAlone = new Set<string>();

  const read = async (id: string, ask: AskGuest, limitMs: number, signal: StopSignal): Promise<Reading> => {
    const reading = await reader.read(id, ask, limitMs, signal);
    if (reading.epoch !== '') bootSeen(id, reading.epoch);
    return reading;
  };
  const readOverSsh = async (id: string, guest: GuestOverSsh, signal: StopSignal): Promise<Reading> => {
    if ('silence' in guest) {
      reader.forget(id);
      throw new VigilError('unreachable', guest.silence);
    }
    return read(id, async (...asked) => (await ssh.run(guest.target, ...asked)).stdout, timeoutMs(), signal);
  };
  const readByAgent = async (id: string, agent: GuestByAgent, signal: StopSignal): Promise<Reading> => {
    try {
      const reading = await read(id, agent.run, Math.min(timeoutMs(), agentAtMostMs), signal);
      disksAlone.delete(id);
      return reading;
    } catch (error) {
      if (failureOf(error).code !== 'refused') throw error;
      disksAlone.add(id);
      const disk = agent.disk(clock.monotonicNow());
      if (disk === null) throw error;
      return disk;
    }
  };

  return {
    of: ({ id, guest, agent, guestSource: source }) => {
      if (guest !== null) return { machineId: id, source, read: (signal) => readOverSsh(id, guest, signal) };
      if (agent === null || (disksAlone.has(id) && agent.disk(clock.monotonicNow()) === null)) return null;
      return { machineId: id, source, read: (signal) => readByAgent(id, agent, signal) };
    },
    keep: (ids) => {
      for (const id of disksAlone) if (!ids.has(id)) disksAlone.delete(id);
    },
  };
}
