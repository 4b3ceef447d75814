import type { Handlers } from '../contract/calls.ts';
import type { EngineHost } from '../contract/engine-status.ts';
import type { EventSink } from '../contract/events.ts';
import { VigilError } from '../contract/failure.ts';
import type { Operation } from '../contract/operation.ts';
import { createStopSource } from '../contract/stop-signal.ts';
import { createSshWays } from './access/ssh-ways.ts';
import { type AlertDesk, createAlertDesk } from './alerts/alert-desk.ts';
import { createAlertStory } from './alerts/alert-story.ts';
import { alertSubjects } from './alerts/alert-subjects.ts';
import { type AzureDesk, createAzureDesk } from './azure/azure-desk.ts';
import { createAzureHandlers, refuseAzureVerb } from './azure/azure-handlers.ts';
import { createFleet, type Fleet } from './fleet/fleet.ts';
import { createForecastDesk } from './forecasts/forecast-desk.ts';
import { createGuestDesk } from './guest/guest-desk.ts';
import { createHealingDesk, type HealingDesk } from './healing/healing-desk.ts';
import { createHealingPorts } from './healing/healing-ports.ts';
import { isManualAction, isOwnAct, lastManualActions } from './healing/manual-actions.ts';
import { createObserverDesk } from './healing/observer.ts';
import { readWitness } from './healing/witness-address.ts';
import { createCheckPorts } from './health/check-ports.ts';
import { createHealthDesk, type HealthDesk } from './health/health-desk.ts';
import { createWatchKeeper } from './health/watch-keeper.ts';
import { createHookDesk, type HookDesk } from './hooks/hook-desk.ts';
import { createHosts, refuseHostVerb } from './hosts/hosts.ts';
import { createLedger } from './journal/ledger.ts';
import { readStorySince } from './journal/read-story.ts';
import { isoTime } from './lifetime/iso-time.ts';
import { createOwner } from './lifetime/owner.ts';
import { type MeasuredFleet, measuredMachine, measuredMachines } from './metrics/measured-machines.ts';
import { createMetricsDesk, type MetricsDesk } from './metrics/metrics-desk.ts';
import { createEngineNotices } from './notices/engine-notices.ts';
import { createNotificationDesk } from './notifications/notification-desk.ts';
import { createOutbox, type Outbox } from './outbox/outbox-desk.ts';
import { createSecretHandlers } from './outbox/secret-handlers.ts';
import { setUpChannel } from './outbox/set-up-channels.ts';
import { createOwnHandlers } from './own-handlers.ts';
import type { AlertRulesFile } from './ports/alert-rules-file.ts';
import type { AzlinFolder } from './ports/azlin-folder.ts';
import type { Azure } from './ports/azure.ts';
import type { Channels } from './ports/channels.ts';
import type { ClanFolder } from './ports/clan-folder.ts';
import type { Clock } from './ports/clock.ts';
import type { DesktopNotifier } from './ports/desktop-notifier.ts';
import type { HookScripts } from './ports/hook-scripts.ts';
import type { Host } from './ports/host.ts';
import type { Identifiers } from './ports/identifiers.ts';
import type { LifecycleFile } from './ports/lifecycle-file.ts';
import type { Log } from './ports/log.ts';
import type { MachineDefinitions } from './ports/machine-definitions.ts';
import type { MachineProvider } from './ports/machine-provider.ts';
import type { MetricsStore } from './ports/metrics-store.ts';
import type { Network } from './ports/network.ts';
import type { Probes } from './ports/probes.ts';
import type { KeptSecrets } from './ports/secrets.ts';
import type { SettingsFile } from './ports/settings-file.ts';
import type { Ssh } from './ports/ssh.ts';
import type { StateStore, StoredState } from './ports/state-store.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { createMachineHandlers } from './roster/machine-handlers.ts';
import { createRoster } from './roster/roster.ts';
import { followRenames } from './settings/follow-renames.ts';
import { createAzlinImport } from './settings/import-azlin.ts';
import { createSettingsKeeper } from './settings/settings-keeper.ts';
import { startRounds } from './start-rounds.ts';
import { createHealthTelemetry } from './telemetry/health-telemetry.ts';

export interface EnginePorts {
  readonly store: StateStore;
  readonly definitions: MachineDefinitions;
  readonly clanFolder: ClanFolder;
  readonly azlinFolder: AzlinFolder;
  readonly settingsFile: SettingsFile;
  readonly lifecycleFile: LifecycleFile;
  readonly alertRulesFile: AlertRulesFile;
  readonly metricsStore: MetricsStore;
  readonly ssh: Ssh;
  readonly provider: MachineProvider;
  readonly azure: Azure;
  readonly network: Network;
  readonly probes: Probes;
  readonly host: Host;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly log: Log;
  readonly events: EventSink;
  readonly notifier: DesktopNotifier;
  readonly channels: Channels;
  readonly secrets: KeptSecrets;
  readonly telemetry: Telemetry;
  readonly hookScripts: HookScripts;
  /** `logs/hooks.log`. */
  readonly hookLog: Log;
}

export interface EngineOptions {
  readonly home: string;
  readonly host: EngineHost;
  readonly version: string;
  /** The engine's own process id. */
  readonly pid: number;
  /** Sentences about what of its surroundings is not as it was asked for. */
  readonly faults?: readonly string[];
  /** Someone asked a headless engine to end. */
  shutdownRequested(): void;
}

export interface Engine {
  /** Answers to every call; only after `startEngine` resolved, so nobody hears about an unreconciled fleet. */
  readonly handlers: Handlers;
  /** What is still open, for tests. */
  readonly open: readonly string[];
  /** Gives up what is under way, writes the rest down and lets go. Machines go on running. */
  stop(): Promise<void>;
}

/** As far back as a person's last act on a machine could still matter. */
const recentEntries = 1000;
/** Opens the store, takes up what runs, and only then hands out its handlers. */
export async function startEngine(ports: EnginePorts, options: EngineOptions): Promise<Engine> {
  const { clock, log, events, store } = ports;
  const startedAt = clock.monotonicNow();
  const owner = createOwner(log);
  try {
    const opened = store.open();
    // The database is opened on a thread of its own; what lies in files is read on this one meanwhile.
    const files = Promise.all([
      ports.settingsFile.read(),
      ports.lifecycleFile.read(),
      ports.alertRulesFile.read(),
      ports.definitions.readAll(),
    ]);
    files.catch(() => undefined);
    const stored = await opened;
    owner.own('state store', () => store.close());
    // It has a thread of its own, and reading a long history takes its time: beside what follows, but not beside the
    // state, which everything waits for.
    const metricsOpened = ports.metricsStore.open();
    metricsOpened.catch(() => undefined);
    owner.own('metrics store', () => ports.metricsStore.close());
    const notices = createEngineNotices(clock, events);
    const ledger = createLedger({ store, clock, log, events, notices }, stored.lastJournalId);
    owner.own('ledger', () => ledger.flush());
    ledger.record([], {
      action: 'engine.started',
      actor: 'engine',
      summary: `Vigil ${options.version} started.`,
      details: { pid: options.pid, host: options.host },
    });
    for (const [index, fault] of (options.faults ?? []).entries())
      notices.raise(`surroundings ${index}`, 'warning', fault);
    if (stored.restored !== null) {
      notices.raise('storage restored', 'critical', stored.restored);
      ledger.record([], { action: 'storage.restored', actor: 'engine', summary: stored.restored });
    }
    const [settingsRead, lifecycleRead, rulesRead, definitions] = await files;
    const settings = createSettingsKeeper({ file: ports.settingsFile, ledger, events, notices }, settingsRead);
    owner.own(
      'settings watch',
      ports.settingsFile.watch((reading) => {
        const before = settings.present.azure;
        settings.take(reading);
        if (settings.present.azure !== before) azure.configured();
      }),
    );
    owner.own('renamed settings', ledger.follow(followRenames(settings, log)));
    owner.own('provider', () => ports.provider.close());
    const desk = createNotificationDesk({
      events,
      notifier: options.host === 'app' ? null : ports.notifier,
      log,
      wanted: () => settings.present.desktop.notifications,
    });
    const keeper = createWatchKeeper(
      {
        file: ports.lifecycleFile,
        ledger,
        notices,
        changed: () => {
          health.sync();
          healing.considerAll();
          hooks.sync();
          // Windows of maintenance stand there, too.
          events.publish('alerts.changed', { at: isoTime(clock.wallNow()) });
        },
      },
      lifecycleRead,
    );
    owner.own('lifecycle watch', ports.lifecycleFile.watch(keeper.take));
    const hosts = createHosts(
      {
        ledger,
        clock,
        identifiers: ports.identifiers,
        refuseTakenName: (name) => {
          if (fleet.isNameTaken(name)) {
            throw new VigilError('bad-input', `There is a machine '${name}' already.`, { field: 'name' });
          }
        },
        changed: () => health.sync(),
      },
      stored.hosts,
    );
    const guests = createGuestDesk({
      clock,
      provider: ports.provider,
      machines: () => fleet.machines(),
      maxWorkers: () => settings.present.collection.max_workers,
      announce: (id) => fleet.announce(id),
    });
    const fleet: Fleet = createFleet(
      {
        ...ports,
        desk,
        ledger,
        notices,
        owner,
        watches: keeper,
        settings: () => settings.present,
        neighbours: {
          healthOf: (id) => health.health(id),
          guestAddresses: guests.addresses,
          isNameTakenElsewhere: (name) => hosts.all().some((host) => host.name === name) || azure.isNameTaken(name),
          announceElsewhere: (id) => azure.announce(id),
          refuseElsewhere: (reference) => {
            const remote = azure.find(reference);
            if (remote !== undefined) refuseAzureVerb(remote.record.vm.name);
            const host = hosts.find(reference);
            if (host !== undefined) refuseHostVerb(host);
          },
          changed: (id) => {
            health.touch(id);
            healing.consider(id);
            metrics.notice(id);
          },
        },
        describeGuest: guests.describe,
      },
      { ...stored, operations: withoutAzure(stored) },
    );
    const azure: AzureDesk = createAzureDesk(
      {
        azure: ports.azure,
        clock,
        log,
        events,
        identifiers: ports.identifiers,
        ledger,
        notices,
        operations: fleet.operations,
        metricsStore: ports.metricsStore,
        settings: () => settings.present.azure,
        changeSettings: settings.change,
        healthOf: (id) => health.health(id),
        isNameTakenElsewhere: (name) =>
          hosts.all().some((host) => host.name === name) || fleet.machines().some(({ record }) => record.name === name),
        zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
        changed: (id) => {
          health.touch(id);
          healing.consider(id);
          metrics.notice(id);
        },
        keepReadings: (samples) => metrics.take(samples),
        forget: (name) => keeper.forget(name),
        ownActs: async (id, since) =>
          (await readStorySince(store, ledger, id, since)).filter(isOwnAct).map(({ at }) => Date.parse(at)),
      },
      stored.azureMachines,
    );
    const roster = createRoster({ fleet, hosts, azure, events, healthOf: (id) => health.health(id) });
    const { resolve } = roster;
    const machines = createMachineHandlers({
      fleet,
      hosts,
      azure,
      events,
      clock,
      identifiers: ports.identifiers,
      healthOf: (id) => health.health(id),
      forget: (name) => keeper.forget(name),
    });
    const health: HealthDesk = createHealthDesk({
      clock,
      log,
      checks: createCheckPorts({
        clock,
        ssh: ports.ssh,
        probes: ports.probes,
        fleet,
        provider: ports.provider,
        guestValues: (id) => metrics.guestValues(id),
        runScript: (path, { id, name }, limitMs, signal) =>
          hooks.runApproved(path, {
            environment: { VIGIL_VM_NAME: name, VIGIL_VM_ID: id, VIGIL_PROVIDER: roster.providerOf(id) },
            input: '',
            limitMs,
            signal,
          }),
      }),
      ledger,
      keeper,
      account: ports.host.user,
      machines: fleet.machines,
      machine: fleet.machine,
      hosts: hosts.all,
      host: hosts.get,
      remotes: () => azure.all().flatMap(({ record }) => azure.remote(record.id) ?? []),
      remote: azure.remote,
      resolve,
      announce: roster.announce,
      checked: (id) => {
        const evidence = health.evidence(id);
        // One that has begun to fail still counts as healthy, but it did not answer.
        if (evidence?.isWell === true && evidence.failure === null && evidence.remoteHost !== null) {
          observer.answered(id);
        }
        if (evidence?.failure != null) azure.doubt(id, evidence.failure.since);
        healing.consider(id);
        metrics.notice(id);
      },
    });
    const observing = createStopSource();
    const observer = createObserverDesk({
      clock,
      log,
      network: ports.network,
      signal: observing.signal,
      isNeeded: () => health.isWatching(),
      witnesses: () => settings.present.healing.witnesses.map(readWitness),
    });
    // Once for all who look back over it.
    const recent = await store.readJournal({ limit: recentEntries });
    const patients = createHealingPorts({
      fleet,
      hosts,
      azure,
      health,
      keeper,
      guests,
      provider: ports.provider,
      ssh: ports.ssh,
    });
    const healing: HealingDesk = createHealingDesk(
      {
        clock,
        log,
        ledger,
        notices,
        observer,
        ...patients,
        operationOf: (id) => fleet.operationOf(id)?.kind ?? null,
        resolve,
        announce: (id) => fleet.announce(id),
        restarted: health.restarted,
        story: (id, since) => readStorySince(store, ledger, id, since),
        settings: () => ({ quietMs: settings.present.healing.quiet_after_action_seconds * 1000 }),
        account: ports.host.user,
      },
      {
        records: stored.healing,
        pause: stored.healingPause,
        lastActions: lastManualActions(recent),
      },
    );
    const hooks: HookDesk = createHookDesk(
      {
        clock,
        log,
        hookLog: ports.hookLog,
        ledger,
        store,
        scripts: ports.hookScripts,
        file: ports.lifecycleFile,
        identifiers: ports.identifiers,
        keeper,
        machines: roster.all,
        resolve,
        limitMs: () => settings.present.hooks.timeout_seconds * 1000,
        home: options.home,
      },
      stored.hookApprovals,
    );
    // Before the fleet is looked over: what ended while nobody watched is told too.
    owner.own('hooks', () => hooks.stop());
    owner.own('hook events', ledger.follow(hooks.hear));
    hooks.makeUp(recent);
    const measuredFleet: MeasuredFleet = { fleet, hosts, azure, health, guests, provider: ports.provider };
    const metrics: MetricsDesk = createMetricsDesk({
      clock,
      log,
      events,
      notices,
      store: ports.metricsStore,
      ssh: ports.ssh,
      settings: () => settings.present,
      measured: () => measuredMachines(measuredFleet),
      measuredOf: (id) => measuredMachine(measuredFleet, id),
      bootSeen: (id, bootId) => health.bootSeen(id, bootId),
      names: roster.names,
      nameOf: roster.nameOf,
      resolve,
    });
    const outbox: Outbox = createOutbox(
      {
        clock,
        log,
        events,
        ledger,
        notices,
        store,
        identifiers: ports.identifiers,
        channels: ports.channels,
        secrets: ports.secrets,
        network: ports.network,
        config: () => alerts.config,
        setChannel: (channel, change) => alerts.setChannel(channel, change),
        example: (rule, tells) => alerts.example(rule, tells),
        raise: desk.raise,
      },
      stored,
    );
    owner.own('outbox', outbox.stop);
    const story = createAlertStory(recent);
    const forecasts = createForecastDesk({
      clock,
      events,
      store: ports.metricsStore,
      machines: roster.all,
      resolve,
    });
    const alerts: AlertDesk = createAlertDesk(
      {
        clock,
        log,
        events,
        outbox,
        ledger,
        store,
        notices,
        observer,
        network: ports.network,
        metrics: ports.metricsStore,
        file: ports.alertRulesFile,
        identifiers: ports.identifiers,
        story,
        subjects: () => alertSubjects({ fleet, hosts, azure, health, keeper, story }),
        resolve,
        nearestThreshold: forecasts.nearestThreshold,
        intervalMs: () => settings.present.collection.interval_seconds * 1000,
        describeHost: () => fleet.handlers['host.describe']({}, { user: ports.host.user, face: 'engine' }),
        raise: desk.raise,
      },
      { episodes: stored.episodes, holds: stored.alertHolds, mutes: stored.alertMutes },
      rulesRead,
    );
    owner.own('alert rules watch', ports.alertRulesFile.watch(alerts.takeRules));
    owner.own('alert events', ledger.follow(alerts.hear));
    const telemetry = createHealthTelemetry({
      clock,
      log,
      telemetry: ports.telemetry,
      target: () => {
        const { state, target } = setUpChannel('appinsights', alerts.config, ports.secrets);
        return state === 'ready' ? target : null;
      },
      machines: () =>
        alertSubjects({ fleet, hosts, azure, health, keeper, story }).map(({ id, name }) => ({
          id,
          name,
          standings: health.standings(id),
          crashes: story.crashesOf(id, clock.wallNow()),
        })),
    });
    owner.own('telemetry', telemetry.stop);
    owner.own('SSH connections', () => ports.ssh.forget());
    await fleet.reconcile(definitions);
    await metricsOpened;
    owner.own('azure', azure.stop);
    azure.begin(stored.azureWorks, stored.operations);
    owner.own('health checks', health.stop);
    health.sync();
    owner.own('observer', async () => {
      observing.stop('stopped');
      await observer.stop();
    });
    owner.own('healing', async () => {
      patients.stop();
      await healing.stop();
    });
    owner.own(
      'manual actions',
      ledger.follow((entry) => {
        if (isManualAction(entry)) healing.touched(entry.machineId);
        const isLost = entry.action === 'machine.panicked' || entry.details.unexpected === true;
        if (isLost && entry.machineId !== undefined) health.failed(entry.machineId);
      }),
    );
    await healing.begin();
    owner.own('alerts', alerts.stop);
    outbox.begin();
    await alerts.begin();
    startRounds(owner, {
      clock,
      log,
      metrics,
      azure,
      alerts,
      telemetry,
      guests,
      forecasts,
      guestsMs: () => settings.present.collection.interval_seconds * 1000,
    });
    log.write('info', 'engine', 'ready', { machines: fleet.machines().length, hosts: hosts.all().length });
    return {
      handlers: {
        ...createOwnHandlers({
          options,
          startedAt,
          clock,
          store,
          ledger,
          notices,
          notifications: desk,
          settings,
          roster,
          healing,
          azure,
        }),
        ...createSshWays({ fleet, hosts, azure, keeper, ssh: ports.ssh, account: ports.host.user, home: options.home }),
        ...createAzlinImport({
          folder: ports.azlinFolder,
          file: ports.lifecycleFile,
          keeper,
          ledger,
          machines: roster.all,
        }),
        ...fleet.handlers,
        ...machines,
        ...createAzureHandlers(azure, fleet),
        ...health.handlers,
        ...healing.handlers,
        ...metrics.handlers,
        ...forecasts.handlers,
        ...hooks.handlers,
        ...alerts.handlers,
        ...outbox.handlers,
        ...createSecretHandlers({
          secrets: ports.secrets,
          ledger,
          changed: () => {
            outbox.changed();
            events.publish('alert-rules.changed', { at: isoTime(clock.wallNow()) });
          },
        }),
      },
      get open() {
        return owner.open;
      },
      stop: async () => {
        ledger.record([], {
          action: 'engine.stopped',
          actor: 'engine',
          summary: 'Vigil stopped; machines go on running.',
        });
        await owner.stopAll();
      },
    };
  } catch (error) {
    await owner.stopAll();
    throw error;
  }
}

/** What Azure has under way goes on there: nobody here interrupted it. */
function withoutAzure({ azureWorks, operations }: StoredState): readonly Operation[] {
  const working = new Set(azureWorks.map(({ machineId }) => machineId));
  return operations.filter(({ machineId, state }) => state !== 'running' || !working.has(machineId));
}
