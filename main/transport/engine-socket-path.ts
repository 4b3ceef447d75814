import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import path from 'node:path';

/**
 * Where the engine of a data home listens: in a folder of its own below the session's runtime folder, else below `/tmp`
 * under our user id. Short, because a socket's path is; clients read it from the engine lock and never work it out.
 */
export function engineSocketPath(home: string, environment: NodeJS.ProcessEnv = process.env): string {
  const owner = process.getuid?.() ?? 0;
  const session = environment.XDG_RUNTIME_DIR;
  const root =
    session !== undefined && isPrivateFolder(session, owner) ? path.join(session, 'vigil') : `/tmp/vigil-${owner}`;
  const mark = createHash('sha256').update(home).digest('hex').slice(0, 8);
  return path.join(root, `${mark}-engine`, 'socket');
}

function isPrivateFolder(folder: string, owner: number): boolean {
  try {
    const found = lstatSync(folder);
    return found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
