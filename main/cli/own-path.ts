import path from 'node:path';

/** A file name as it is meant where the command was typed: the engine stands elsewhere. An empty one is for the engine to refuse. */
export function absolutePath<T extends string | undefined>(file: T): T | string {
  return file === undefined || file === '' ? file : path.resolve(file);
}
