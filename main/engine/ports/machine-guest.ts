import type { GuestAddress, GuestFileSystem } from '../../contract/machine.ts';
import type { ProvidedMachine } from './machine-provider.ts';

/**
 * The guest inside a machine, as far as an agent in it speaks for it. Nothing it says is trusted and nothing here takes
 * longer than some ten seconds: an agent that is silent or lies is "no data", never a fault of the machine.
 */
export interface MachineGuest {
  /**
   * Asks for everything once. Never rejects. Null when it is no moment to ask (its file systems are held, it is being shut
   * down): what was known before still stands. File systems that an earlier life of the engine left held are let go.
   */
  look(machine: ProvidedMachine): Promise<GuestLook | null>;
  /**
   * Writes out what the guest has in its memory and holds every write to its file systems. True when they are held; false
   * when there is no agent or it cannot, and then nothing is held. Never rejects. What is held must be let go by `thaw`; it
   * lets go by itself after `freezeAtMostMs`, and when the engine ends.
   */
  freeze(machine: ProvidedMachine): Promise<boolean>;
  /**
   * Lets the writes go on; right also when nothing is held, and to be called as well after memory that was saved while they
   * were held has been loaded. Rejects (`unreachable`, `timeout`) when the guest does not confirm it; it is then tried again
   * until the machine ends.
   */
  thaw(machine: ProvidedMachine): Promise<void>;
  /** Sets the guest's clock to this computer's, as after a sleep. True when the guest's clock was read back and is right. */
  setTime(machine: ProvidedMachine): Promise<boolean>;
  /**
   * Runs one constant command of ours in the guest and waits for its end; no shell is involved, at most 64 KiB of its
   * output are kept. Rejects with `unreachable` or `timeout`, or with `refused` where the agent may not run commands.
   */
  run(machine: ProvidedMachine, program: string, args: readonly string[], timeoutMs: number): Promise<GuestCommandEnd>;
  /** Asks the guest to restart itself. Comes back when the word was taken, not when it is up again. */
  reboot(machine: ProvidedMachine): Promise<void>;
}

export interface GuestCommandEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** Both streams, as text; untrusted. */
  readonly output: string;
}

export const freezeAtMostMs = 60_000;

export type GuestLook =
  | ({ readonly present: true } & GuestFacts)
  | { readonly present: false /** One sentence. */; readonly reason: string };

/** What the agent said, cleaned and bounded; null or empty where it said nothing that could be read. */
export interface GuestFacts {
  /** `Debian GNU/Linux 12 (bookworm)`. */
  readonly os: string | null;
  readonly hostName: string | null;
  readonly addresses: readonly GuestAddress[];
  readonly fileSystems: readonly GuestFileSystem[];
}
