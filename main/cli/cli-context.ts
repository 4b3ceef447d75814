import type { StartedEngine } from '../transport/client/engine-client.ts';
import type { SocketConnection } from '../transport/client/socket-connection.ts';
import type { RawTerminal } from './raw-terminal.ts';
import type { Terminal } from './terminal.ts';

/** What a command needs from the process it runs in. */
export interface CliSurroundings {
  readonly terminal: Terminal;
  readonly rawTerminal: RawTerminal;
  readonly environment: NodeJS.ProcessEnv;
  readonly version: string;
  /** Starts a headless engine for a data home. */
  startEngine(home: string): Promise<StartedEngine>;
  /** Runs a program of the user's in this terminal, to its exit code. Rejects with `refused` when there is none. */
  runProgram(program: string, args: readonly string[]): Promise<number>;
  /** Tells each Ctrl-C; while anyone listens it does not end the process. The result ends it. */
  onInterrupt(listener: () => void): () => void;
}

/** One run of a command: global options read, the engine not yet spoken to. */
export interface CliContext extends CliSurroundings {
  readonly home: string;
  readonly json: boolean;
  /** `--timeout`: for stop and restart the ACPI rung, elsewhere a limit for the whole call. */
  readonly timeoutSeconds: number | undefined;
  readonly autostart: boolean;
  /** Connects, starting an engine if that is needed and wanted. The same connection each time. */
  engine(options?: EngineOptions): Promise<SocketConnection>;
}

export interface EngineOptions {
  /** Never start one for this command. */
  readonly onlyRunning?: boolean;
  /** The command takes `--timeout` for itself. */
  readonly ownTimeout?: boolean;
}
