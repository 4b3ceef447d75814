import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { VigilError } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { askMonitor } from './ask-monitor.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { eventually } from './eventually.ts';
import { makeWritingGuest } from './guests/writing-guest.ts';
import { createImageToolWitness } from './image-tool-witness.ts';
import { killProcessesOfHome, machineProcessesOf } from './processes-of-home.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

/** What became of many machines that were moved back and forth in time while they wrote to their disks. */
export interface SequencesOutcome {
  /** Images that contradict themselves, in the words of `qemu-img check`. */
  readonly corrupt: string[];
  /** Images with room that belongs to nothing: harmless, and what a killed process may leave. */
  leaking: number;
  /** Calls of the image tool on an image that a process had open. */
  onHeldImages: readonly string[];
  readonly jobsLeft: string[];
  /** Guests that found memory and disk to be of different moments. */
  readonly torn: string[];
  /** Tags in an image that no snapshot speaks of, or the other way round. */
  readonly orphans: string[];
  /** What went wrong that nobody provoked. */
  readonly unexpected: string[];
  toolChanges: number;
  engineKills: number;
  machineKills: number;
  readonly verbs: Map<string, number>;
}

export interface SequencesOptions {
  readonly count: number;
  /** Each sequence draws its own steps from it. */
  readonly seed: number;
  /** Machines at a time. */
  readonly lanes?: number;
  /** The engine to be driven, relative to the project; without it the one that people run, from the build. */
  readonly engine?: string;
}

const diskMib = 16;
const steps = [
  ...['snapshot', 'snapshot', 'snapshot', 'revert', 'revert', 'delete', 'list', 'grow', 'suspend', 'start', 'stop'],
  ...['pause', 'kill-engine', 'kill-engine', 'kill-machine', 'cut-short'],
] as const;
type Step = (typeof steps)[number];

export async function runSnapshotSequences(options: SequencesOptions): Promise<SequencesOutcome> {
  const top = mkdtempSync('/tmp/vb9-');
  const home = path.join(top, 'home');
  mkdirSync(home, { mode: 0o700 });
  const witness = createImageToolWitness(top);
  const searchPath = process.env.PATH;
  process.env.PATH = `${witness.folder}:${searchPath}`;
  const outcome: SequencesOutcome = {
    corrupt: [],
    leaking: 0,
    onHeldImages: [],
    jobsLeft: [],
    torn: [],
    orphans: [],
    unexpected: [],
    toolChanges: 0,
    engineKills: 0,
    machineKills: 0,
    verbs: new Map(),
  };
  const engine = await createKillableEngine(home, options.engine);
  try {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let number = next++; number < options.count; number = next++) {
        const sequence = new Sequence(engine, home, number, seededRandom(options.seed + number), outcome);
        // One that cannot be brought to its end does not take the findings of the others with it.
        await sequence.run().catch((error: unknown) => outcome.unexpected.push(sequence.tell(String(error))));
      }
    };
    await Promise.all(Array.from({ length: options.lanes ?? 3 }, lane));
  } finally {
    process.env.PATH = searchPath;
    await engine.stop();
    await killProcessesOfHome(home);
    outcome.onHeldImages = witness.onHeldImages();
    outcome.toolChanges = witness.changes();
    rmSync(top, { recursive: true, force: true });
  }
  return outcome;
}

interface KillableEngine {
  /** To the engine that lives now; waits for it while there is none. */
  connection(): Promise<SocketConnection>;
  /** SIGKILL, and the next one comes up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

async function createKillableEngine(home: string, script: string | undefined): Promise<KillableEngine> {
  let present: Promise<EngineProcess> = startEngineProcess(home, script);
  await present;
  return {
    connection: async () => (await present).connection,
    kill: () => {
      const before = present;
      present = before.then(async (engine) => {
        await engine.kill();
        return startEngineProcess(home, script);
      });
      return present.then(() => undefined);
    },
    stop: async () => (await present).stop(),
  };
}

/** One machine, from its creation to its end. */
class Sequence {
  readonly #engine: KillableEngine;
  readonly #home: string;
  readonly #name: string;
  readonly #random: SeededRandom;
  readonly #outcome: SequencesOutcome;
  #taken = 0;
  #history: string[] = [];
  /** Why the last call came to nothing. */
  #refusal = 'none';

  constructor(engine: KillableEngine, home: string, number: number, random: SeededRandom, outcome: SequencesOutcome) {
    this.#engine = engine;
    this.#home = home;
    this.#name = `m${number}`;
    this.#random = random;
    this.#outcome = outcome;
  }

  async run(): Promise<void> {
    const made = await this.#create();
    const image = path.join(this.#home, 'machines', made.id, 'disk.qcow2');
    makeWritingGuest(image, diskMib);
    await this.#until('started', () =>
      this.#ended((connection) => connection.call('machine.start', { machine: this.#name })),
    );
    for (let left = 4 + this.#random.below(5); left > 0; left -= 1) {
      await this.#step(this.#random.pick(steps));
      await this.#look();
    }
    await this.#finish(image);
  }

  async #step(step: Step): Promise<void> {
    const { verbs } = this.#outcome;
    verbs.set(step, (verbs.get(step) ?? 0) + 1);
    this.#history.push(step);
    switch (step) {
      case 'kill-engine':
        this.#outcome.engineKills += 1;
        await this.#engine.kill();
        return;
      case 'kill-machine':
        this.#outcome.machineKills += 1;
        this.#killMachine();
        return;
      case 'cut-short': {
        // Something is under way when the engine dies.
        const begun = this.#do(this.#random.pick(['snapshot', 'revert', 'delete', 'suspend', 'start'] as const));
        await pause(this.#random.below(400));
        this.#outcome.engineKills += 1;
        await Promise.all([begun, this.#engine.kill()]);
        return;
      }
      default:
        await this.#do(step);
    }
  }

  /** Whatever it answers: a refusal is an answer too. */
  async #do(verb: Exclude<Step, 'kill-engine' | 'kill-machine' | 'cut-short'>): Promise<void> {
    const machine = this.#name;
    const known = verb === 'revert' || verb === 'delete' ? await this.#snapshots() : [];
    const snapshot = known.length === 0 ? 'none' : this.#random.pick(known);
    await this.#ended<unknown>((connection) => {
      switch (verb) {
        case 'snapshot':
          this.#taken += 1;
          return connection.call('snapshot.take', { machine, name: `s${this.#taken}` });
        case 'revert':
          return connection.call('snapshot.revert', { machine, snapshot, memory: this.#random.below(4) > 0 });
        case 'delete':
          return connection.call('snapshot.delete', { machine, snapshot });
        case 'list':
          return connection.call('snapshot.list', { machine });
        case 'grow':
          return connection.call('disk.grow', {
            machine,
            disk: 'disk0',
            sizeMib: diskMib + 1 + this.#random.below(16),
          });
        case 'suspend':
          return connection.call('machine.suspend', { machine });
        case 'start':
          return connection.call('machine.start', { machine });
        case 'stop':
          return connection.call('machine.stop', { machine, force: true });
        case 'pause':
          return connection.call('machine.pause', { machine });
      }
    });
  }

  /** Null when it was refused, failed or the engine went away meanwhile. */
  async #ended<T>(begin: (connection: SocketConnection) => Promise<T>): Promise<T | null> {
    try {
      const connection = await this.#engine.connection();
      const begun = await begin(connection);
      if (!isOperation(begun)) return begun;
      const ended = await connection.call('operation.wait', { operation: begun.id });
      if (ended.error?.code === 'internal') this.#unexpected(ended.error.message);
      if (ended.state === 'done') return begun;
      this.#refusal = `${ended.state}: ${ended.error?.message}`;
      return null;
    } catch (error) {
      if (!(error instanceof VigilError)) throw error;
      this.#refusal = `${error.code}: ${error.message}`;
      if (error.code === 'internal') this.#unexpected(error.message);
      return null;
    }
  }

  async #until<T>(what: string, attempt: () => Promise<T | null>): Promise<NonNullable<T>> {
    let attempts = 0;
    const counted = () => {
      attempts += 1;
      return attempt();
    };
    try {
      return (await eventually(`${this.#name} ${what}`, counted, 60_000)) as NonNullable<T>;
    } catch (cause) {
      throw new Error(`Not '${what}' after ${attempts} attempts; the last refusal: ${this.#refusal}`, { cause });
    }
  }

  async #machine(): Promise<Machine> {
    return this.#until('is in the list', async () => {
      const machines = await this.#ended((connection) => connection.call('machine.list', {}));
      return machines?.find(({ name }) => name === this.#name) ?? null;
    });
  }

  async #snapshots(): Promise<readonly string[]> {
    const all = await this.#until('has a list', () =>
      this.#ended((connection) => connection.call('snapshot.list', { machine: this.#name })),
    );
    return all.map(({ name }) => name);
  }

  /** A guest that panicked found its memory and its disk to be of two moments. */
  async #look(): Promise<void> {
    const machine = await this.#machine();
    if (machine.notice?.kind !== 'held') return;
    this.#outcome.torn.push(this.tell(machine.notice.text));
    await this.#ended((connection) => connection.call('machine.stop', { machine: this.#name, force: true }));
  }

  /** An engine that dies may have made it and not have come to say so; one that said so must know it from then on. */
  async #create(): Promise<Machine> {
    const isMade = await this.#until('created', async () => {
      const made = await this.#ended((connection) =>
        connection.call('machine.create', { name: this.#name, memoryMib: 16, cpus: 1, diskMib }),
      );
      if (made !== null) return 'told';
      const known = await this.#ended((connection) => connection.call('machine.list', {}));
      return known?.some(({ name, state }) => name === this.#name && state !== 'creating') === true ? 'untold' : null;
    });
    const machines = await this.#until(`told of what was ${isMade}`, () =>
      this.#ended((connection) => connection.call('machine.list', {})),
    );
    const machine = machines.find(({ name }) => name === this.#name);
    if (machine === undefined) throw new Error('It was made, and an engine later it is not there.');
    return machine;
  }

  #killMachine(): void {
    for (const { commandLine, pid } of machineProcessesOf(this.#home)) {
      if (commandLine[commandLine.indexOf('-name') + 1] === `vigil-${this.#name}`) process.kill(pid, 'SIGKILL');
    }
  }

  async #finish(image: string): Promise<void> {
    await this.#rest();
    // Long enough for a guest whose memory and disk do not fit to find out.
    await pause(200);
    await this.#look();
    const machine = await this.#machine();
    if (machine.pid !== undefined) {
      const jobs = await askMonitor(this.#home, machine.id, 'query-jobs');
      if (JSON.stringify(jobs) !== '[]') this.#outcome.jobsLeft.push(this.tell(JSON.stringify(jobs)));
    }
    if (machine.state !== 'suspended') {
      await this.#until('stopped', () =>
        this.#ended((connection) => connection.call('machine.stop', { machine: this.#name, force: true })),
      );
    }
    await this.#tagsFit(image);
    const check = spawnSync('/usr/bin/qemu-img', ['check', image], { encoding: 'utf8' });
    if (check.status === 3) this.#outcome.leaking += 1;
    else if (check.status !== 0) this.#outcome.corrupt.push(this.tell(`${check.stdout}${check.stderr}`));
    await this.#ended((connection) => connection.call('machine.delete', { machine: this.#name, force: true }));
  }

  /** What a killed process left behind is gone when it was tried once more: twice the engine's interval, under load. */
  async #tagsFit(image: string): Promise<void> {
    let last = '';
    try {
      await eventually(
        'the image holds its snapshots and no more',
        async () => {
          const machine = await this.#machine();
          const known = await this.#snapshots();
          const listed = spawnSync('/usr/bin/qemu-img', ['snapshot', '-l', image], { encoding: 'utf8' });
          const tags = [...listed.stdout.matchAll(/vigil-[0-9a-f-]{36}/g)].length;
          last = `${tags} tags, ${known.length} snapshots, ${machine.state}`;
          // The engine may be at work on it at this moment.
          const isRead = listed.status === 0 && machine.operation === null;
          return isRead && tags === known.length + (machine.state === 'suspended' ? 1 : 0);
        },
        60_000,
      );
    } catch {
      this.#outcome.orphans.push(this.tell(last));
    }
  }

  /** Nothing is under way and nothing has still to be settled. */
  async #rest(): Promise<void> {
    let last = '';
    try {
      await this.#until('is at rest', async () => {
        const { notice, operation, state } = await this.#machine();
        last = `${state}, ${operation === null ? 'no operation' : 'an operation'}, ${notice?.text ?? 'no notice'}`;
        const isUnsettled = notice?.text.includes('could not be settled') === true;
        return operation === null && !isUnsettled && !['starting', 'stopping', 'unknown'].includes(state);
      });
    } catch (cause) {
      throw new Error(`It does not come to rest: ${last}.`, { cause });
    }
  }

  #unexpected(message: string): void {
    this.#outcome.unexpected.push(this.tell(message));
  }

  /** A finding, with what led to it. */
  tell(text: string): string {
    return `${this.#name} after ${this.#history.join(', ')}: ${text}`;
  }
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'kind' in value && 'endedAt' in value;
}
