import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import type { DetachedOptions, DetachedProcess, ProcessExit } from '../../engine/ports/processes.ts';
import { childEnvironment } from './child-environment.ts';
import { identifyProcess } from './process-table.ts';
import type { SystemdScope } from './systemd-scope.ts';

/** `spawnDetached` of the processes port. Rejects with `refused` when the program cannot be started. */
export async function spawnDetached(
  scope: SystemdScope,
  program: string,
  args: readonly string[],
  options: DetachedOptions,
): Promise<DetachedProcess> {
  const [command, commandArgs] = await scope.wrap(program, args, options.unit);
  const log = await openLog(options.logFile);
  try {
    const child = spawn(command, commandArgs, {
      cwd: options.folder,
      // A session of its own: a terminal that closes takes nothing with it.
      detached: true,
      env: childEnvironment(process.env, options.passed),
      shell: false,
      stdio: ['ignore', log.fd, log.fd],
    });
    const exited = exitOf(child);
    await started(child, basename(program));
    child.unref();
    const identity = child.pid === undefined ? null : identifyProcess(child.pid);
    if (identity === null) {
      const exit = await exited;
      throw new VigilError('refused', `${basename(program)} ended at once (${describeExit(exit)}).`);
    }
    return { identity, exited };
  } finally {
    await log.close();
  }
}

/** `exit code 1`, `signal SIGKILL`. */
export function describeExit(exit: ProcessExit): string {
  return exit.signal === null ? `exit code ${exit.exitCode ?? 'unknown'}` : `signal ${exit.signal}`;
}

function started(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(new VigilError('refused', `${name} could not be started: ${cause.message}.`, { cause })),
    );
  });
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

async function openLog(path: string): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW } = constants;
  const log = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, 0o600);
  await log.chmod(0o600);
  return log;
}
