import type { MessagePort } from 'node:worker_threads';
import { failureOf } from '../../contract/failure.ts';
import type { Outcome } from '../../contract/outcome.ts';
import { opened, StateDatabase } from './state-database.ts';
import { storageFailure, troubleOf } from './storage-failure.ts';
import type { Numbered, StateRequest, WorkerMessage } from './worker-messages.ts';

type NumberedRequest = Numbered<StateRequest>;
type Single = Exclude<StateRequest, { kind: 'commit' }>;

/**
 * The worker's side of the conversation. Requests are done in the order they came; commits that wait one behind the
 * other share a transaction. An answer leaves only when what it says is durable.
 */
export function serveStateDatabase(port: MessagePort): void {
  let queue: NumberedRequest[] = [];
  let isDraining = false;
  let database: StateDatabase | null = null;
  let home = '';

  const send = (message: WorkerMessage): void => port.postMessage(message);
  const answer = (id: number, outcome: Outcome): void => send({ kind: 'answer', id, outcome });
  const refuse = (id: number, error: unknown): void => {
    if (troubleOf(error) === 'damaged') giveUp(error);
    answer(id, { ok: false, error: failureOf(storageFailure(error, home)) });
  };
  /** Nothing more is written to a file that proved damaged in use: the next thread opens it anew and puts it aside. */
  const giveUp = (error: unknown): void => {
    send({
      kind: 'log',
      level: 'error',
      message: 'the state database proved damaged in use',
      fields: { error: String(error) },
    });
    end();
  };
  const end = (): void => {
    database?.close();
    database = null;
    // The answers sent so far still go out; the thread ends when they have.
    setImmediate(() => port.close());
  };

  const doOne = (request: Single): unknown => {
    switch (request.kind) {
      case 'open': {
        home = request.home;
        database?.close();
        database = null;
        const result = StateDatabase.open(request, (level, message, fields = {}) =>
          send({ kind: 'log', level, message, fields }),
        );
        database = result.database;
        return result.stored;
      }
      case 'read-journal':
        return opened(database).rows.readJournal(request.query);
      case 'verify-journal':
        return opened(database).rows.verifyJournal();
      case 'read-crashes':
        return opened(database).rows.readCrashes(request.machineId, request.limit);
      case 'read-hook-runs':
        return opened(database).rows.readHookRuns(request.query);
      case 'read-hook-run':
        return opened(database).rows.readHookRun(request.id);
      case 'read-episodes':
        return opened(database).rows.readEpisodes(request.query);
      case 'count-episodes':
        return opened(database).rows.countEpisodes(request.sinceMs);
      case 'read-deliveries':
        return opened(database).rows.readDeliveries(request.query);
      case 'backup':
        return opened(database).backup();
      case 'close':
        end();
        return null;
    }
  };

  const drain = (): void => {
    isDraining = false;
    while (queue.length > 0) {
      const commits = leadingCommits(queue);
      if (commits.length > 0) {
        queue = queue.slice(commits.length);
        commitAll(commits);
        continue;
      }
      const [next, ...rest] = queue;
      queue = rest;
      if (next === undefined || next.request.kind === 'commit') continue;
      try {
        answer(next.id, { ok: true, value: doOne(next.request) });
      } catch (error) {
        refuse(next.id, error);
      }
    }
    setImmediate(() => database?.tidy());
  };

  const commitAll = (commits: readonly CommitRequest[]): void => {
    try {
      const outcomes = opened(database).commit(commits.map(({ request }) => request.changes));
      for (const [index, { id }] of commits.entries()) {
        const outcome = outcomes[index];
        if (outcome?.ok === true) answer(id, { ok: true, value: null });
        else refuse(id, outcome?.error);
      }
    } catch (error) {
      for (const { id } of commits) refuse(id, error);
    }
  };

  port.on('message', (message: NumberedRequest) => {
    queue.push(message);
    if (isDraining) return;
    isDraining = true;
    // After every message that is already here, so that commits find each other.
    setImmediate(drain);
  });
}

type CommitRequest = NumberedRequest & { readonly request: { readonly kind: 'commit' } };

function leadingCommits(queue: readonly NumberedRequest[]): readonly CommitRequest[] {
  const end = queue.findIndex(({ request }) => request.kind !== 'commit');
  const leading = end < 0 ? queue : queue.slice(0, end);
  return leading.filter((item): item is CommitRequest => item.request.kind === 'commit');
}
