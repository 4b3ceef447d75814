import { parentPort } from 'node:worker_threads';
import { watchThreadDelay } from './own-time.ts';

/** A thread that does nothing but look whether it is there: what this computer's other work does to every thread. */
const delay = watchThreadDelay();
parentPort?.once('message', () => {
  parentPort?.postMessage(delay.end());
  parentPort?.close();
});
parentPort?.postMessage('ready');
