import path from 'node:path';
import { createAzure } from './adapters/azure/azure.ts';
import { createChannels } from './adapters/channels/channels.ts';
import { createInsightsTelemetry } from './adapters/channels/insights-telemetry.ts';
import { createSystemClock } from './adapters/clock/system-clock.ts';
import { findNotificationService, type NotificationService } from './adapters/desktop/notification-service.ts';
import { openBrowser } from './adapters/desktop/open-browser.ts';
import { openTerminal } from './adapters/desktop/open-terminal.ts';
import { findTrayHost, type TrayHost } from './adapters/desktop/tray-host.ts';
import { createAlertRulesFile } from './adapters/files/alert-rules-file.ts';
import { createAzlinFolder } from './adapters/files/azlin-folder.ts';
import { createClanFolder } from './adapters/files/clan-folder.ts';
import { createDataHome } from './adapters/files/create-data-home.ts';
import { findDaemonFiles } from './adapters/files/daemon-files.ts';
import { createLifecycleFile } from './adapters/files/lifecycle-file.ts';
import { createMachineDefinitions } from './adapters/files/machine-definitions.ts';
import { createSettingsFile } from './adapters/files/settings-file.ts';
import { removeHalfWritten, writeFileDurably } from './adapters/files/write-file-durably.ts';
import { createHookScripts } from './adapters/hooks/hook-scripts.ts';
import { hookSurroundings } from './adapters/hooks/hook-surroundings.ts';
import { createHost } from './adapters/host/host.ts';
import { createIdentifiers } from './adapters/host/identifiers.ts';
import { acquireEngineLock } from './adapters/lock/engine-lock.ts';
import { writePidFile } from './adapters/lock/pid-file.ts';
import { createFileLog } from './adapters/log/file-log.ts';
import { createNetwork } from './adapters/network/network.ts';
import { createDesktopNotifier } from './adapters/notify/desktop-notifier.ts';
import { createProbes } from './adapters/probes/probes.ts';
import { createProcesses } from './adapters/processes/processes.ts';
import { createQemuMachineProvider } from './adapters/qemu/qemu-machine-provider.ts';
import { createEnvironmentSecrets } from './adapters/secrets/environment-secrets.ts';
import { openKeptSecrets } from './adapters/secrets/kept-secrets.ts';
import type { Seal } from './adapters/secrets/seal.ts';
import { createSealedFiles } from './adapters/secrets/sealed-files.ts';
import { createSqliteMetricsStore } from './adapters/sqlite/sqlite-metrics-store.ts';
import { createSqliteStateStore } from './adapters/sqlite/sqlite-state-store.ts';
import { createSsh } from './adapters/ssh/ssh.ts';
import type { Connection } from './contract/connection.ts';
import type { EngineHost } from './contract/engine-status.ts';
import type { EventSource } from './contract/events.ts';
import { VigilError } from './contract/failure.ts';
import type { SshWay } from './contract/ssh-way.ts';
import { startEngine } from './engine/engine.ts';
import { createOwner } from './engine/lifetime/owner.ts';
import type { LogLevel } from './engine/ports/log.ts';
import { createDispatcher, type Dispatcher } from './transport/dispatcher.ts';
import { engineSocketPath } from './transport/engine-socket-path.ts';
import { createEventBus } from './transport/event-bus.ts';
import { createInProcessConnection } from './transport/in-process-connection.ts';
import { createSocketServer } from './transport/socket-server.ts';

/** The one composition root: every port meets its adapter here, for the app and the headless engine alike. */

export interface AssemblyOptions {
  /** The data home, absolute. */
  readonly home: string;
  readonly host: EngineHost;
  readonly version: string;
  /** Holds `migrations/` and `icons/`. */
  readonly resourcesFolder: string;
  readonly logLevel?: LogLevel;
  /** The key store of the desktop; absent without the app, and then only the environment gives secrets. */
  readonly seal?: Seal;
}

export interface AssembledEngine {
  /** To this very process. */
  readonly connection: Connection;
  readonly dispatcher: Dispatcher;
  readonly events: EventSource;
  /** Resolves when someone asks a headless engine to end. */
  readonly shutdownRequested: Promise<void>;
  /** Machines go on running. Final. */
  stop(): Promise<void>;
}

/**
 * Takes the data home, brings the engine up and opens its socket once the fleet is reconciled.
 * Throws `conflict`, naming the holder, while another engine is alive for this home.
 */
export async function assembleEngine(options: AssemblyOptions): Promise<AssembledEngine> {
  const { home, host: hostKind, version, resourcesFolder } = options;
  const { remarks } = await createDataHome(home);
  const clock = createSystemClock();
  // Before there is a log: it is this file that says where the log is.
  const { config } = await createLifecycleFile({ home, clock, log: { write: () => undefined } }).read();
  const files = await findDaemonFiles({ home, daemon: config.daemon, environment: process.env });
  const log = createFileLog({ file: files.logFile, level: options.logLevel ?? files.logLevel });
  const hookLog = createFileLog({ file: path.join(home, 'logs', 'hooks.log'), level: 'info' });
  for (const remark of remarks) log.write('warn', 'home', remark);
  const owner = createOwner(log);
  for (const fault of files.faults) log.write('warn', 'home', fault);
  owner.own('log', () => log.flush());
  owner.own('hook log', () => hookLog.flush());
  const store = createSqliteStateStore({
    home,
    migrationsFolder: path.join(resourcesFolder, 'migrations', 'state'),
    log,
  });
  // It comes up beside what follows, and opens the database when that is ours.
  store.prepare();
  owner.own('thread of the state', () => store.close());
  try {
    const socketPath = engineSocketPath(home);
    const processes = createProcesses();
    const identity = processes.identify(process.pid);
    const lock = await acquireEngineLock({
      home,
      self: {
        pid: process.pid,
        startTime: identity?.startTime ?? null,
        bootId: identity?.bootId ?? null,
        socket: socketPath,
        host: hostKind,
        version,
      },
      identify: (pid) => processes.identify(pid),
    });
    if (!lock.held) {
      throw new VigilError('conflict', `Another engine (process ${lock.owner.pid}) holds ${home}.`, {
        hint: 'There is one engine per data home; this face can attach to it.',
      });
    }
    owner.own('engine lock', () => lock.release());
    owner.own(
      'pid file',
      await writePidFile({ file: files.pidFile, pid: process.pid, writeFile: writeFileDurably }).catch(
        (error: unknown) => {
          log.write('warn', 'home', 'the pid file could not be written', { error });
          return () => undefined;
        },
      ),
    );
    for (const folder of [home, path.join(home, 'machines'), path.join(home, '.last-good')])
      await removeHalfWritten(folder);

    const events = createEventBus(log);
    const systemHost = createHost(home);
    const vault = createSealedFiles({
      folder: path.join(home, 'secrets'),
      seal: options.seal ?? null,
      writeFile: writeFileDurably,
    });
    const secrets = await openKeptSecrets(createEnvironmentSecrets(process.env), vault);
    let requestShutdown: () => void = () => {};
    const shutdownRequested = new Promise<void>((resolve) => {
      requestShutdown = resolve;
    });
    const engine = await startEngine(
      {
        store,
        definitions: createMachineDefinitions({ home, clock, log }),
        clanFolder: createClanFolder(),
        azlinFolder: createAzlinFolder(process.env.HOME ?? home),
        settingsFile: createSettingsFile({ home, clock, log }),
        lifecycleFile: createLifecycleFile({ home, clock, log }),
        alertRulesFile: createAlertRulesFile({ home, clock, log }),
        metricsStore: createSqliteMetricsStore({
          home,
          migrationsFolder: path.join(resourcesFolder, 'migrations', 'metrics'),
          log,
        }),
        ssh: createSsh({ home, clock, log }),
        network: createNetwork(),
        probes: createProbes(),
        provider: createQemuMachineProvider({ home, clock, log, processes }),
        azure: createAzure({
          home,
          clock,
          log,
          vault,
          processes,
          platform: process.platform,
          random: Math.random,
          writeFile: writeFileDurably,
          openBrowser: (address) =>
            openBrowser(address, { processes, platform: process.platform, folder: path.join(home, 'logs') }),
        }),
        notifier: createDesktopNotifier({
          platform: process.platform,
          icon: path.join(resourcesFolder, 'icons', 'app.png'),
          processes,
        }),
        secrets,
        channels: createChannels({ clock, secrets }),
        telemetry: createInsightsTelemetry({ clock, secrets }),
        host: systemHost,
        hookScripts: createHookScripts({
          home,
          processes,
          environment: hookSurroundings(process.env),
          writeFile: writeFileDurably,
        }),
        hookLog,
        identifiers: createIdentifiers(),
        clock,
        log,
        events,
      },
      {
        home,
        host: hostKind,
        version,
        pid: process.pid,
        faults: files.faults,
        shutdownRequested: () => requestShutdown(),
      },
    );
    owner.own('engine', () => engine.stop());

    const dispatcher = createDispatcher(engine.handlers, log);
    const server = createSocketServer({
      path: socketPath,
      dispatcher,
      events,
      log,
      clock,
      engine: { pid: process.pid, host: hostKind, version },
      user: systemHost.user,
    });
    owner.own('socket', () => server.close());
    await server.listen();
    return {
      connection: createInProcessConnection(dispatcher, events, { user: systemHost.user, face: 'app' }),
      dispatcher,
      events,
      shutdownRequested,
      stop: () => owner.stopAll(),
    };
  } catch (error) {
    await owner.stopAll();
    throw error;
  }
}

/** Whether the desktop of this session has a place for tray icons. Bounded; never rejects. */
export function trayHostOfThisDesktop(): Promise<TrayHost> {
  return findTrayHost({
    processes: createProcesses(),
    platform: process.platform,
    busAddress: process.env.DBUS_SESSION_BUS_ADDRESS,
  });
}

/** The notification service of this session, where it has buttons; else null. Bounded; never rejects. */
export function notificationServiceOfThisDesktop(): Promise<NotificationService | null> {
  return process.platform === 'linux'
    ? findNotificationService(process.env.DBUS_SESSION_BUS_ADDRESS)
    : Promise.resolve(null);
}

/** Opens the terminal program of this desktop with `ssh` in it. Rejects with `refused` when there is none. */
export function openTerminalOfThisDesktop(way: SshWay, home: string): Promise<void> {
  return openTerminal(way, {
    processes: createProcesses(),
    platform: process.platform,
    folder: path.join(home, 'logs'),
    unit: `vigil-terminal-${Date.now()}`,
  });
}
