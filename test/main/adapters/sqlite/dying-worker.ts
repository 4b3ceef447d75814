import { parentPort } from 'node:worker_threads';
import { serveStateDatabase } from '../../../../main/adapters/sqlite/serve-state-database.ts';

/** The real worker, but the word `die-now` in a request ends the thread before it is looked at. */
if (parentPort === null) throw new Error('this file is a worker thread');
parentPort.on('message', (message) => {
  if (JSON.stringify(message).includes('die-now')) process.exit(1);
});
serveStateDatabase(parentPort);
