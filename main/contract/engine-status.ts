/** What a face may know of the engine it speaks to. */

export type EngineHost = 'app' | 'headless';

/** `vigil lifecycle daemon status --json`. */
export interface Daemon {
  readonly running: boolean;
  /** The engine's own process id. */
  readonly pid: number | null;
  readonly uptimeSeconds: number | null;
  /** Names of the machines under watch. */
  readonly monitored: readonly string[];
  readonly version: string;
  readonly home: string;
  readonly host: EngineHost;
}

/** A thing about the engine itself that a person should know: a broken settings file, a full disk, a fallback. */
export interface EngineNotice {
  readonly id: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly text: string;
  readonly hint: string | null;
  readonly since: string;
}

/** The computer that runs the machines. Sizes in MiB. */
export interface HostDescription {
  readonly cpus: number;
  readonly memoryMib: number;
  /** Free on the file system that holds the data home. */
  readonly diskFreeMib: number;
  /** Promised to machines that run now. */
  readonly promisedCpus: number;
  readonly promisedMemoryMib: number;
  /** Null when QEMU was not found; then `qemuAdvice` names the command that installs it. */
  readonly qemuVersion: string | null;
  readonly qemuAdvice: string | null;
  readonly accelerator: string | null;
  readonly acceleratorReason: string | null;
  readonly capacity: {
    /** Largest that one machine may ask for. */
    readonly maxCpus: number;
    readonly maxMemoryMib: number;
    readonly maxDiskMib: number;
  };
}
