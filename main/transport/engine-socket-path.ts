import { createHash } from 'node:crypto';
import path from 'node:path';
import { socketPathLimitBytes } from './socket-folder.ts';

/**
 * Where the engine of a data home listens: `HOME/run/engine.sock`, private with the home itself. A home whose path is too
 * long for a socket gets a folder of its own directly below `/tmp`, where the sticky bit keeps others from renaming it.
 * Clients never compute this: they read it from the engine lock.
 */
export function engineSocketPath(home: string): string {
  const near = path.join(path.resolve(home), 'run', 'engine.sock');
  if (Buffer.byteLength(near) <= socketPathLimitBytes) return near;
  const mark = createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16);
  return `/tmp/vigil-engine-${process.getuid?.() ?? 0}-${mark}/engine.sock`;
}
