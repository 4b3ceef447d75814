import { setImmediate as nextTurn } from 'node:timers/promises';

let last: Promise<void> = Promise.resolve();

/**
 * Resolves in a turn of the event loop that no other who asked has. For what holds everything up while it lasts: to start a
 * program does until the program runs, which on a busy computer takes tens of milliseconds.
 */
export function ownTurn(): Promise<void> {
  last = last.then(() => nextTurn());
  return last;
}
