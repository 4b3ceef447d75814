import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/**
 * Puts a program into a transient scope of its own where a systemd user manager runs: the cgroup of the service that holds
 * the engine would otherwise end its machines, or count their memory against it. The program keeps its pid.
 */
export interface SystemdScope {
  /** The command that runs `program` in its scope; unchanged where there is no user manager. */
  wrap(program: string, args: readonly string[], unit: string): Promise<readonly [string, readonly string[]]>;
}

export function createSystemdScope(runtimeFolder: string | undefined, systemdRun: string | null): SystemdScope {
  let works: Promise<boolean> | null = null;
  const probe = async () => {
    if (runtimeFolder === undefined || systemdRun === null) return false;
    try {
      if (!(await stat(join(runtimeFolder, 'systemd', 'private'))).isSocket()) return false;
      const trial = await runCommand(systemdRun, ['--user', '--scope', '--quiet', '--collect', '--', 'true'], {
        timeoutMs: 3000,
      });
      return trial.exitCode === 0;
    } catch {
      return false;
    }
  };
  return {
    wrap: async (program, args, unit) => {
      works ??= probe();
      if (!(await works) || systemdRun === null) return [program, args];
      return [systemdRun, ['--user', '--scope', '--quiet', '--collect', `--unit=${unit}`, '--', program, ...args]];
    },
  };
}
