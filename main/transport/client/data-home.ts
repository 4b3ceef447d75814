import { homedir } from 'node:os';
import path from 'node:path';

/** The data home as an absolute path: the flag, else `VIGIL_HOME`, else `~/.vigil`. Empty values count as absent. */
export function resolveDataHome(flag: string | undefined, environment: NodeJS.ProcessEnv): string {
  return path.resolve(flag || environment.VIGIL_HOME || path.join(homedir(), '.vigil'));
}
