import type { MessagePort } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { failureOf, VigilError } from '../../contract/failure.ts';
import type { SampleColumns, StoredSample } from '../../engine/ports/metrics-store.ts';
import { isDamage } from './damaged-files.ts';
import { createMetricsRows, type MetricsRows } from './metrics-rows.ts';
import { type OpenedMetrics, openMetricsDatabase, replaceDamagedMetrics } from './open-metrics-database.ts';
import { storageFailure } from './storage-failure.ts';
import type { MetricsRequest, Numbered, WorkerMessage } from './worker-messages.ts';

interface Open {
  readonly db: Database;
  readonly rows: MetricsRows;
  readonly home: string;
  readonly migrationsFolder: string;
}

/**
 * The worker's side of the conversation about `metrics.db`, one request after another. A file that proves damaged in use
 * is replaced by an empty one at once, so that the reading at hand is kept.
 */
export function serveMetricsDatabase(port: MessagePort): void {
  let open: Open | null = null;
  let tidying = false;
  const send = (message: WorkerMessage): void => port.postMessage(message);
  /** Columns go over as they lie in memory: nobody here looks at them again. */
  const answer = (id: number, request: MetricsRequest, value: unknown): void => {
    const message: WorkerMessage = { kind: 'answer', id, outcome: { ok: true, value } };
    const isColumns = request.kind === 'history' || request.kind === 'slice';
    const buffer = isColumns ? (value as SampleColumns).atMs.buffer : null;
    port.postMessage(message, buffer instanceof ArrayBuffer ? [buffer] : []);
  };
  const complain = (message: string): void => send({ kind: 'log', level: 'error', message, fields: {} });
  const use = (opened: OpenedMetrics, at: Pick<Open, 'home' | 'migrationsFolder'>, isReplaced = false): void => {
    if (opened.trouble !== null) complain(opened.trouble);
    try {
      open = { ...at, db: opened.db, rows: createMetricsRows(opened.db, complain) };
    } catch (error) {
      opened.db.close();
      if (!isDamage(error) || isReplaced) throw error;
      use(replaceDamagedMetrics({ ...at, now: Date.now() }, error), at, true);
    }
  };
  const append = (rows: MetricsRows, samples: readonly StoredSample[]): void => {
    const late = rows.append(samples);
    if (late > 0)
      complain(`${late} readings came so late that those of their time were removed already; they are left out.`);
    if (tidying) return;
    tidying = true;
    setImmediate(tidy);
  };
  /** After the answer has gone, and between other questions. */
  const tidy = (): void => {
    tidying = false;
    try {
      if (open?.rows.tidy() !== true) return;
      tidying = true;
      setImmediate(tidy);
    } catch (error) {
      // What is not folded lies safe in the ticks; it is tried again after the next one.
      if (isDamage(error)) replace(error);
      else complain(`Readings could not be packed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const close = (): void => {
    const { db } = open ?? {};
    open = null;
    db?.close();
  };

  const doOne = (request: MetricsRequest): unknown => {
    if (request.kind === 'open') {
      const { home, migrationsFolder } = request;
      close();
      use(openMetricsDatabase({ home, migrationsFolder, now: Date.now() }), { home, migrationsFolder });
      return null;
    }
    if (request.kind === 'close') {
      close();
      // The answers sent so far still go out; the thread ends when they have.
      setImmediate(() => port.close());
      return null;
    }
    if (open === null) throw new VigilError('internal', 'The metrics database is not open.');
    const { rows } = open;
    switch (request.kind) {
      case 'append':
        append(rows, request.samples);
        return null;
      case 'newest':
        return rows.newest();
      case 'history':
        return rows.history(request.query);
      case 'gaps':
        return rows.gaps(request.query);
      case 'slice':
        return rows.slice(request.slice);
      case 'roll-ups':
        return rows.rollUps(request.query);
      case 'query':
        return rows.query(request.query);
      case 'remove-old':
        return rows.removeSlice(request.keptFrom, request.mostBytes);
    }
  };
  const replace = (error: unknown): void => {
    if (open === null) throw error;
    const { home, migrationsFolder } = open;
    try {
      close();
    } catch {
      // Whatever it could not write any more is lost with the file.
    }
    use(replaceDamagedMetrics({ home, migrationsFolder, now: Date.now() }, error), { home, migrationsFolder });
  };
  const doOneWhole = (request: MetricsRequest): unknown => {
    try {
      return doOne(request);
    } catch (error) {
      if (!isDamage(error) || request.kind === 'open' || request.kind === 'close') throw error;
      replace(error);
      return doOne(request);
    }
  };

  let home = '';
  port.on('message', ({ id, request }: Numbered<MetricsRequest>) => {
    if (request.kind === 'open') home = request.home;
    try {
      answer(id, request, doOneWhole(request));
    } catch (error) {
      send({ kind: 'answer', id, outcome: { ok: false, error: failureOf(storageFailure(error, home, 'metrics')) } });
    }
  });
}
