import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file of the worker: built, every chunk and the worker share a folder; unbuilt, Node runs the TypeScript as it is. */
export function workerBesideUs(): string {
  const us = fileURLToPath(import.meta.url);
  return path.join(path.dirname(us), us.endsWith('.ts') ? 'worker.ts' : 'sqlite-worker.cjs');
}
