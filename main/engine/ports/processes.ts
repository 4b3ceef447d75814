import type { StopSignal } from '../../contract/stop-signal.ts';

/**
 * Programs on this computer: run one to its end, start one that outlives us, tell one process from another. Everything
 * that needs a program goes through here; no shell is ever involved.
 */

/** Which process is meant, also after its number was given to another one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the kernel started it, in clock ticks since the computer came up. */
  readonly startTime: number;
  /** The boot that `startTime` counts from. */
  readonly bootId: string;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly signal?: StopSignal;
  /** Per stream: the head and the tail are kept, the middle is left out. 64 KiB when absent. */
  readonly maxOutputBytes?: number;
  /** Hears the standard output as it comes, in pieces of any size. */
  readonly onOutput?: (text: string) => void;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface DetachedProcess {
  readonly identity: ProcessIdentity;
  /** Its end, for as long as we live; never rejects. */
  readonly exited: Promise<ProcessExit>;
}

export interface DetachedOptions {
  /** Receives both output streams; emptied first, mode 0600. */
  readonly logFile: string;
  readonly folder: string;
  /** Name of its own scope where a systemd user manager runs; letters, digits and `-`. */
  readonly unit: string;
  /** Variables of our environment that it gets besides the usual ones. */
  readonly passed?: readonly string[];
}

/** A program of a person's own, run on their behalf. */
export interface ScriptOptions {
  readonly folder: string;
  /** All of its environment but the mark. */
  readonly environment: Readonly<Record<string, string>>;
  /** Written to its standard input, which then ends. */
  readonly input: string;
  /** A variable that it hands down: whatever carries it belongs to this run. The value is never used twice. */
  readonly mark: { readonly name: string; readonly value: string };
  readonly limitMs: number;
  /** Between TERM and KILL; 5 s when absent. */
  readonly graceMs?: number;
  /** Ends it like the limit does. */
  readonly signal?: StopSignal;
  /** Per stream; 1 MiB when absent. */
  readonly maxOutputBytes?: number;
}

export interface ScriptEnd {
  /** Of the script's own process; null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly ended: 'itself' | 'limit' | 'cancelled';
  /** Processes of it that no signal could end. */
  readonly survivors: number;
  readonly durationMs: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ListedProcess {
  readonly identity: ProcessIdentity;
  readonly argv: readonly string[];
}

export interface Processes {
  /** The full path of a program on the search path, or null. */
  find(program: string): Promise<string | null>;
  /**
   * Runs a program to its end and tells how it went; a bad exit code is an answer, not an error. Rejects when it cannot be
   * run (`not-found`), takes too long (`timeout`) or is cancelled; its whole process group is gone then.
   */
  run(program: string, args: readonly string[], options: CommandOptions): Promise<CommandResult>;
  /**
   * Runs a script until everything it started has ended, or ends all of it at the limit: TERM, 5 s later KILL. Comes back
   * within 6 s of the limit whatever the script does. Rejects with `refused` when it cannot be started.
   */
  runScript(program: string, options: ScriptOptions): Promise<ScriptEnd>;
  /** Starts a program in a session of its own, holding nothing of ours. It lives on when we end. */
  spawnDetached(program: string, args: readonly string[], options: DetachedOptions): Promise<DetachedProcess>;
  /** Null when no such process lives. A process that only waits to be collected does not live. */
  identify(pid: number): ProcessIdentity | null;
  isAlive(identity: ProcessIdentity): boolean;
  /** Milliseconds that it has lived. */
  ageMs(identity: ProcessIdentity): number;
  /** Processor time that all its threads together have used so far, milliseconds in steps of 10; null when it is gone. */
  cpuMs(identity: ProcessIdentity): number | null;
  /** The living processes of this account. */
  list(): Promise<readonly ListedProcess[]>;
  /** Reads the identity anew right before: `gone` when the process is not the one that is meant, and nothing is sent. */
  signal(identity: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL'): 'sent' | 'gone';
}
