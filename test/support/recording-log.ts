export interface LogLine {
  readonly level: string;
  readonly topic: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** Keeps what is written, for a test to read. Fits the engine's `Log` and transport's. */
export function recordingLog() {
  const lines: LogLine[] = [];
  return {
    lines,
    write: (level: string, topic: string, message: string, fields?: Readonly<Record<string, unknown>>): void => {
      lines.push({ level, topic, message, fields });
    },
  };
}
