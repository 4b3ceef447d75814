import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../main/engine/ports/clock.ts';
import type { SampleColumns, StoredSample } from '../../main/engine/ports/metrics-store.ts';
import {
  type AzureAgainstDouble,
  azureAgainstDouble,
  MemoryVault,
  settingsAgainstDouble,
} from './azure-against-double.ts';
import { startAzureDouble } from './azure-double/azure-double.ts';
import type { Fault } from './azure-double/faults.ts';
import { engineUnderTest, someone } from './engine-under-test.ts';
import { MemoryMetrics, MemoryStore } from './fake-ports.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * How much is known of machines to which nothing is done, while the engine dies again and again around orders to another
 * one, and requests of every kind fail. By the real engine, the real adapter and the real libraries against the stand-in.
 */
export interface SampleRounds {
  readonly deaths: number;
  /** Minutes of all machines together that the platform measured and that lie long enough back. */
  readonly expected: number;
  readonly present: number;
  /** Put down more than once. */
  readonly twice: number;
}

interface Options {
  readonly seed: number;
  readonly deaths: number;
  readonly machines: number;
  /** Of all requests. */
  readonly faultShare: number;
  /** An engine that was broken on purpose, for controls. */
  readonly metrics?: MemoryMetrics;
}

const minuteMs = 60_000;
const stepMs = 20_000;
const mostSteps = 90;
/** From one death to the next: this much, and up to as much again. */
const leastLifeMs = 6 * minuteMs;
/** Azure's own delay, a round that fails, and the one after it. */
const settleMs = 20 * minuteMs;
const kinds: readonly Fault[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500 },
  { kind: 'cut' },
];

export async function azureSampleRounds({
  seed,
  deaths,
  machines,
  faultShare,
  metrics,
}: Options): Promise<SampleRounds> {
  const random = seededRandom(seed).next;
  const double = await startAzureDouble();
  const kept = metrics ?? new MemoryMetrics();
  const vault = new MemoryVault();
  const subscription = double.world.addSubscription();
  const ill = subscription.addMachine({ name: 'ill' });
  for (let index = 0; index < machines; index += 1) subscription.addMachine({ name: `well-${index}` });
  const rigs: AzureAgainstDouble[] = [];
  let store = new MemoryStore();
  let from = 0;
  try {
    for (let life = 0; life <= deaths; life += 1) {
      const isFirst = life === 0;
      const rig = await azureAgainstDouble(double, { vault, isSignedIn: isFirst });
      rigs.push(rig);
      const clock = mortal(double.clock);
      const gate = new Gate(kept);
      const engine = await engineUnderTest({
        store,
        settings: settingsAgainstDouble(rig, { subscriptions: [subscription.id] }),
        metrics: gate,
        real: { azure: rig.azure, clock },
      });
      await Promise.resolve(engine.engine.handlers['azure.refresh']({}, someone)).catch(() => undefined);
      if (isFirst) {
        // What lies before the first reading was never ours to know.
        const known = () => kept.samples.filter(({ error }) => error === null).length >= machines;
        for (let step = 0; step < mostSteps && !known(); step += 1) {
          for (let breath = 0; breath < 6; breath += 1) await pause(2);
          double.clock.advance(stepMs);
        }
        from = Math.ceil(double.clock.wallNow() / minuteMs) * minuteMs;
        for (const fault of kinds) {
          double.world.scriptFault(
            ({ segments }) => segments[0]?.toLowerCase() === 'subscriptions' && random() < faultShare / kinds.length,
            fault,
            { times: Number.POSITIVE_INFINITY },
          );
        }
      }
      const isLast = life === deaths;
      const lifeMs = isLast ? settleMs + leastLifeMs : leastLifeMs + random() * leastLifeMs;
      const orderAt = random() * lifeMs;
      for (let passed = 0; passed < lifeMs; passed += stepMs) {
        for (let breath = 0; breath < 6; breath += 1) await pause(2);
        if (!isLast && passed <= orderAt && orderAt < passed + stepMs) {
          Promise.resolve(
            engine.engine.handlers['machine.restart']({ machine: ill.name, force: false }, someone),
          ).catch(() => undefined);
        }
        double.clock.advance(stepMs);
      }
      if (isLast) await engine.engine.stop();
      // It does nothing any more, and nothing that it asked for reaches the disk.
      store = store.copy();
      gate.end();
      clock.stop();
    }
    return count(kept.samples, machines, from, double.clock.wallNow() - settleMs);
  } finally {
    double.world.faults.clear();
    for (const rig of rigs) await rig.close();
    await double.close();
  }

  function count(samples: readonly StoredSample[], most: number, fromMs: number, toMs: number): SampleRounds {
    const named = new Map([...store.azureMachines.values()].map(({ id, vm }) => [id, vm.name]));
    const minutes = new Map<string, Map<number, number>>();
    for (const { machineId, source, atMs, error } of samples) {
      const name = named.get(machineId);
      if (source !== 'azure' || error !== null || name === undefined || name === ill.name) continue;
      if (atMs <= fromMs || atMs > toMs) continue;
      const own = minutes.get(name) ?? new Map<number, number>();
      own.set(atMs, (own.get(atMs) ?? 0) + 1);
      minutes.set(name, own);
    }
    const counts = [...minutes.values()].flatMap((own) => [...own.values()]);
    return {
      deaths,
      expected: most * Math.floor((toMs - fromMs) / minuteMs),
      present: counts.length,
      twice: counts.filter((times) => times > 1).length,
    };
  }
}

/** What is asked of it after its end is never done. */
class Gate extends MemoryMetrics {
  readonly #behind: MemoryMetrics;
  #isOpen = true;

  constructor(behind: MemoryMetrics) {
    super();
    this.#behind = behind;
  }

  end(): void {
    this.#isOpen = false;
  }

  override async append(samples: readonly StoredSample[]): Promise<void> {
    if (this.#isOpen) await this.#behind.append(samples);
  }

  override newest(): Promise<readonly StoredSample[]> {
    return this.#behind.newest();
  }

  override slice(...query: Parameters<MemoryMetrics['slice']>): Promise<SampleColumns> {
    return this.#behind.slice(...query);
  }
}

function mortal(clock: Clock): Clock & { readonly stop: () => void } {
  let isStopped = false;
  return {
    wallNow: () => clock.wallNow(),
    monotonicNow: () => clock.monotonicNow(),
    after: (delayMs, action) => clock.after(delayMs, () => (isStopped ? undefined : action())),
    stop: () => {
      isStopped = true;
    },
  };
}
