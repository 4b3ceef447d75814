import path from 'node:path';
import { createAzure } from '../../main/adapters/azure/azure.ts';
import { createChannels } from '../../main/adapters/channels/channels.ts';
import { createInsightsTelemetry } from '../../main/adapters/channels/insights-telemetry.ts';
import { createSystemClock } from '../../main/adapters/clock/system-clock.ts';
import { createAlertRulesFile } from '../../main/adapters/files/alert-rules-file.ts';
import { createAzlinFolder } from '../../main/adapters/files/azlin-folder.ts';
import { createClanFolder } from '../../main/adapters/files/clan-folder.ts';
import { createLifecycleFile } from '../../main/adapters/files/lifecycle-file.ts';
import { createMachineDefinitions } from '../../main/adapters/files/machine-definitions.ts';
import { createSettingsFile } from '../../main/adapters/files/settings-file.ts';
import { writeFileDurably } from '../../main/adapters/files/write-file-durably.ts';
import { createHookScripts } from '../../main/adapters/hooks/hook-scripts.ts';
import { createHost } from '../../main/adapters/host/host.ts';
import { createIdentifiers } from '../../main/adapters/host/identifiers.ts';
import { acquireEngineLock } from '../../main/adapters/lock/engine-lock.ts';
import { createNetwork } from '../../main/adapters/network/network.ts';
import { createProbes } from '../../main/adapters/probes/probes.ts';
import { createProcesses } from '../../main/adapters/processes/processes.ts';
import { createQemuMachineProvider } from '../../main/adapters/qemu/qemu-machine-provider.ts';
import { createEnvironmentSecrets } from '../../main/adapters/secrets/environment-secrets.ts';
import { openKeptSecrets } from '../../main/adapters/secrets/kept-secrets.ts';
import { createSealedFiles } from '../../main/adapters/secrets/sealed-files.ts';
import { createSqliteMetricsStore } from '../../main/adapters/sqlite/sqlite-metrics-store.ts';
import { createSqliteStateStore } from '../../main/adapters/sqlite/sqlite-state-store.ts';
import { createSsh } from '../../main/adapters/ssh/ssh.ts';
import { startEngine } from '../../main/engine/engine.ts';
import type { MachineProvider } from '../../main/engine/ports/machine-provider.ts';
import type { Processes } from '../../main/engine/ports/processes.ts';
import { createDispatcher } from '../../main/transport/dispatcher.ts';
import { engineSocketPath } from '../../main/transport/engine-socket-path.ts';
import { createEventBus } from '../../main/transport/event-bus.ts';
import { createSocketServer } from '../../main/transport/socket-server.ts';
import { root } from '../../scripts/project.mjs';

/**
 * A headless engine from the sources whose machines are driven by a provider that was broken on purpose, for controls.
 * For a program that is run with --home. `through` may stand between it and every program that it runs.
 */
export async function runBrokenEngine(
  breakIt: (provider: MachineProvider, processes: Processes) => void,
  through: (processes: Processes) => Processes = (processes) => processes,
): Promise<void> {
  const home = process.argv[process.argv.indexOf('--home') + 1] ?? '';
  const log = { write: () => undefined };
  const clock = createSystemClock();
  const processes = through(createProcesses());
  const host = createHost(home);
  const vault = createSealedFiles({ folder: path.join(home, 'secrets'), seal: null, writeFile: writeFileDurably });
  const secrets = await openKeptSecrets(createEnvironmentSecrets({}), vault);
  const events = createEventBus(log);
  const socket = engineSocketPath(home);
  const identity = processes.identify(process.pid);
  const self = {
    pid: process.pid,
    startTime: identity?.startTime ?? null,
    bootId: identity?.bootId ?? null,
    socket,
    host: 'headless',
    version: 'control',
  } as const;
  await acquireEngineLock({ home, self, identify: (pid) => processes.identify(pid) });

  const provider = createQemuMachineProvider({ home, clock, log, processes });
  breakIt(provider, processes);
  const engine = await startEngine(
    {
      store: createSqliteStateStore({
        home,
        migrationsFolder: path.join(root, 'resources', 'migrations', 'state'),
        log,
      }),
      definitions: createMachineDefinitions({ home, clock, log }),
      clanFolder: createClanFolder(),
      azlinFolder: createAzlinFolder(home),
      hookScripts: createHookScripts({ home, processes, environment: {}, writeFile: writeFileDurably }),
      hookLog: log,
      settingsFile: createSettingsFile({ home, clock, log }),
      lifecycleFile: createLifecycleFile({ home, clock, log }),
      alertRulesFile: createAlertRulesFile({ home, clock, log }),
      metricsStore: createSqliteMetricsStore({
        home,
        migrationsFolder: path.join(root, 'resources', 'migrations', 'metrics'),
        log,
      }),
      network: createNetwork(),
      probes: createProbes(),
      ssh: createSsh({ home, clock, log }),
      provider,
      azure: createAzure({
        home,
        clock,
        log,
        vault,
        processes,
        platform: process.platform,
        random: Math.random,
        writeFile: writeFileDurably,
        openBrowser: () => Promise.resolve(),
      }),
      channels: createChannels({ clock, secrets }),
      telemetry: createInsightsTelemetry({ clock, secrets }),
      secrets,
      notifier: { show: () => Promise.resolve(), close: () => Promise.resolve() },
      host,
      identifiers: createIdentifiers(),
      clock,
      log,
      events,
    },
    { home, host: 'headless', version: 'control', pid: process.pid, shutdownRequested: () => undefined },
  );
  const dispatcher = createDispatcher(engine.handlers, log);
  await createSocketServer({ path: socket, dispatcher, events, log, clock, engine: self, user: host.user }).listen();
  process.on('SIGTERM', () => void engine.stop().then(() => process.exit(0)));
}
