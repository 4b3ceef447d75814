import { parentPort } from 'node:worker_threads';
import { serveStateDatabase } from './serve-state-database.ts';

/** Entry of the thread that owns `state.db`: the only place where SQL runs. */
if (parentPort === null) throw new Error('this file is a worker thread');
serveStateDatabase(parentPort);
