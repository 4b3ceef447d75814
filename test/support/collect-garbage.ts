import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is garbage now is no growth. Works without a flag on the command line. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('This Node cannot be told to collect its garbage.');
  collect();
}
