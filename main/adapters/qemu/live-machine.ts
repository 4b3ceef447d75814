import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { MachineEnd, MachineReport } from '../../engine/ports/machine-provider.ts';
import type { ProcessExit, Processes } from '../../engine/ports/processes.ts';
import { isObject } from './json-line-socket.ts';
import { classifyEnd, createEventHistory, eventsAsJson } from './machine-end.ts';
import { connectQmp, type QmpClient, type QmpEvent } from './qmp-client.ts';
import type { RuntimeRecord } from './runtime-record.ts';

/** What one run does, as its monitor says. `panicked` and `watchdog` are held for good. */
export type RunState = 'running' | 'paused' | 'panicked' | 'watchdog';

export interface LiveMachineOptions {
  readonly id: string;
  readonly generation: number;
  readonly record: RuntimeRecord;
  /** Where we are the process's parent. */
  readonly exited: Promise<ProcessExit> | null;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: (report: MachineReport) => void;
  /** Last words of console and QEMU, read when they are needed. */
  readonly readTail: () => Promise<string>;
}

const reconnectMs = [100, 250, 500, 1000, 2000, 5000];
/** Between looks at a process whose monitor closed: soon at first, because it is most likely ending. */
const lookMs = [5, 10, 25, 50, 100, 250, 500, 1000];
const lastWordsMs = 1000;
const reconnectLimitMs = 1500;

/**
 * One run of one machine: its process, the connection to its monitor and what became of it.
 *
 * 1. Nothing is reported before `connect` succeeded once.
 * 2. `ended` is reported once, and never for an end that a stop claimed.
 * 3. After `release` nothing is reported and no timer is left.
 */
export class LiveMachine {
  readonly id: string;
  readonly generation: number;
  #record: RuntimeRecord;
  readonly #options: LiveMachineOptions;
  readonly #history = createEventHistory();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  #client: QmpClient | null = null;
  #state: RunState = 'running';
  #reported: RunState = 'running';
  readonly #signs = new Set<() => void>();
  /** Counts state words from the monitor, so that an answer older than the newest word is not believed. */
  #words = 0;
  #armed = false;
  #claims = 0;
  #claimedEnd = false;
  #released = false;
  #end: Promise<MachineEnd> | null = null;
  #connectionClosed: Promise<void> = Promise.resolve();
  #undoTimer: () => void = () => {};
  /** Keeps reports in order although each may have to read a log first. */
  #reports: Promise<void> = Promise.resolve();

  constructor(options: LiveMachineOptions) {
    this.id = options.id;
    this.generation = options.generation;
    this.#record = options.record;
    this.#options = options;
    void options.exited?.then(() => {
      this.#tellSign();
      void this.#finish();
    });
  }

  get record(): RuntimeRecord {
    return this.#record;
  }

  get state(): RunState {
    return this.#state;
  }

  get client(): QmpClient | null {
    return this.#client?.isOpen === true ? this.#client : null;
  }

  /** Whether this engine started the process, and so hears of its exit from the kernel. */
  get isOurChild(): boolean {
    return this.#options.exited !== null;
  }

  /**
   * True once the kernel has handed us the exit of our own child, which it does when the last of its threads has closed its
   * files: no lock of that process is left. False when it is not our child or nothing is heard within the limit.
   */
  async isReaped(limitMs: number): Promise<boolean> {
    const { clock, exited } = this.#options;
    return exited !== null && (await within(clock, limitMs, exited)) !== null;
  }

  /** Ports of this computer that the process holds from now on. */
  holdPorts(hostPorts: readonly number[]): void {
    this.#record = { ...this.#record, hostPorts };
  }

  isGone(): boolean {
    return !this.#options.processes.isAlive(this.record.identity);
  }

  /**
   * Proves that the process is the machine's own and starts listening to it. Rejects with `not-found` when the process is
   * gone, `conflict` when another machine answers, `timeout` or `unreachable` when none does.
   */
  async connect(timeoutMs: number, signal?: StopSignal): Promise<void> {
    const { clock, processes } = this.#options;
    const deadline = clock.monotonicNow() + timeoutMs;
    const cancel = signal === undefined ? {} : { signal };
    const limits = () => ({ timeoutMs: Math.max(1, deadline - clock.monotonicNow()), ...cancel });
    this.#requireProcess();
    let closed: () => void = () => {};
    const connectionClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let proven = false;
    const client = await connectQmp({
      path: this.record.paths.qmp,
      generation: this.generation,
      clock,
      ...limits(),
      onEvent: (event) => this.#hear(event),
      onClosed: () => {
        closed();
        if (!proven) return;
        this.#tellSign();
        this.#lookAfterClose(0);
      },
    });
    try {
      const answer = await client.execute('query-uuid', undefined, limits());
      if (!isObject(answer) || answer.UUID !== this.id) {
        throw new VigilError('conflict', 'Another machine answers on its control socket.');
      }
      // Read after the answer: a process that took the number meanwhile has another start time.
      if (!processes.isAlive(this.record.identity)) this.#requireProcess();
      const words = this.#words;
      const status = await client.execute('query-status', undefined, limits());
      if (words === this.#words) this.#state = stateOf(status);
    } catch (error) {
      client.close();
      throw error;
    }
    if (this.#released) {
      client.close();
      return;
    }
    this.#client = client;
    this.#connectionClosed = connectionClosed;
    proven = true;
    if (!this.#armed) {
      this.#armed = true;
      // Whether it is held is in the answer of start and reconcile; why it is held for good is not.
      this.#reported = isHeldForGood(this.#state) ? 'running' : this.#state;
    }
    clock.after(0, () => this.#tellState());
    if (!client.isOpen) this.#lookAfterClose(0);
  }

  /** Hears every word of the monitor. The result ends it. */
  listen(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Called when the monitor hung up and when the process exited: it may be gone. The result takes the listener away. */
  onSign(listener: () => void): () => void {
    this.#signs.add(listener);
    return () => {
      this.#signs.delete(listener);
    };
  }

  /** From now on the end of the process is the caller's to tell. */
  claimEnd(): {
    /** It was told. */ settle(): void /** It is to be reported after all, also when it came meanwhile. */;
    giveBack(): void;
  } {
    this.#claims += 1;
    return {
      settle: () => {
        this.#claims -= 1;
        this.#claimedEnd = true;
        this.release();
      },
      giveBack: () => {
        this.#claims -= 1;
        this.#tellState();
        if (this.#end !== null) this.#tellEnd(this.#end);
        else if (this.client === null) this.#lookAfterClose(0);
      },
    };
  }

  release(): void {
    this.#released = true;
    this.#undoTimer();
    this.#client?.close();
  }

  #tellSign(): void {
    for (const listener of [...this.#signs]) listener();
  }

  #requireProcess(): void {
    if (this.isGone()) throw new VigilError('not-found', 'The process is gone.');
  }

  #hear(event: QmpEvent): void {
    this.#history.add(event);
    for (const listener of [...this.#listeners]) listener(event);
    const next = nextState(this.#state, event.name);
    if (next === null) return;
    this.#words += 1;
    this.#state = next;
    this.#tellState();
  }

  #tellState(): void {
    if (!this.#armed || this.#released || this.#claims > 0 || this.#state === this.#reported) return;
    const state = this.#state;
    this.#reported = state;
    const { id, generation } = this;
    this.#queue(async () => {
      if (state === 'running') return { kind: 'resumed', id, generation };
      if (state === 'paused') return { kind: 'paused', id, generation };
      const summary = state === 'panicked' ? 'the guest panicked' : "the guest's watchdog fired";
      return { kind: state, id, generation, end: await this.#evidence({ kind: state, summary }) };
    });
  }

  /** The monitor is gone: either the process is, or the connection was cut and must be made again. */
  #lookAfterClose(look: number): void {
    if (this.#released || this.#end !== null) return;
    if (this.isGone()) {
      void this.#finish();
      return;
    }
    this.#undoTimer();
    this.#undoTimer = this.#options.clock.after(lookMs[Math.min(look, lookMs.length - 1)] ?? 1000, () =>
      this.#lookAfterClose(look + 1),
    );
    if (look === 4) void this.#reconnect(0);
  }

  async #reconnect(attempt: number): Promise<void> {
    if (this.#released || this.#end !== null || this.client !== null) return;
    try {
      await this.connect(reconnectLimitMs);
      if (this.client !== null) this.#undoTimer();
      this.#options.log.write('info', 'qemu', 'Connected to the monitor again', { machine: this.id });
    } catch (error) {
      if (attempt === 0) this.#options.log.write('warn', 'qemu', 'Lost the monitor', { machine: this.id, error });
      const delayMs = reconnectMs[Math.min(attempt, reconnectMs.length - 1)] ?? 5000;
      // Left to run out after a release: it does nothing then.
      this.#options.clock.after(delayMs, () => void this.#reconnect(attempt + 1));
    }
  }

  async #finish(): Promise<void> {
    if (this.#released || this.#end !== null) return;
    const end = this.#describeEnd();
    this.#end = end;
    this.#undoTimer();
    this.#tellEnd(end);
  }

  async #describeEnd(): Promise<MachineEnd> {
    const { clock, exited } = this.#options;
    // The exit may be seen before the monitor's last words were read.
    await within(clock, lastWordsMs, this.#connectionClosed);
    const exit = exited === null ? null : await within(clock, lastWordsMs, exited);
    return this.#evidence(classifyEnd(this.#history.all(), exit));
  }

  #tellEnd(end: Promise<MachineEnd>): void {
    if (!this.#armed || this.#released || this.#claims > 0 || this.#claimedEnd) return;
    this.#claimedEnd = true;
    const { id, generation } = this;
    this.#queue(async () => ({ kind: 'ended', id, generation, end: await end }));
  }

  async #evidence(what: Pick<MachineEnd, 'kind' | 'summary'>): Promise<MachineEnd> {
    const events = eventsAsJson(this.#history.all());
    return { ...what, consoleTail: await this.#options.readTail().catch(() => ''), events };
  }

  #queue(make: () => Promise<MachineReport>): void {
    this.#reports = this.#reports.then(async () => {
      const report = await make();
      if (!this.#released) this.#options.report(report);
    });
    this.#reports.catch((error: unknown) => {
      this.#options.log.write('error', 'qemu', 'A report was lost', { machine: this.id, error });
    });
  }
}

/** What an event makes of a state; null when it says nothing about it. */
export function nextState(state: RunState, event: string): RunState | null {
  switch (event) {
    case 'GUEST_PANICKED':
      return 'panicked';
    case 'WATCHDOG':
      return 'watchdog';
    case 'STOP':
      // It follows a panic and a fired watchdog and must not hide them.
      return isHeldForGood(state) ? null : 'paused';
    case 'RESUME':
      return 'running';
    default:
      return null;
  }
}

function stateOf(answer: unknown): RunState {
  const status = isObject(answer) ? answer.status : undefined;
  if (status === 'guest-panicked') return 'panicked';
  if (status === 'watchdog') return 'watchdog';
  return isObject(answer) && answer.running === true ? 'running' : 'paused';
}

export function isHeldForGood(state: RunState): boolean {
  return state === 'panicked' || state === 'watchdog';
}

function within<T>(clock: Clock, limitMs: number, promise: Promise<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const undo = clock.after(limitMs, () => resolve(null));
    void promise.then((value) => {
      undo();
      resolve(value);
    });
  });
}
