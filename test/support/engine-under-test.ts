import type { CallContext } from '../../main/contract/calls.ts';
import type { MachineDraftInput } from '../../main/contract/machine.ts';
import { MachineDraft } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';
import { type Engine, type EnginePorts, startEngine } from '../../main/engine/engine.ts';
import type { Host } from '../../main/engine/ports/host.ts';
import type { Identifiers } from '../../main/engine/ports/identifiers.ts';
import { FakeAzure } from './fake-azure.ts';
import {
  countingIdentifiers,
  FakeChannels,
  FakeClanFolder,
  FakeHookScripts,
  FakeNetwork,
  FakeProbes,
  FakeProvider,
  FakeSsh,
  fakeHost,
  MemoryAlertRules,
  MemoryDefinitions,
  MemoryLifecycle,
  MemoryMetrics,
  MemorySettings,
  MemoryStore,
  RecordingEvents,
  RecordingLog,
  RecordingNotifier,
} from './fake-ports.ts';
import { ManualClock } from './manual-clock.ts';
import { memorySecrets } from './memory-secrets.ts';

export const someone: CallContext = { user: 'dev', face: 'cli' };

/** The real engine on ports in memory and a clock that moves when told. */
export interface EngineUnderTest {
  readonly engine: Engine;
  readonly store: MemoryStore;
  readonly provider: FakeProvider;
  readonly azure: FakeAzure;
  readonly definitions: MemoryDefinitions;
  readonly settings: MemorySettings;
  readonly lifecycle: MemoryLifecycle;
  readonly alertRules: MemoryAlertRules;
  readonly metrics: MemoryMetrics;
  readonly ssh: FakeSsh;
  readonly network: FakeNetwork;
  readonly probes: FakeProbes;
  readonly clanFolder: FakeClanFolder;
  readonly hookScripts: FakeHookScripts;
  readonly hookLog: RecordingLog;
  readonly events: RecordingEvents;
  readonly log: RecordingLog;
  readonly notifier: RecordingNotifier;
  readonly channels: FakeChannels;
  readonly clock: ManualClock;
  readonly identifiers: Identifiers;
  create(draft: MachineDraftInput): Promise<Operation>;
  /** Begins a verb and waits for its end. */
  ended(begun: Promise<Operation> | Operation): Promise<Operation>;
  /** Actions of the journal, oldest first. */
  actions(): string[];
}

export interface Parts {
  readonly store?: MemoryStore;
  readonly provider?: FakeProvider;
  readonly azure?: FakeAzure;
  readonly settings?: MemorySettings;
  readonly definitions?: MemoryDefinitions;
  readonly lifecycle?: MemoryLifecycle;
  readonly alertRules?: MemoryAlertRules;
  readonly metrics?: MemoryMetrics;
  readonly identifiers?: Identifiers;
  readonly host?: Host;
  readonly ssh?: FakeSsh;
  readonly network?: FakeNetwork;
  readonly hookScripts?: FakeHookScripts;
  /** Wall-clock milliseconds. */
  readonly startAt?: number;
  /** Ports of the real world, in the place of those in memory. */
  readonly real?: Partial<EnginePorts>;
}

export async function engineUnderTest(parts: Parts = {}): Promise<EngineUnderTest> {
  const store = parts.store ?? new MemoryStore();
  const provider = parts.provider ?? new FakeProvider();
  const definitions = parts.definitions ?? new MemoryDefinitions();
  const azure = parts.azure ?? new FakeAzure();
  const settings = parts.settings ?? new MemorySettings();
  const lifecycle = parts.lifecycle ?? new MemoryLifecycle();
  const identifiers = parts.identifiers ?? countingIdentifiers();
  const alertRules = parts.alertRules ?? new MemoryAlertRules();
  const metrics = parts.metrics ?? new MemoryMetrics();
  const ssh = parts.ssh ?? new FakeSsh();
  const network = parts.network ?? new FakeNetwork();
  const probes = new FakeProbes();
  const clanFolder = new FakeClanFolder();
  const hookScripts = parts.hookScripts ?? new FakeHookScripts();
  const hookLog = new RecordingLog();
  const events = new RecordingEvents();
  const log = new RecordingLog();
  const notifier = new RecordingNotifier();
  const channels = new FakeChannels();
  const clock = new ManualClock(parts.startAt === undefined ? undefined : new Date(parts.startAt).toISOString());
  const engine = await startEngine(
    {
      store,
      provider,
      azure,
      definitions,
      settingsFile: settings,
      lifecycleFile: lifecycle,
      alertRulesFile: alertRules,
      metricsStore: metrics,
      ssh,
      network,
      probes,
      clanFolder,
      azlinFolder: { read: async (folder) => ({ file: `${folder}/lifecycle-config.toml`, machines: [], faults: [] }) },
      hookScripts,
      hookLog,
      events,
      log,
      notifier,
      channels,
      secrets: memorySecrets(),
      telemetry: { mostMeasures: 500, send: async () => ({ kind: 'delivered', receipt: '' }) },
      clock,
      host: parts.host ?? fakeHost,
      identifiers,
      ...parts.real,
    },
    { home: '/home/.vigil', host: 'headless', version: '0.0.0', pid: 7, shutdownRequested: () => {} },
  );
  const ended = async (begun: Promise<Operation> | Operation): Promise<Operation> =>
    engine.handlers['operation.wait']({ operation: (await begun).id }, someone);
  return {
    engine,
    store,
    provider,
    azure,
    definitions,
    settings,
    lifecycle,
    alertRules,
    metrics,
    ssh,
    network,
    probes,
    clanFolder,
    hookScripts,
    hookLog,
    events,
    log,
    notifier,
    channels,
    clock,
    identifiers,
    ended,
    create: (draft) => ended(engine.handlers['machine.create'](MachineDraft.parse(draft), someone)),
    actions: () => store.journal.map((entry) => entry.action),
  };
}
