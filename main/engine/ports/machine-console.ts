import type { ConsoleMatches, ConsoleOutput, Screenshot } from '../../contract/console.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { ProvidedMachine } from './machine-provider.ts';

/**
 * What a person sees and types at a machine: its serial console and its screen. The log is kept by the hypervisor itself,
 * so that nothing is lost while no engine runs; every watcher is fed from it and keeps its own place in it, which is why a
 * slow one holds up nobody.
 */
export interface MachineConsole {
  /**
   * What was printed after `from`, or the log's last `limit` bytes. Waits up to `waitMs` for something to come, for the
   * machine to start or end; an abort of `signal` ends the wait with what there is.
   */
  follow(machine: ProvidedMachine, ask: FollowRequest, signal: StopSignal): Promise<ConsoleOutput>;
  /**
   * Types. Resolves when the hypervisor has taken the bytes. Rejects with `conflict` when the machine does not run, with
   * `refused` when what was typed before has not been read yet.
   */
  write(machine: ProvidedMachine, base64: string): Promise<void>;
  search(machine: ProvidedMachine, query: ConsoleQuery): Promise<ConsoleMatches>;
  /** Forgets the oldest part of a log that has become too long, also while it is being written. */
  trim(machine: ProvidedMachine): Promise<void>;
  /** A picture of the screen as it is now; also kept. Rejects with `conflict` when the machine does not run. */
  takePicture(machine: ProvidedMachine): Promise<Picture>;
  /** The picture that was taken last; rejects with `not-found` when there is none. */
  keptPicture(machine: ProvidedMachine): Promise<Picture>;
}

export interface FollowRequest {
  readonly from: number | undefined;
  readonly limit: number;
  readonly waitMs: number;
}

export interface ConsoleQuery {
  readonly text: string;
  /** Only what was printed after this offset, or in the present run; lines are then counted from there. */
  readonly from?: number | 'run';
  /** Only lines that begin before this offset. */
  readonly before: number | undefined;
  readonly limit: number;
}

export type Picture = Omit<Screenshot, 'machine' | 'at' | 'path'> & {
  readonly at: string;
  readonly path: string;
};
