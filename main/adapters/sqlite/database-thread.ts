import { Worker } from 'node:worker_threads';
import { errorOf, VigilError } from '../../contract/failure.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { Numbered, WorkerDuty, WorkerMessage } from './worker-messages.ts';

const waitingLimit = 1000;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

const named: Readonly<Record<WorkerDuty, string>> = { state: 'state database', metrics: 'metrics database' };

/**
 * One life of a worker thread that owns one database. `Answers` says what each kind of request is answered with. Every request ends: with its answer, after its time, or when the thread is gone.
 */
export class DatabaseThread<Answers extends object, Request extends { readonly kind: keyof Answers }> {
  readonly #duty: WorkerDuty;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #isAlive = true;
  #crash: unknown = undefined;

  constructor(file: string, duty: WorkerDuty, log: Log) {
    this.#duty = duty;
    // None of our own flags: a debugger or a test runner that started us must not reach into the worker.
    this.#worker = new Worker(file, { execArgv: [], workerData: duty });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end();
        resolve();
      });
    });
    this.#worker.on('error', (error) => {
      this.#crash = error;
      log.write('error', 'sqlite', `the thread of the ${named[duty]} died`, { error });
    });
    this.#worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'log') log.write(message.level, 'sqlite', message.message, message.fields);
      else this.#settle(message);
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Resolves when the thread is gone and its file is free. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  ask<R extends Request>(request: R, timeoutMs: number): Promise<Answers[R['kind']]> {
    return new Promise<unknown>((resolve, reject) => {
      if (!this.#isAlive) {
        reject(this.#gone());
        return;
      }
      if (this.#pending.size >= waitingLimit) {
        reject(new VigilError('refused', 'The disk is too slow: too many changes wait to be written.'));
        return;
      }
      const id = this.#nextId++;
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(
          new VigilError('timeout', `The ${named[this.#duty]} did not answer within ${timeoutMs / 1000} s.`, {
            hint: 'Look at the disk that holds the data home.',
          }),
        );
      }, timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      const message: Numbered<R> = { id, request };
      this.#worker.postMessage(message);
    }) as Promise<Answers[R['kind']]>;
  }

  /** Ends the thread now; what is not answered fails. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
    await this.#ended;
  }

  #settle(message: Extract<WorkerMessage, { kind: 'answer' }>): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    clearTimeout(pending.timer);
    if (message.outcome.ok) pending.resolve(message.outcome.value);
    else pending.reject(errorOf(message.outcome.error));
  }

  #end(): void {
    this.#isAlive = false;
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(this.#gone());
    }
    this.#pending.clear();
  }

  #gone(): VigilError {
    return new VigilError(
      'internal',
      `The thread that owns the ${named[this.#duty]} ended; it is started again at the next use.`,
      {
        cause: this.#crash,
      },
    );
  }
}
