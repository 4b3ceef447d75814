/** Diagnostic lines for whoever looks after Vigil. What a user should know belongs in the journal instead. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogFields {
  /** Id of the machine the line is about. */
  readonly machine?: string;
  readonly error?: unknown;
  readonly [key: string]: unknown;
}

export interface Log {
  /** `topic` is the folder that speaks (`fleet`, `qemu`, `sqlite`). Never throws, never waits. */
  write(level: LogLevel, topic: string, message: string, fields?: LogFields): void;
}
