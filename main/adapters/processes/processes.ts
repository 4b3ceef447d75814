import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Processes } from '../../engine/ports/processes.ts';
import {
  identifyProcess,
  isProcessAlive,
  listProcesses,
  processAgeMs,
  processCpuMs,
  signalProcess,
} from './process-table.ts';
import { runCommand } from './run-command.ts';
import { runScript } from './run-script.ts';
import { spawnDetached } from './spawn-detached.ts';
import { createSystemdScope, type SystemdScope } from './systemd-scope.ts';

/** The processes port on a real computer. */
export function createProcesses(): Processes {
  let scope: Promise<SystemdScope> | null = null;
  const openScope = async () => createSystemdScope(process.env.XDG_RUNTIME_DIR, await findProgram('systemd-run'));
  return {
    find: findProgram,
    run: runCommand,
    runScript,
    spawnDetached: async (program, args, options) => {
      scope ??= openScope();
      return spawnDetached(await scope, program, args, options);
    },
    identify: identifyProcess,
    isAlive: isProcessAlive,
    ageMs: processAgeMs,
    cpuMs: processCpuMs,
    list: listProcesses,
    signal: signalProcess,
  };
}

async function findProgram(program: string): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const candidates = isAbsolute(program) ? [program] : folders.map((folder) => join(folder, program));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      if ((await stat(candidate)).isFile()) return candidate;
    } catch {
      // Not here; the next folder may hold it.
    }
  }
  return null;
}
