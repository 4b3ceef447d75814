import { parentPort, workerData } from 'node:worker_threads';
import { serveMetricsDatabase } from './serve-metrics-database.ts';
import { serveStateDatabase } from './serve-state-database.ts';
import type { WorkerDuty } from './worker-messages.ts';

/** Entry of the threads that own `state.db` and `metrics.db`: the only place where SQL runs. */
if (parentPort === null) throw new Error('this file is a worker thread');
const duty: WorkerDuty = workerData;
if (duty === 'metrics') serveMetricsDatabase(parentPort);
else serveStateDatabase(parentPort);
