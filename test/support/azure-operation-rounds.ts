import { setTimeout as pause } from 'node:timers/promises';
import type { Azure } from '../../main/engine/ports/azure.ts';
import type { Clock } from '../../main/engine/ports/clock.ts';
import { type AzureAgainstDouble, azureAgainstDouble, settingsAgainstDouble } from './azure-against-double.ts';
import { type AzureDouble, startAzureDouble } from './azure-double/azure-double.ts';
import type { Fault } from './azure-double/faults.ts';
import type { AzureMachine } from './azure-double/machine.ts';
import type { MovableClock } from './azure-double/movable-clock.ts';
import { engineUnderTest, someone } from './engine-under-test.ts';
import { MemoryStore } from './fake-ports.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * Orders to machines of Azure, by the real engine, the real adapter and the real libraries against the stand-in. The engine
 * dies at a moment by chance, also between sending and hearing; requests fail in three of ten; this computer's clock is wrong
 * by up to a quarter of an hour; in some rounds the sign-in is revoked. A second engine goes on from what is on the disk.
 */
export interface AzureRound {
  readonly verb: string;
  /** Moments of the first engine until it died; null: it lived to the end. */
  readonly diedAt: number | null;
  /** What was sent for this decision, as the service counts. */
  readonly received: number;
  readonly accepted: number;
  /** How the operation ended; null: it was never durable. */
  readonly end: string | null;
  readonly faults: readonly string[];
}

export interface AzureRounds {
  readonly rounds: readonly AzureRound[];
  readonly faults: readonly string[];
}

interface Options {
  readonly seed: number;
  readonly rounds: number;
  /** An adapter that was broken on purpose, for controls. */
  readonly through?: (azure: Azure) => Azure;
  /** No engine dies, for controls. */
  readonly isSpared?: boolean;
}

const verbs = [
  { call: 'machine.restart', action: 'restart', before: 'running', after: 'running' },
  { call: 'machine.start', action: 'start', before: 'deallocated', after: 'running' },
  { call: 'machine.stop', action: 'poweroff', before: 'running', after: 'stopped' },
  { call: 'azure.deallocate', action: 'deallocate', before: 'running', after: 'deallocated' },
] as const;

const kinds: readonly Fault[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500 },
  { kind: 'cut' },
];
const faultShare = 0.3;
/** An order has some ten moments of its own; later ones are those of following it. */
const mostMoments = 12;
const stepMs = 20_000;
const manySteps = 15;
/** The longest deadline there is, and some more. */
const mostSteps = 60;

export async function azureOperationRounds({ seed, rounds, through, isSpared = false }: Options): Promise<AzureRounds> {
  const random = seededRandom(seed).next;
  const double = await startAzureDouble();
  const done: AzureRound[] = [];
  try {
    for (let index = 0; index < rounds; index += 1) done.push(await oneRound(double, index, random, isSpared, through));
  } finally {
    await double.close();
  }
  return {
    rounds: done,
    faults: done.flatMap(({ faults }, index) => faults.map((fault) => `round ${index}: ${fault}`)),
  };
}

async function oneRound(
  double: AzureDouble & { readonly clock: MovableClock },
  index: number,
  random: () => number,
  isSpared: boolean,
  through: (azure: Azure) => Azure = (azure) => azure,
): Promise<AzureRound> {
  const verb = verbs[index % verbs.length] ?? verbs[0];
  const subscription = double.world.addSubscription();
  const machine = subscription.addMachine({ name: `vm-${index}`, powerState: verb.before });
  const clockAheadMs = Math.round((random() - 0.5) * 1_800_000);
  const clock = skewed(double.clock, clockAheadMs);
  const first = await azureAgainstDouble(double, { clockAheadMs });
  const later = skewed(double.clock, clockAheadMs);
  const second: AzureAgainstDouble[] = [];
  const death = new Death(isSpared ? Number.POSITIVE_INFINITY : Math.floor(random() * mostMoments));
  const store = new MemoryStore();
  // Its rounds of reading are none of the moments of an order.
  const settings = settingsAgainstDouble(first, { subscriptions: [subscription.id], refresh_seconds: 3600 });
  try {
    const engine = await engineUnderTest({
      settings,
      real: { azure: death.ofAzure(through(first.azure)), clock, store: death.ofStore(store) },
    });
    await engine.engine.handlers['azure.refresh']({}, someone);
    const undo = kinds.map((fault) =>
      double.world.scriptFault(
        ({ segments }) => segments[0] === 'subscriptions' && random() < faultShare / kinds.length,
        fault,
        { times: Number.POSITIVE_INFINITY },
      ),
    );
    const isRevoked = random() < 0.1;
    death.arm(() => store.copy());
    const begun = Promise.resolve(engine.engine.handlers[verb.call]({ machine: machine.name, force: false }, someone));
    const ended = begun.then(({ id }) => engine.engine.handlers['operation.wait']({ operation: id }, someone));
    ended.catch(() => undefined);
    await passTime(double.clock, Promise.race([ended.catch(() => undefined), death.happened]));
    if (death.at === null) await engine.engine.stop();
    clock.stop();
    if (isRevoked) double.login.revoke();
    const left = death.kept ?? store.copy();
    for (const each of undo) each();
    const operation = [...left.operations.values()].find(({ machine: name }) => name === machine.name);
    let outcome = operation?.state ?? null;
    if (operation?.state === 'running') {
      const next = await azureAgainstDouble(double, { clockAheadMs, vault: first.vault, isSignedIn: false });
      second.push(next);
      const heir = await engineUnderTest({ settings, store: left, real: { azure: through(next.azure), clock: later } });
      const over = Promise.resolve(heir.engine.handlers['operation.wait']({ operation: operation.id }, someone));
      await passTime(double.clock, over);
      outcome = (await Promise.race([over, null]))?.state ?? 'running';
      await heir.engine.stop();
    }
    const opened = first.opened.length + second.reduce((sum, each) => sum + each.opened.length, 0);
    const faults = judge({ machine, action: verb.action, outcome, left, opened });
    const received = machine.actions.filter(({ action }) => action.toLowerCase() === verb.action).length;
    const accepted = machine.actions.filter(({ operationId }) => operationId !== null).length;
    return { verb: verb.action, diedAt: death.at, received, accepted, end: outcome, faults };
  } finally {
    clock.stop();
    later.stop();
    double.world.faults.clear();
    await first.close();
    for (const each of second) await each.close();
  }
}

function judge({
  machine,
  action,
  outcome,
  left,
  opened,
}: {
  readonly machine: AzureMachine;
  readonly action: string;
  readonly outcome: string | null;
  readonly left: MemoryStore;
  readonly opened: number;
}): string[] {
  const faults: string[] = [];
  const received = machine.actions.length;
  if (received > 1) faults.push(`${action} was sent ${received} times for one decision`);
  if (outcome === null && received > 0) faults.push(`${action} was sent, and nothing of it is on the disk`);
  if (outcome === 'running') faults.push(`the outcome of ${action} was never recorded`);
  if (outcome === 'done' && received === 0) faults.push(`${action} is said to be done, and was never sent`);
  if (outcome !== null && outcome !== 'running') {
    if (left.azureWorks.size > 0) faults.push('an order is left that nobody works on');
    const told = left.journal.some(
      ({ machine: name, action: said }) => name === machine.name && said !== 'machine.adopted',
    );
    if (!told) faults.push(`the journal says nothing of the ${action}`);
  }
  if (opened !== 1) faults.push(`${opened} pages were opened`);
  return faults;
}

/** Lets time go on until it is over, and between two steps what is on the wire arrive. */
async function passTime(clock: MovableClock, over: Promise<unknown>): Promise<void> {
  let isOver = false;
  const note = (): void => {
    isOver = true;
  };
  over.then(note, note);
  for (let step = 0; step < mostSteps && !isOver; step += 1) {
    for (let breath = 0; breath < 4 && !isOver; breath += 1) await pause(2);
    // Whatever takes longer than some minutes waits for its deadline.
    if (!isOver) clock.advance(step < manySteps ? stepMs : manySteps * stepMs);
  }
}

/** A clock that is wrong by so much, and can be stopped for good: an engine that is dead does nothing any more. */
function skewed(clock: Clock, aheadMs: number): Clock & { readonly stop: () => void } {
  const waiting = new Set<() => void>();
  let isStopped = false;
  return {
    wallNow: () => clock.wallNow() + aheadMs,
    monotonicNow: () => clock.monotonicNow(),
    after: (delayMs, action) => {
      if (isStopped) return () => undefined;
      const leave = (): void => {
        undo();
        waiting.delete(leave);
      };
      const undo = clock.after(delayMs, () => {
        waiting.delete(leave);
        action();
      });
      waiting.add(leave);
      return leave;
    },
    stop: () => {
      isStopped = true;
      for (const leave of [...waiting]) leave();
    },
  };
}

/** The end of an engine between two of its steps: from then on nothing that it asked for is ever answered. */
class Death {
  readonly happened: Promise<void>;
  at: number | null = null;
  kept: MemoryStore | null = null;
  readonly #moment: number;
  #copy: (() => MemoryStore) | null = null;
  #passed = 0;
  #tell: () => void = () => undefined;

  constructor(moment: number) {
    this.#moment = moment;
    this.happened = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  arm(copy: () => MemoryStore): void {
    this.#copy = copy;
  }

  ofStore(store: MemoryStore): MemoryStore {
    const commit = store.commit.bind(store);
    store.commit = async (changes) => {
      await this.#pass();
      await commit(changes);
      await this.#pass();
    };
    return store;
  }

  ofAzure(azure: Azure): Azure {
    const around =
      <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        await this.#pass();
        const answer = await call(...args);
        await this.#pass();
        return answer;
      };
    return { ...azure, send: around(azure.send), follow: around(azure.follow), look: around(azure.look) };
  }

  async #pass(): Promise<void> {
    if (this.#copy === null) return;
    if (this.at === null) {
      this.#passed += 1;
      if (this.#passed <= this.#moment) return;
      this.at = this.#passed;
      this.kept = this.#copy();
      this.#tell();
    }
    await new Promise(() => undefined);
  }
}
