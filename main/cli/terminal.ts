/** Where a command speaks: data on standard output, words and progress on standard error. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether standard output may carry colours. */
  readonly hasColour: boolean;
  /** Whether a person watches standard error, so that progress is worth showing. */
  readonly isWatched: boolean;
}

/** The process's own streams. A reader that has gone (`vigil list | head`) is no failure. */
export function createTerminal(environment: NodeJS.ProcessEnv, argv: readonly string[]): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    hasColour: process.stdout.isTTY === true && !environment.NO_COLOR && !argv.includes('--no-color'),
    isWatched: process.stderr.isTTY === true,
  };
}
