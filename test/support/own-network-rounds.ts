import { LifecycleConfig, type WatchConfig } from '../../main/contract/lifecycle.ts';
import { Settings } from '../../main/contract/settings.ts';
import type { MachineRun, ProvidedMachine, StartContext } from '../../main/engine/ports/machine-provider.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { engineUnderTest } from './engine-under-test.ts';
import {
  FakeProvider,
  fakeRun,
  MemoryLifecycle,
  MemoryMetrics,
  MemorySettings,
  MemoryStore,
  type RecordingEvents,
} from './fake-ports.ts';
import type { SeededRandom } from './seeded-random.ts';
import { type NetworkFault, networkFaults, WatchedWorld, WorldNetwork, WorldSsh } from './watched-world.ts';

/** A fleet of healthy machines elsewhere, and what Vigil does to it while its own network is in trouble. */
export interface NetworkRound {
  readonly fault: NetworkFault;
  readonly lastedMs: number;
  /** Machines that Vigil restarted. */
  readonly restarts: number;
  /** Notifications and notices that a person got. */
  readonly messages: number;
  /** Machines that are not seen as healthy two intervals, and what one check takes, after the network is back. */
  readonly stillSick: number;
}

const second = 1000;
export const intervalMs = 60 * second;

export const addressOf = (index: number): string =>
  index % 10 === 9 ? `m${index}.example` : `10.0.${index % 4}.${index + 1}`;

export interface WatchedFleet {
  readonly test: EngineUnderTest;
  readonly world: WatchedWorld;
}

/** A machine that is started anew answers, whatever was wrong with it. */
class WorldProvider extends FakeProvider {
  readonly #world: WatchedWorld;

  constructor(world: WatchedWorld) {
    super();
    this.#world = world;
  }

  override start(machine: ProvidedMachine, context: StartContext): Promise<MachineRun> {
    this.#world.dead.delete(addressOf(Number(machine.name.slice(1))));
    return super.start(machine, context);
  }
}

/** Days of readings are of no interest here, and would be searched over and over. */
class ForgetfulMetrics extends MemoryMetrics {
  override async append(): Promise<void> {}
}

/** A machine that an earlier life left running, and its name. */
export function layRunningMachine(store: MemoryStore, provider: FakeProvider, index: number): string {
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const name = `m${index}`;
  const run = fakeRun(4000 + index);
  store.machines.set(id, {
    id,
    name,
    provider: 'qemu',
    config: { cpus: 1, memoryMib: 64, diskMib: 16, forwards: [], tags: [] },
    wanted: 'running',
    state: 'running',
    generation: 1,
    runtime: run.runtime,
    notice: null,
    createdAt: '2025-01-01T00:00:00.000Z',
    startedAt: '2025-01-01T00:00:00.000Z',
    stoppedAt: null,
  });
  provider.processes.set(id, run);
  provider.findings.set(id, { kind: 'running', run });
  return name;
}

/** `count` machines that run and are armed. Blinded, the engine is told that its own network and the fleet are well. */
export async function watchedFleet(
  count: number,
  random: SeededRandom,
  options: { readonly isBlind?: boolean; readonly watch?: Partial<WatchConfig> } = {},
): Promise<WatchedFleet> {
  const world = new WatchedWorld(random);
  const provider = new WorldProvider(world);
  const store = new MemoryStore();
  const lifecycle = new MemoryLifecycle();
  const vms: Record<string, unknown> = {};
  for (let index = 0; index < count; index += 1) {
    vms[layRunningMachine(store, provider, index)] = {
      ssh_host: addressOf(index),
      restart_policy: 'on-failure',
      start_allowance_seconds: 0,
      ...options.watch,
    };
  }
  lifecycle.config = LifecycleConfig.parse({ vms });
  // Readings are of no interest here; to take them costs as much as all checks.
  const settings = new MemorySettings();
  settings.reading = { settings: Settings.parse({ collection: { interval_seconds: 300 } }), fault: null };
  const ssh = new WorldSsh(world);
  const test = await engineUnderTest({
    store,
    provider,
    lifecycle,
    settings,
    metrics: new ForgetfulMetrics(),
    ssh,
    network: new WorldNetwork(world, options.isBlind === true),
  });
  ssh.clock = test.clock;
  await test.clock.advance(2 * intervalMs);
  return { test, world };
}

/** One fault of the network that comes, lasts and goes. */
export async function networkRound(
  fleet: WatchedFleet,
  random: SeededRandom,
  longestMs: number,
): Promise<NetworkRound> {
  const { test, world } = fleet;
  const fault = random.pick(networkFaults);
  // As many short ones as long ones.
  const lastedMs = Math.round(10 * second * (longestMs / (10 * second)) ** random.next());
  const share = random.next();
  world.isBehindTunnel = (host) => fleetShare(host) < share;
  const restartsBefore = restartsOf(test);
  // Only what this round brings is of interest, and days of events would fill the memory.
  test.events.seen.length = 0;
  await test.clock.advance(random.below(intervalMs));
  world.fault = fault;
  await test.clock.advance(lastedMs);
  world.fault = null;
  await test.clock.advance(2 * intervalMs + 31 * second);
  const machines = await test.engine.handlers['machine.list']({}, { user: 'dev', face: 'cli' });
  const stillSick = machines.filter(({ health }) => health.status !== 'healthy').length;
  // The doubt must have had its time, or the next round begins inside of it; a restart that comes later is the next round's.
  await test.clock.advance(5 * intervalMs);
  return {
    fault,
    lastedMs,
    restarts: restartsOf(test) - restartsBefore,
    messages: messagesOf(test.events),
    stillSick,
  };
}

/** Whole networks go with a tunnel, never single machines of one. */
function fleetShare(host: string): number {
  const network = host.split('.')[2] ?? '0';
  return (Number.parseInt(network, 10) || 0) / 4;
}

export function restartsOf({ store }: { readonly store: MemoryStore }): number {
  return store.journal.filter(({ action }) => action === 'healing.intended').length;
}

/** What a person was told: notifications, and notices that were not there a moment before. */
export function messagesOf({ seen }: RecordingEvents): number {
  const raised = seen.filter(({ name }) => name === 'notification.raised').length;
  let notices = 0;
  let standing = new Set<string>();
  for (const { name, payload } of seen) {
    if (name !== 'engine.notices-changed' || !Array.isArray(payload)) continue;
    const now = new Set(payload.map((notice: { readonly id: string }) => notice.id));
    for (const id of now) if (!standing.has(id)) notices += 1;
    standing = now;
  }
  return raised + notices;
}
