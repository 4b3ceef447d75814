import { CommanderError } from 'commander';
import { type Failure, failureOf } from '../contract/failure.ts';
import type { CliSurroundings } from './cli-context.ts';
import { createCommandRun } from './command-run.ts';
import { plainJson } from './plain-text.ts';
import { printFailure } from './print-failure.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without program and script) to its exit code. Never rejects. */
export async function runCli(argv: readonly string[], around: CliSurroundings): Promise<number> {
  let exitCode = 0;
  const run = createCommandRun(around, (code) => {
    exitCode = code;
  });
  try {
    await createProgram(around, run).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // A bare `vigil` has had its help on standard error already.
    if (error instanceof CommanderError && error.code === 'commander.help') return 2;
    const failure = error instanceof CommanderError ? usageFailure(error) : failureOf(error);
    report(failure, argv, around);
    return failure.code === 'bad-input' ? 2 : 1;
  }
}

/** `error: unknown option '--forec'\n(Did you mean --force?)` */
function usageFailure({ message }: CommanderError): Failure {
  const [told = '', suggestion] = message.replace(/^error: /, '').split('\n');
  // What was too much is not said back: it may be a secret that was meant for the input.
  const sentence = told.replace(/( but got \d+): .*$/, '$1');
  const field = /'(-[^' ]+)/.exec(sentence)?.[1] ?? /argument '([^']+)'/.exec(sentence)?.[1];
  return {
    code: 'bad-input',
    message: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
    ...(field === undefined ? {} : { field }),
    hint: suggestion?.replace(/^\(|\)$/g, '') ?? 'See `vigil help`.',
  };
}

function report(failure: Failure, argv: readonly string[], { terminal }: CliSurroundings): void {
  // Read from the words themselves: the mistake may be what kept the options from being parsed.
  const end = argv.indexOf('--');
  const wantsJson = argv.slice(0, end === -1 ? argv.length : end).includes('--json');
  if (wantsJson) terminal.out(plainJson({ error: failure }));
  else terminal.err(printFailure(failure));
}
