import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { CommandOptions, CommandResult } from '../../engine/ports/processes.ts';
import { createCappedOutput } from './capped-output.ts';
import { childEnvironment } from './child-environment.ts';

const defaultOutputBytes = 64 * 1024;
/** How long output may still arrive once the program itself has ended: a child of it can hold the pipe for ever. */
const drainMs = 500;

/** `run` of the processes port. The program gets no input. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const name = basename(program);
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(cancelled(name));
  return new Promise((resolve, reject) => {
    const limit = options.maxOutputBytes ?? defaultOutputBytes;
    const stdout = createCappedOutput(limit);
    const stderr = createCappedOutput(limit);
    // A group of its own, so that whatever it starts can be ended with it.
    const child = spawn(program, args, {
      detached: true,
      env: childEnvironment(process.env),
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let failure: VigilError | null = null;
    let drain: NodeJS.Timeout | undefined;
    const giveUp = (error: VigilError) => {
      failure ??= error;
      killGroup(child);
    };
    const onAbort = () => giveUp(cancelled(name));
    const limitTimer = setTimeout(
      () => giveUp(new VigilError('timeout', `${name} did not end within ${options.timeoutMs / 1000} s.`)),
      options.timeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = () => {
      clearTimeout(limitTimer);
      clearTimeout(drain);
      signal?.removeEventListener('abort', onAbort);
    };

    child.stdout.on('data', (chunk: Buffer) => {
      stdout.add(chunk);
      options.onOutput?.(chunk.toString('latin1'));
    });
    child.stderr.on('data', stderr.add);
    child.once('error', (cause) => {
      settle();
      const missing = 'code' in cause && cause.code === 'ENOENT';
      reject(
        missing
          ? new VigilError('not-found', `${name} is not installed.`, { cause })
          : new VigilError('refused', `${name} could not be started: ${cause.message}.`, { cause }),
      );
    });
    child.once('exit', () => {
      drain = setTimeout(() => {
        killGroup(child);
        child.stdout.destroy();
        child.stderr.destroy();
      }, drainMs);
    });
    child.once('close', (exitCode, endSignal) => {
      settle();
      if (failure !== null) reject(failure);
      else resolve({ exitCode, signal: endSignal, stdout: stdout.text(), stderr: stderr.text() });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.pid <= 1) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

function cancelled(name: string): VigilError {
  return new VigilError('cancelled', `${name} was cancelled.`);
}
