import { createHash } from 'node:crypto';
import { rollUpColumns } from '../../main/adapters/sqlite/roll-up-columns.ts';
import { bucketMs, bucketStart, rollUpSamples } from '../../main/adapters/sqlite/roll-up-entry.ts';
import { RollUpTable } from '../../main/adapters/sqlite/roll-up-table.ts';
import { columnsOf, wholeStretch } from '../../main/adapters/sqlite/sample-stretch.ts';
import { SampleTable } from '../../main/adapters/sqlite/sample-table.ts';
import {
  type AlertChannel,
  AlertRule,
  type AlertRuleInput,
  AlertRules,
  NotificationConfig,
} from '../../main/contract/alert-rule.ts';
import type { AlertText, AlertTextFault } from '../../main/contract/alert-text.ts';
import type { DraftFault } from '../../main/contract/calls.ts';
import type { ConsoleMatches, ConsoleOutput } from '../../main/contract/console.ts';
import type { CrashRecord } from '../../main/contract/crash-record.ts';
import type { EventName, EventSink, Events } from '../../main/contract/events.ts';
import { VigilError } from '../../main/contract/failure.ts';
import type { HookEvent, HookRun } from '../../main/contract/hook.ts';
import type { JournalEntry, JournalVerification } from '../../main/contract/journal.ts';
import { LifecycleConfig, patchedWatch, WatchConfig, type WatchPatch } from '../../main/contract/lifecycle.ts';
import type { MachineConfig } from '../../main/contract/machine.ts';
import type { DesktopNotification } from '../../main/contract/notification.ts';
import type { Operation, StopRung } from '../../main/contract/operation.ts';
import { Settings, type SettingsPatch } from '../../main/contract/settings.ts';
import type {
  AlertHoldRecord,
  AlertMuteRecord,
  EpisodeCount,
  EpisodeRecord,
} from '../../main/engine/ports/alert-records.ts';
import type { AlertRulesFile, AlertRulesReading, ChannelChange } from '../../main/engine/ports/alert-rules-file.ts';
import type { AzureMachineRecord, AzureWorkRecord } from '../../main/engine/ports/azure-records.ts';
import type { ChannelMessage, Channels, ChannelTarget, SendOutcome } from '../../main/engine/ports/channels.ts';
import type { ClanFolder, ClanReading } from '../../main/engine/ports/clan-folder.ts';
import type { DeliveryQuery, DeliveryRecord, OpenConversation } from '../../main/engine/ports/delivery-records.ts';
import type { DesktopNotifier } from '../../main/engine/ports/desktop-notifier.ts';
import type {
  HookRequest,
  HookRunEnd,
  HookScripts,
  ReadScript,
  ScriptExamination,
} from '../../main/engine/ports/hook-scripts.ts';
import type { Host } from '../../main/engine/ports/host.ts';
import type { Identifiers } from '../../main/engine/ports/identifiers.ts';
import type { LifecycleFile, LifecycleReading } from '../../main/engine/ports/lifecycle-file.ts';
import type { Log, LogLevel } from '../../main/engine/ports/log.ts';
import type { ConsoleQuery, FollowRequest, MachineConsole, Picture } from '../../main/engine/ports/machine-console.ts';
import type {
  DefinitionReading,
  MachineDefinition,
  MachineDefinitions,
} from '../../main/engine/ports/machine-definitions.ts';
import type { MachineForwards } from '../../main/engine/ports/machine-forwards.ts';
import type { GuestCommandEnd, GuestLook, MachineGuest } from '../../main/engine/ports/machine-guest.ts';
import type {
  Finding,
  MachineProvider,
  MachineReport,
  MachineRun,
  ProvidedMachine,
  StartContext,
  StopOptions,
  Stray,
  WorkContext,
} from '../../main/engine/ports/machine-provider.ts';
import type {
  HistoryQuery,
  KeptFrom,
  MetricsStore,
  QueryResult,
  ReadingsQuery,
  RollUpQuery,
  SampleColumns,
  SampleSlice,
  StoredGap,
  StoredRollUps,
  StoredSample,
} from '../../main/engine/ports/metrics-store.ts';
import type { Network, NetworkDescription } from '../../main/engine/ports/network.ts';
import type { HttpAnswer, KnockAnswer, ProbeAnswer, ProbeFinding, Probes } from '../../main/engine/ports/probes.ts';
import type { ScriptEnd } from '../../main/engine/ports/processes.ts';
import type { Reading } from '../../main/engine/ports/reading.ts';
import type { SettingsFile, SettingsReading } from '../../main/engine/ports/settings-file.ts';
import type { Ssh, SshCheck, SshFinding, SshOutput, SshTarget } from '../../main/engine/ports/ssh.ts';
import type {
  EpisodeQuery,
  HealingPauseRecord,
  HealingRecord,
  HookApproval,
  HookRunQuery,
  HostRecord,
  MachineRecord,
  SnapshotRecord,
  StateChange,
  StateStore,
  StoredState,
} from '../../main/engine/ports/state-store.ts';
import { FakeDisks } from './fake-disks.ts';
import { FakeSnapshots } from './fake-snapshots.ts';

/** Ports in memory, for engine tests: what happened is plain to see, and each can be told to fail. */

export class MemoryStore implements StateStore {
  readonly machines = new Map<string, MachineRecord>();
  readonly hosts = new Map<string, HostRecord>();
  readonly azureMachines = new Map<string, AzureMachineRecord>();
  readonly azureWorks = new Map<string, AzureWorkRecord>();
  readonly snapshots = new Map<string, SnapshotRecord>();
  readonly operations = new Map<string, Operation>();
  readonly journal: JournalEntry[] = [];
  readonly crashes: CrashRecord[] = [];
  readonly healing = new Map<string, HealingRecord>();
  readonly hookApprovals = new Map<string, HookApproval>();
  readonly hookRuns: HookRun[] = [];
  readonly episodes = new Map<string, EpisodeRecord>();
  readonly alertHolds = new Map<string, AlertHoldRecord>();
  readonly alertMutes = new Map<string, AlertMuteRecord>();
  readonly deliveries = new Map<string, DeliveryRecord>();
  healingPause: HealingPauseRecord | null = null;
  /** While set, every commit fails with it. */
  refusal: VigilError | null = null;
  /** While set, a commit waits for it before it is durable. */
  gate: Promise<void> | null = null;
  restored: string | null = null;

  /** What the next engine finds: later writes to this one are not in it. */
  copy(): MemoryStore {
    const copy = new MemoryStore();
    for (const [id, machine] of this.machines) copy.machines.set(id, machine);
    for (const [id, host] of this.hosts) copy.hosts.set(id, host);
    for (const [id, machine] of this.azureMachines) copy.azureMachines.set(id, machine);
    for (const [id, work] of this.azureWorks) copy.azureWorks.set(id, work);
    for (const [id, snapshot] of this.snapshots) copy.snapshots.set(id, snapshot);
    for (const [id, operation] of this.operations) copy.operations.set(id, operation);
    copy.journal.push(...this.journal);
    copy.crashes.push(...this.crashes);
    for (const [id, healing] of this.healing) copy.healing.set(id, healing);
    copy.healingPause = this.healingPause;
    for (const [path, approval] of this.hookApprovals) copy.hookApprovals.set(path, approval);
    copy.hookRuns.push(...this.hookRuns);
    for (const [id, episode] of this.episodes) copy.episodes.set(id, episode);
    for (const [id, hold] of this.alertHolds) copy.alertHolds.set(id, hold);
    for (const [id, mute] of this.alertMutes) copy.alertMutes.set(id, mute);
    for (const [id, delivery] of this.deliveries) copy.deliveries.set(id, delivery);
    return copy;
  }

  async open(): Promise<StoredState> {
    return {
      machines: [...this.machines.values()],
      hosts: [...this.hosts.values()],
      azureMachines: [...this.azureMachines.values()],
      azureWorks: [...this.azureWorks.values()],
      snapshots: [...this.snapshots.values()],
      operations: [...this.operations.values()],
      healing: [...this.healing.values()],
      healingPause: this.healingPause,
      hookApprovals: [...this.hookApprovals.values()],
      episodes: this.#newestEpisodes(),
      alertHolds: [...this.alertHolds.values()],
      alertMutes: [...this.alertMutes.values()],
      deliveries: [...this.deliveries.values()].filter(({ state }) => state !== 'delivered'),
      conversations: this.#conversations(),
      lastJournalId: this.journal.at(-1)?.id ?? 0,
      restored: this.restored,
    };
  }

  async commit(changes: readonly StateChange[]): Promise<void> {
    if (this.gate !== null) await this.gate;
    if (this.refusal !== null) throw this.refusal;
    for (const change of changes) this.#apply(change);
  }

  async readJournal(query: {
    machineId?: string | undefined;
    machineName?: string | undefined;
    limit: number;
    before?: number | undefined;
  }): Promise<readonly JournalEntry[]> {
    return this.journal
      .filter((entry) => query.machineId === undefined || entry.machineId === query.machineId)
      .filter((entry) => query.machineName === undefined || entry.machine === query.machineName)
      .filter((entry) => query.before === undefined || entry.id < query.before)
      .toReversed()
      .slice(0, query.limit);
  }

  async verifyJournal(): Promise<JournalVerification> {
    return { entries: this.journal.length, brokenAt: null, summary: 'Every entry is as it was written.' };
  }

  async readHookRuns({ machineId, limit }: HookRunQuery): Promise<readonly HookRun[]> {
    return this.hookRuns
      .filter((run) => machineId === undefined || run.machineId === machineId)
      .toReversed()
      .slice(0, limit);
  }

  async readHookRun(id: string): Promise<HookRun | null> {
    return this.hookRuns.find((run) => run.id === id) ?? null;
  }

  async readEpisodes({ rule, machineId, limit, before }: EpisodeQuery): Promise<readonly EpisodeRecord[]> {
    return [...this.episodes.values()]
      .filter((episode) => rule === undefined || episode.rule === rule)
      .filter((episode) => machineId === undefined || episode.machineId === machineId)
      .filter(({ firedAt }) => before === undefined || firedAt < before)
      .sort((a, b) => b.firedAt - a.firedAt)
      .slice(0, limit);
  }

  async countEpisodes(sinceMs: number): Promise<readonly EpisodeCount[]> {
    const counts = new Map<string, EpisodeCount>();
    for (const { rule, firedAt } of this.episodes.values()) {
      if (firedAt < sinceMs) continue;
      const { alerts, lastFiredAt } = counts.get(rule) ?? { alerts: 0, lastFiredAt: 0 };
      counts.set(rule, { rule, alerts: alerts + 1, lastFiredAt: Math.max(lastFiredAt, firedAt) });
    }
    return [...counts.values()];
  }

  async readDeliveries({ state, limit }: DeliveryQuery): Promise<readonly DeliveryRecord[]> {
    return [...this.deliveries.values()]
      .filter((delivery) => state === undefined || delivery.state === state)
      .toReversed()
      .slice(0, limit);
  }

  #conversations(): readonly OpenConversation[] {
    const last = new Map([...this.deliveries.values()].map((row) => [`${row.episode} ${row.channel}`, row]));
    return [...last.values()].filter(({ kind }) => kind !== 'resolved');
  }

  #newestEpisodes(): readonly EpisodeRecord[] {
    const newest = new Map<string, EpisodeRecord>();
    for (const episode of this.episodes.values()) {
      const key = `${episode.rule} ${episode.machineId}`;
      if ((newest.get(key)?.number ?? 0) < episode.number) newest.set(key, episode);
    }
    return [...newest.values()];
  }

  async readCrashes(machineId: string, limit: number): Promise<readonly CrashRecord[]> {
    return this.crashes.filter((crash) => crash.machineId === machineId).slice(0, limit);
  }

  async close(): Promise<void> {}

  #apply(change: StateChange): void {
    switch (change.kind) {
      case 'machine-put':
        this.machines.set(change.machine.id, change.machine);
        return;
      case 'machine-removed':
        this.machines.delete(change.id);
        this.healing.delete(change.id);
        for (const { id, machineId } of this.snapshots.values()) if (machineId === change.id) this.snapshots.delete(id);
        return;
      case 'host-put':
        this.hosts.set(change.host.id, change.host);
        return;
      case 'host-removed':
        this.hosts.delete(change.id);
        this.healing.delete(change.id);
        return;
      case 'azure-machine-put':
        this.azureMachines.set(change.machine.id, change.machine);
        return;
      case 'azure-machine-removed':
        this.azureMachines.delete(change.id);
        this.azureWorks.delete(change.id);
        this.healing.delete(change.id);
        return;
      case 'azure-work-put':
        this.azureWorks.set(change.work.machineId, change.work);
        return;
      case 'azure-work-removed':
        this.azureWorks.delete(change.machineId);
        return;
      case 'snapshot-put':
        this.snapshots.set(change.snapshot.id, change.snapshot);
        return;
      case 'snapshot-removed':
        this.snapshots.delete(change.id);
        return;
      case 'operation-put':
        this.operations.set(change.operation.id, change.operation);
        return;
      case 'journal-appended':
        this.journal.push(change.entry);
        return;
      case 'healing-put':
        this.healing.set(change.healing.machineId, change.healing);
        return;
      case 'healing-pause-put':
        this.healingPause = change.pause;
        return;
      case 'hook-approval-put':
        this.hookApprovals.set(change.approval.path, change.approval);
        return;
      case 'hook-run-put':
        this.hookRuns.push(change.run);
        return;
      case 'crash-put':
        this.crashes.push(change.crash);
        return;
      case 'episode-put':
        this.episodes.set(change.episode.id, change.episode);
        return;
      case 'alert-hold-put':
        this.alertHolds.set(`${change.hold.rule} ${change.hold.machineId}`, change.hold);
        return;
      case 'alert-hold-removed':
        this.alertHolds.delete(`${change.rule} ${change.machineId}`);
        return;
      case 'alert-mute-put':
        this.alertMutes.set(change.mute.id, change.mute);
        return;
      case 'alert-mute-removed':
        this.alertMutes.delete(change.id);
        return;
      case 'delivery-put':
        this.deliveries.set(change.delivery.id, change.delivery);
        return;
    }
  }
}

/** A promise and the ends that settle it. */
export interface Latch<T> {
  readonly promise: Promise<T>;
  open(value: T): void;
  fail(error: unknown): void;
}

export function latch<T>(): Latch<T> {
  let open: (value: T) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** The guests of machines as data: no agent until told. */
export class FakeGuest implements MachineGuest {
  readonly looks = new Map<string, GuestLook | null>();
  readonly calls: string[] = [];
  /** What a command prints in the machine of a name. */
  readonly prints = new Map<string, string>();
  /** While set, a look waits for it. */
  gate: Promise<void> | null = null;

  async look(machine: ProvidedMachine): Promise<GuestLook | null> {
    this.calls.push(`look ${machine.name}`);
    if (this.gate !== null) await this.gate;
    const known = this.looks.get(machine.name);
    return known === undefined ? { present: false, reason: 'No guest agent listens in it.' } : known;
  }

  async freeze(machine: ProvidedMachine): Promise<boolean> {
    this.calls.push(`freeze ${machine.name}`);
    return this.looks.get(machine.name)?.present === true;
  }

  async thaw(machine: ProvidedMachine): Promise<void> {
    this.calls.push(`thaw ${machine.name}`);
  }

  async setTime(machine: ProvidedMachine): Promise<boolean> {
    this.calls.push(`time ${machine.name}`);
    return this.looks.get(machine.name)?.present === true;
  }

  async run(machine: ProvidedMachine, program: string, args: readonly string[]): Promise<GuestCommandEnd> {
    this.calls.push(`run ${machine.name}: ${[program, ...args].join(' ')}`);
    if (this.looks.get(machine.name)?.present !== true)
      throw new VigilError('unreachable', 'No guest agent listens in it.');
    return { exitCode: 0, output: this.prints.get(machine.name) ?? '' };
  }

  async reboot(machine: ProvidedMachine): Promise<void> {
    this.calls.push(`reboot ${machine.name}`);
    if (this.looks.get(machine.name)?.present !== true)
      throw new VigilError('unreachable', 'No guest agent listens in it.');
  }
}

/** Machines as data: a start makes a process number, a stop takes it away. Each verb can be held or made to fail. */
export class FakeProvider implements MachineProvider {
  readonly kind = 'qemu';
  readonly guest = new FakeGuest();
  readonly console = new FakeConsole();
  forwardError: unknown = null;
  readonly forwards: MachineForwards = {
    add: (machine, { host, guest }) => this.#forward(`forward ${machine.name} ${host}:${guest}`, machine),
    remove: (machine, { host, guest }) => this.#forward(`unforward ${machine.name} ${host}:${guest}`, machine),
  };
  readonly calls: string[] = [];
  readonly files = new Set<string>();
  readonly processes = new Map<string, MachineRun>();
  /** Those whose guest stands still. */
  readonly held = new Set<string>();
  readonly disks = new FakeDisks(this.calls);
  readonly snapshots = new FakeSnapshots(this.calls, (id) => this.processes.has(id));
  findings = new Map<string, Finding>();
  strays: Stray[] = [];
  faults: DraftFault[] = [];
  /** In place of `faults`. */
  examination: ((config: MachineConfig, taken: ReadonlyMap<number, string>) => readonly DraftFault[]) | null = null;
  createGate: Promise<void> | null = null;
  startGate: Promise<void> | null = null;
  stopGate: Promise<void> | null = null;
  startError: unknown = null;
  createError: unknown = null;
  readError: unknown = null;
  holdError: unknown = null;
  rung: StopRung = 'acpi';
  closed = false;
  #nextPid = 100;
  #listeners = new Set<(report: MachineReport) => void>();

  health() {
    return Promise.resolve({ version: '7.2.0', advice: null, accelerator: 'tcg', acceleratorReason: 'No /dev/kvm.' });
  }

  async examine(
    config: MachineConfig,
    _own: string | null,
    taken: ReadonlyMap<number, string>,
  ): Promise<readonly DraftFault[]> {
    return this.examination?.(config, taken) ?? this.faults;
  }

  async create(machine: ProvidedMachine, context: WorkContext): Promise<void> {
    this.calls.push(`create ${machine.name}`);
    this.files.add(machine.id);
    await this.#hold(this.createGate, context);
    if (this.createError !== null) throw this.createError;
  }

  async start(machine: ProvidedMachine, context: StartContext): Promise<MachineRun> {
    this.calls.push(`start ${machine.name} #${machine.generation}`);
    const pid = this.#nextPid++;
    const isHeld = context.heldFor !== undefined;
    const run: MachineRun = { ...fakeRun(pid), state: isHeld ? 'paused' : 'running' };
    await context.spawned(run.runtime);
    await this.#hold(this.startGate, context);
    if (this.startError !== null) throw this.startError;
    this.processes.set(machine.id, run);
    this.snapshots.ran(machine.id, isHeld ? 'empty' : 'booted');
    if (isHeld) this.held.add(machine.id);
    return run;
  }

  async stop(machine: ProvidedMachine, options: StopOptions, context: WorkContext): Promise<{ rung: StopRung }> {
    this.calls.push(`stop ${machine.name}${options.force ? ' force' : ''} acpi=${options.acpiMs}`);
    if (!options.force) await this.#hold(this.stopGate, context);
    this.processes.delete(machine.id);
    this.snapshots.ran(machine.id, null);
    this.held.delete(machine.id);
    return { rung: options.force ? 'quit' : this.rung };
  }

  async pause(machine: ProvidedMachine): Promise<void> {
    this.calls.push(`pause ${machine.name}`);
    if (this.holdError !== null) throw this.holdError;
    this.held.add(machine.id);
  }

  async resume(machine: ProvidedMachine): Promise<void> {
    this.calls.push(`resume ${machine.name}`);
    if (this.holdError !== null) throw this.holdError;
    this.held.delete(machine.id);
  }

  async remove(machine: ProvidedMachine): Promise<void> {
    this.calls.push(`remove ${machine.name}`);
    this.files.delete(machine.id);
  }

  async reconcile(): Promise<{ findings: ReadonlyMap<string, Finding>; strays: readonly Stray[] }> {
    return { findings: this.findings, strays: this.strays };
  }

  async read(machine: ProvidedMachine, takenAtMs: number): Promise<Reading> {
    if (this.readError !== null) throw this.readError;
    return { ...emptyReading, takenAtMs, epoch: machine.id, cpu: { busy: takenAtMs / 2, total: takenAtMs } };
  }

  async detail() {
    return { diskPath: null, diskUsedBytes: null, consoleLogPath: null, mac: '52:54:00:00:00:01' };
  }

  macOf({ config, id }: Pick<ProvidedMachine, 'id' | 'config'>): string {
    return config.mac ?? `52:54:00:fa:${id.slice(-4, -2)}:${id.slice(-2)}`;
  }

  async readConsole() {
    return { text: '', from: 0, to: 0, size: 0 };
  }

  watch(listener: (report: MachineReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  report(report: MachineReport): void {
    for (const listener of this.#listeners) listener(report);
  }

  async #forward(call: string, machine: ProvidedMachine): Promise<{ runtime: string }> {
    this.calls.push(call);
    if (this.forwardError !== null) throw this.forwardError;
    return { runtime: `${machine.runtime} ${call}` };
  }

  async #hold(gate: Promise<void> | null, context: WorkContext): Promise<void> {
    if (gate === null) return;
    const given = latch<never>();
    const giveUp = (): void => given.fail(context.signal.reason);
    if (context.signal.aborted) giveUp();
    context.signal.addEventListener('abort', giveUp, { once: true });
    await Promise.race([gate, given.promise]);
  }
}

/** A console that says nothing and remembers what it was asked. */
export class FakeConsole implements MachineConsole {
  readonly calls: string[] = [];
  readonly trimmed: string[] = [];
  typeError: unknown = null;
  trimError: unknown = null;
  picture: Picture | null = null;

  async follow(machine: ProvidedMachine, { from, limit, waitMs }: FollowRequest): Promise<ConsoleOutput> {
    this.calls.push(`follow ${machine.name} from=${from} limit=${limit} wait=${waitMs}`);
    const to = from ?? this.end;
    return { data: '', from: to, to, dropped: 0, running: machine.runtime !== null };
  }

  async write(machine: ProvidedMachine, base64: string): Promise<void> {
    this.calls.push(`write ${machine.name} ${base64}`);
    if (this.typeError !== null) throw this.typeError;
  }

  /** What stands on it, as lines with the offset of each. */
  readonly printed: { readonly from: number; readonly text: string }[] = [];
  end = 0;

  async search(machine: ProvidedMachine, { text, before, limit, from }: ConsoleQuery): Promise<ConsoleMatches> {
    this.calls.push(`search ${machine.name} ${text} before=${before} limit=${limit}`);
    const begin = typeof from === 'number' ? from : 0;
    const found = this.printed.filter((line) => line.from >= begin && line.text.includes(text));
    return { matches: found.map((each, index) => ({ ...each, line: index + 1 })).reverse(), more: false };
  }

  async trim(machine: ProvidedMachine): Promise<void> {
    this.trimmed.push(machine.name);
    if (this.trimError !== null) throw this.trimError;
  }

  async takePicture(machine: ProvidedMachine): Promise<Picture> {
    this.calls.push(`picture ${machine.name}`);
    this.picture = { at: '2026-01-01T00:00:00.000Z', width: 720, height: 400, bytes: 3, path: '/p.png', png: 'AAAA' };
    return this.picture;
  }

  async keptPicture(machine: ProvidedMachine): Promise<Picture> {
    if (this.picture === null) throw new VigilError('not-found', `No picture of ${machine.name}.`);
    return this.picture;
  }
}

const emptyReading: Omit<Reading, 'takenAtMs' | 'epoch'> = {
  cpu: null,
  memoryPercent: null,
  diskPercent: null,
  diskReadBytes: null,
  diskWriteBytes: null,
  networkInBytes: null,
  networkOutBytes: null,
};

/** A network as data: everything answers until told otherwise. */
export class FakeNetwork implements Network {
  description: NetworkDescription = { links: ['eth0'], gateway: '192.168.1.1', fingerprint: 'home' };
  hasRoute = true;
  /** `host:port` of whoever is silent; `*` for everybody. */
  readonly silent = new Set<string>();
  nameServer: boolean | null = true;
  readonly asked: string[] = [];

  describe(): NetworkDescription {
    return this.description;
  }

  async hasRouteTo(): Promise<boolean> {
    return this.hasRoute;
  }

  async answers(host: string, port: number): Promise<boolean> {
    this.asked.push(`${host}:${port}`);
    return !this.silent.has('*') && !this.silent.has(`${host}:${port}`);
  }

  async nameServerAnswers(): Promise<boolean | null> {
    return this.silent.has('*') ? false : this.nameServer;
  }
}

/** Doors as data: everything is open and answers 200 until told otherwise. */
export class FakeProbes implements Probes {
  /** `host:port` or an address -> what is found there. */
  readonly findings = new Map<string, ProbeFinding>();
  /** Address -> its status. */
  readonly statuses = new Map<string, number>();
  readonly asked: string[] = [];
  /** While set, a probe waits for it. */
  gate: Promise<void> | null = null;

  async tcp(host: string, port: number): Promise<KnockAnswer> {
    return { ...(await this.#answer(`${host}:${port}`)), durationMs: 7 };
  }

  async http(url: string): Promise<HttpAnswer> {
    const answer = await this.#answer(url);
    return { ...answer, status: answer.finding === 'ok' ? (this.statuses.get(url) ?? 200) : null };
  }

  async #answer(door: string): Promise<ProbeAnswer> {
    this.asked.push(door);
    if (this.gate !== null) await this.gate;
    const finding = this.findings.get(door) ?? 'ok';
    return { finding, reason: `${door}: ${finding}.` };
  }
}

/** SSH that answers as told: a finding and an output per target, `host:port`. */
export class FakeSsh implements Ssh {
  readonly checks: string[] = [];
  readonly targets: SshTarget[] = [];
  readonly findings = new Map<string, SshFinding>();
  readonly outputs = new Map<string, string>();
  readonly runs: string[] = [];
  /** Commands to these never end. */
  readonly hanging = new Set<string>();
  /** While set, a check waits for it. */
  gate: Promise<void> | null = null;

  async check(target: SshTarget): Promise<SshCheck> {
    const key = `${target.host}:${target.port}`;
    this.checks.push(`${target.user}@${key}`);
    this.targets.push(target);
    if (this.gate !== null) await this.gate;
    const finding = this.findings.get(key) ?? 'ok';
    return { finding, reason: finding === 'ok' ? 'It answers.' : `SSH at ${key}: ${finding}.`, durationMs: 1 };
  }

  async layOutHostKeys(): Promise<void> {}

  async run(target: SshTarget): Promise<SshOutput> {
    const key = `${target.host}:${target.port}`;
    this.runs.push(key);
    if (this.hanging.has(key)) return new Promise(() => {});
    const stdout = this.outputs.get(key);
    if (stdout === undefined) throw new VigilError('unreachable', 'Nothing answers.');
    return { exitCode: 0, stdout };
  }

  async forget(): Promise<void> {}
}

/** Another manager's folder, as told. */
export class FakeClanFolder implements ClanFolder {
  reading: ClanReading = { machines: [], faults: [] };

  async read(): Promise<ClanReading> {
    return this.reading;
  }
}

/** Scripts in memory: a path that is not named is not there. */
export class FakeHookScripts implements HookScripts {
  readonly files = new Map<string, string>();
  readonly requests: HookRequest[] = [];
  /** How the next runs end; by themselves, with 0, when absent. */
  ends: (request: HookRequest) => Promise<HookRunEnd> = async () => ({ kind: 'ran', end: scriptEnd() });

  async examine(path: string): Promise<ScriptExamination> {
    const text = this.files.get(path);
    return text === undefined
      ? { kind: 'refused', reason: `${path} is not there.` }
      : { kind: 'sound', sha256: fakeHash(text) };
  }

  async run(request: HookRequest): Promise<HookRunEnd> {
    const found = await this.examine(request.path);
    if (found.kind === 'refused') return found;
    if (found.sha256 !== request.sha256) return { kind: 'changed', sha256: found.sha256 };
    this.requests.push(request);
    return this.ends(request);
  }

  async read(path: string): Promise<ReadScript> {
    const text = this.files.get(path);
    if (text === undefined) throw new VigilError('refused', `${path} is not there.`);
    return { text, sha256: fakeHash(text) };
  }

  async write(path: string, text: string): Promise<string> {
    this.files.set(path, text);
    return fakeHash(text);
  }
}

export function scriptEnd(end: Partial<ScriptEnd> = {}): ScriptEnd {
  return { exitCode: 0, signal: null, ended: 'itself', survivors: 0, durationMs: 20, stdout: '', stderr: '', ...end };
}

/** As long as a real one, and different for different texts. */
export function fakeHash(text: string): string {
  return Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('')
    .padEnd(64, '0')
    .slice(-64);
}

export class MemoryMetrics implements MetricsStore {
  readonly samples: StoredSample[] = [];
  /** What was asked to be kept, each time. */
  readonly kept: KeptFrom[] = [];
  refusal: VigilError | null = null;

  async open(): Promise<void> {}

  async append(samples: readonly StoredSample[]): Promise<void> {
    if (this.refusal !== null) throw this.refusal;
    this.samples.push(...samples);
  }

  async newest(): Promise<readonly StoredSample[]> {
    return [...new Map(this.samples.map((sample) => [`${sample.machineId} ${sample.source}`, sample])).values()];
  }

  async history(query: Omit<SampleSlice, 'limit'>): Promise<SampleColumns> {
    return columnsOf(wholeStretch(SampleTable.of(this.#samplesOf(query))), query);
  }

  #samplesOf({ fromMs, toMs, ...query }: Omit<SampleSlice, 'limit'>): readonly StoredSample[] {
    return this.samples.filter(
      ({ machineId, source, atMs }) =>
        machineId === query.machineId && source === query.source && atMs >= fromMs && atMs <= toMs,
    );
  }

  /** Failed readings only: holes are the real store's to find. */
  async gaps(query: HistoryQuery): Promise<readonly StoredGap[]> {
    const samples = this.#samplesOf(query);
    return samples.flatMap(({ atMs, error }, index) => {
      const next = samples[index + 1]?.atMs ?? atMs;
      return error === null ? [] : [{ fromMs: samples[index - 1]?.atMs ?? atMs, toMs: next, reason: error }];
    });
  }

  async slice({ limit, ...query }: SampleSlice): Promise<SampleColumns> {
    const table = SampleTable.of(this.#samplesOf(query));
    return columnsOf({ table, from: 0, to: Math.min(limit, table.count) }, query);
  }

  async rollUps(query: RollUpQuery): Promise<readonly StoredRollUps[]> {
    const { source, level, metrics } = query;
    const found: StoredRollUps[] = [];
    for (const machineId of query.machineIds) {
      const range = { ...query, machineId, toMs: query.toMs - 1 };
      const buckets = new Map<number, StoredSample[]>();
      for (const sample of this.#samplesOf(range)) {
        const startMs = bucketStart(sample.atMs, level);
        buckets.set(startMs, [...(buckets.get(startMs) ?? []), sample]);
      }
      const table = new RollUpTable();
      for (const [startMs, samples] of buckets) {
        const entry = rollUpSamples(samples);
        if (entry !== null) table.put(startMs, startMs + bucketMs[level], entry);
      }
      const newestMs = Math.max(...this.samples.map(({ atMs }) => atMs));
      const points = query.points ?? Number.POSITIVE_INFINITY;
      if (table.count > 0) found.push(rollUpColumns(table, { machineId, source, metrics, points, newestMs }));
    }
    return found;
  }

  /** The names it was given, as one row: SQL is the real store's. */
  async query({ names }: ReadingsQuery): Promise<QueryResult> {
    return { columns: Object.keys(names), rows: [Object.values(names)], isCut: false };
  }

  async removeOld(keptFrom: KeptFrom): Promise<number> {
    this.kept.push(keptFrom);
    const kept = this.samples.filter(({ atMs }) => atMs >= keptFrom.raw);
    return this.samples.splice(0, this.samples.length, ...kept).length - kept.length;
  }

  async close(): Promise<void> {}
}

/** Takes every message, unless it is told otherwise. */
export class FakeChannels implements Channels {
  readonly roomFor = {
    slack: 25_000,
    discord: 1800,
    teams: 7000,
    webhook: 200_000,
    email: 50_000,
    appinsights: 20_000,
  };
  readonly sent: { readonly target: ChannelTarget; readonly message: ChannelMessage }[] = [];
  answer: SendOutcome = { kind: 'delivered', receipt: '200' };

  send: Channels['send'] = async (target, message) => {
    this.sent.push({ target, message });
    return this.answer;
  };

  preview: Channels['preview'] = (_channel, { title, body }) => ({
    title,
    body,
    foot: null,
    colour: null,
    word: null,
    sent: '{}',
  });
}

/** Without a rule until a test adds one. */
export class MemoryAlertRules implements AlertRulesFile {
  rules: AlertRules = AlertRules.parse({});
  #changed: (reading: AlertRulesReading) => void = () => {};

  async read(): Promise<AlertRulesReading> {
    return { rules: this.rules, fault: null };
  }

  async add(rule: AlertRuleInput): Promise<AlertRulesReading> {
    this.rules = { ...this.rules, rules: [...this.rules.rules, AlertRule.parse(rule)] };
    return this.read();
  }

  async enable(name: string, enabled: boolean): Promise<AlertRulesReading> {
    const rules = this.rules.rules.map((rule) => (rule.name === name ? { ...rule, enabled } : rule));
    this.rules = { ...this.rules, rules };
    return this.read();
  }

  async remove(name: string): Promise<AlertRulesReading> {
    this.rules = { ...this.rules, rules: this.rules.rules.filter((rule) => rule.name !== name) };
    return this.read();
  }

  async replace(name: string, wanted: AlertRuleInput): Promise<AlertRulesReading> {
    const rules = this.rules.rules.map((rule) => (rule.name === name ? AlertRule.parse(wanted) : rule));
    this.rules = { ...this.rules, rules };
    return this.read();
  }

  async setChannel(channel: AlertChannel, change: ChannelChange): Promise<AlertRulesReading> {
    const { notification_config: config } = this.rules;
    const changed = { ...config, [channel]: { ...config[channel], ...change } };
    this.rules = { ...this.rules, notification_config: NotificationConfig.parse(changed) };
    return this.read();
  }

  /** As JSON, which is YAML as well. */
  async readText(): Promise<AlertText> {
    const text = JSON.stringify({ rules: this.rules.rules });
    return {
      path: 'alert_rules.yaml',
      text,
      hidden: [],
      version: `alert_rules.yaml ${createHash('sha256').update(text).digest('hex')}`,
      faults: [],
    };
  }

  async judgeText(text: string): Promise<readonly AlertTextFault[]> {
    const parsed = AlertRules.safeParse(JSON.parse(text));
    return parsed.success ? [] : [{ line: 1, shownLine: 1, message: 'is not valid.' }];
  }

  async writeText(text: string, version: string): Promise<AlertRulesReading> {
    if (version !== (await this.readText()).version) throw new VigilError('conflict', 'It was changed meanwhile.');
    this.rules = { ...AlertRules.parse(JSON.parse(text)), notification_config: this.rules.notification_config };
    return this.read();
  }

  watch(changed: (reading: AlertRulesReading) => void): () => void {
    this.#changed = changed;
    return () => {
      this.#changed = () => {};
    };
  }

  /** A person saved the file. */
  edit(reading: AlertRulesReading): void {
    this.rules = reading.rules;
    this.#changed(reading);
  }
}

export class MemoryLifecycle implements LifecycleFile {
  config: LifecycleConfig = LifecycleConfig.parse({});
  /** While set, every change fails with it. */
  refusal: VigilError | null = null;
  #changed: (reading: LifecycleReading) => void = () => {};

  async read(): Promise<LifecycleReading> {
    return { config: this.config, fault: null };
  }

  async change(machine: string, patch: WatchPatch): Promise<LifecycleReading> {
    if (this.refusal !== null) throw this.refusal;
    this.#put({ ...this.config.vms, [machine]: patchedWatch(this.config.vms[machine], patch) });
    return this.read();
  }

  async restore(machine: string, watch: WatchConfig): Promise<LifecycleReading> {
    if (this.refusal !== null) throw this.refusal;
    this.#put({ ...this.config.vms, [machine]: WatchConfig.parse(watch) });
    return this.read();
  }

  async setHook(machine: string, event: HookEvent, path: string | null): Promise<LifecycleReading> {
    if (this.refusal !== null) throw this.refusal;
    const known = this.config.vms[machine] ?? WatchConfig.parse({});
    const { [event]: _old, ...others } = known.hooks;
    const hooks = path === null ? others : { ...others, [event]: path };
    this.#put({ ...this.config.vms, [machine]: { ...known, hooks } });
    return this.read();
  }

  async rename(from: string, to: string): Promise<LifecycleReading> {
    if (this.refusal !== null) throw this.refusal;
    const { [from]: moved, ...vms } = this.config.vms;
    this.#put(moved === undefined ? vms : { ...vms, [to]: moved });
    return this.read();
  }

  async forget(machine: string): Promise<LifecycleReading> {
    if (this.refusal !== null) throw this.refusal;
    const { [machine]: _gone, ...vms } = this.config.vms;
    this.#put(vms);
    return this.read();
  }

  #put(vms: LifecycleConfig['vms']): void {
    this.config = { ...this.config, vms };
  }

  watch(changed: (reading: LifecycleReading) => void): () => void {
    this.#changed = changed;
    return () => {
      this.#changed = () => {};
    };
  }

  /** A person saved the file. */
  edit(reading: LifecycleReading): void {
    this.config = reading.config;
    this.#changed(reading);
  }
}

export function fakeRun(pid: number): MachineRun {
  return {
    runtime: JSON.stringify({ pid }),
    pid,
    startedAt: '2026-01-01T00:00:00.000Z',
    accelerator: 'tcg',
    acceleratorReason: 'No /dev/kvm.',
    state: 'running',
  };
}

export class MemoryDefinitions implements MachineDefinitions {
  readonly written = new Map<string, DefinitionReading>();
  readonly shelf = new Map<string, DefinitionReading>();
  /** While set, a move waits for it, or fails. */
  gate: Promise<void> | null = null;
  refusal: VigilError | null = null;
  #changed: (name: string) => void = () => {};

  pathOf(name: string): string {
    return `/home/machines/${name}.yaml`;
  }

  parse(): { readonly name: string | null; readonly config: MachineConfig } {
    throw new Error('the text of definitions is not read here');
  }

  async readAll(): Promise<readonly DefinitionReading[]> {
    return [...this.written.values()];
  }

  async read(name: string): Promise<DefinitionReading | null> {
    return this.written.get(name) ?? null;
  }

  async write(definition: MachineDefinition): Promise<void> {
    this.written.set(definition.name, { kind: 'good', definition, path: this.pathOf(definition.name) });
  }

  async remove(name: string): Promise<void> {
    this.written.delete(name);
  }

  async rename(id: string, from: string, to: string): Promise<void> {
    if (this.gate !== null) await this.gate;
    if (this.refusal !== null) throw this.refusal;
    const reading = this.written.get(from);
    if (reading?.kind !== 'good') return;
    await this.write({ id, name: to, config: reading.definition.config });
    this.written.delete(from);
  }

  async shelve(id: string, name: string): Promise<void> {
    if (this.gate !== null) await this.gate;
    if (this.refusal !== null) throw this.refusal;
    const reading = this.written.get(name);
    if (reading === undefined || this.shelf.has(id)) return;
    this.shelf.set(id, reading);
    this.written.delete(name);
  }

  async unshelve(id: string, name: string): Promise<void> {
    if (this.gate !== null) await this.gate;
    if (this.refusal !== null) throw this.refusal;
    const reading = this.shelf.get(id);
    if (reading === undefined) return;
    this.written.set(name, reading);
    this.shelf.delete(id);
  }

  watch(changed: (name: string) => void): () => void {
    this.#changed = changed;
    return () => {
      this.#changed = () => {};
    };
  }

  /** A person saved the file. */
  edit(name: string, reading: DefinitionReading): void {
    this.written.set(name, reading);
    this.#changed(name);
  }
}

export class MemorySettings implements SettingsFile {
  reading: SettingsReading = { settings: Settings.parse({}), fault: null };

  async read(): Promise<SettingsReading> {
    return this.reading;
  }

  async change(patch: SettingsPatch): Promise<SettingsReading> {
    const { settings } = this.reading;
    const desktop = Object.fromEntries(Object.entries(patch.desktop ?? {}).filter(([, value]) => value !== undefined));
    const azure = Object.fromEntries(Object.entries(patch.azure ?? {}).filter(([, value]) => value !== undefined));
    const collection = Object.fromEntries(
      Object.entries(patch.collection ?? {}).filter(([, value]) => value !== undefined),
    );
    this.reading = {
      settings: Settings.parse({
        ...settings,
        desktop: { ...settings.desktop, ...desktop },
        azure: { ...settings.azure, ...azure },
        collection: { ...settings.collection, ...collection },
      }),
      fault: null,
    };
    return this.reading;
  }

  watch(): () => void {
    return () => {};
  }
}

export class RecordingEvents implements EventSink {
  readonly seen: { readonly name: EventName; readonly payload: unknown }[] = [];

  publish<N extends EventName>(name: N, payload: Events[N]): void {
    this.seen.push({ name, payload });
  }

  of<N extends EventName>(name: N): Events[N][] {
    return this.seen.filter((event) => event.name === name).map((event) => event.payload as Events[N]);
  }
}

export class RecordingLog implements Log {
  readonly lines: string[] = [];

  write(level: LogLevel, topic: string, message: string): void {
    this.lines.push(`${level} ${topic}: ${message}`);
  }
}

export const fakeHost: Host = {
  cpus: 4,
  memoryMib: 8192,
  user: 'dev',
  bootId: 'boot-1',
  diskFreeMib: () => Promise.resolve(100_000),
};

/** uuids that count up, so that tests can name them. */
export function countingIdentifiers(): Identifiers {
  let next = 1;
  return { uuid: () => `00000000-0000-4000-8000-${String(next++).padStart(12, '0')}` };
}

export const diskFull = new VigilError('refused', 'The disk that holds /home/.vigil is full.', {
  hint: 'Free some space.',
});

export class RecordingNotifier implements DesktopNotifier {
  readonly shown: DesktopNotification[] = [];
  readonly closed: string[] = [];

  async show(notification: DesktopNotification): Promise<void> {
    this.shown.push(notification);
  }

  async close(key: string): Promise<void> {
    this.closed.push(key);
  }
}
