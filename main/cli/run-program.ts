import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { VigilError } from '../contract/failure.ts';

/**
 * Runs a program of the user's in this terminal: its streams are ours, and so is its exit code. Ctrl-C is its business; we
 * wait for it either way.
 */
export function runProgram(program: string, args: readonly string[]): Promise<number> {
  const stay = (): void => undefined;
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
  return new Promise<number>((resolve, reject) => {
    const child = spawn(program, args, { shell: false, stdio: 'inherit' });
    const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
    const settle = (): void => {
      for (const signal of signals) process.off(signal, stay);
      process.off('SIGTERM', passOn);
      process.off('SIGHUP', passOn);
    };
    for (const signal of signals) process.on(signal, stay);
    process.on('SIGTERM', passOn);
    process.on('SIGHUP', passOn);
    child.once('error', (cause) => {
      settle();
      reject(
        new VigilError('refused', `The program '${program}' cannot be run: ${cause.message}.`, {
          hint: `Install it, or see that it is on the search path.`,
          cause,
        }),
      );
    });
    child.once('close', (exitCode, signal) => {
      settle();
      resolve(exitCode ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0)));
    });
  });
}
