import type { RawTerminal } from '../../main/cli/raw-terminal.ts';
import { runCli } from '../../main/cli/run-cli.ts';
import type { CliResult } from './cli-process.ts';

/** A command line run inside the test: for long tables, where a process each would cost minutes. Starts no engine. */
export async function runCliHere(home: string, args: readonly string[], input?: string): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(args, {
    terminal: {
      out: (text) => {
        stdout += `${text}\n`;
      },
      err: (text) => {
        stderr += `${text}\n`;
      },
      hasColour: false,
      isWatched: false,
    },
    rawTerminal: input === undefined ? nobodysTerminal : pipeOf(input),
    runProgram: () => Promise.reject(new Error('no program is run here')),
    environment: { VIGIL_HOME: home },
    version: '0.1.0',
    startEngine: () => Promise.reject(new Error('no engine is started here')),
    onInterrupt: () => () => undefined,
  });
  return { exitCode, stdout, stderr };
}

/** The input is a pipe that holds this. */
function pipeOf(input: string): RawTerminal {
  return {
    ...nobodysTerminal,
    open: ({ typed, inputEnded }) => {
      queueMicrotask(() => {
        typed(Buffer.from(input));
        inputEnded();
      });
      return () => undefined;
    },
  };
}

/** Nobody types, and what is written goes nowhere. */
const nobodysTerminal: RawTerminal = {
  isTyped: false,
  size: () => null,
  open: () => () => undefined,
  write: () => Promise.resolve(true),
};
