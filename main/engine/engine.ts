import type { Handlers } from '../contract/calls.ts';
import type { Daemon, EngineHost } from '../contract/engine-status.ts';
import type { EventSink } from '../contract/events.ts';
import { VigilError } from '../contract/failure.ts';
import { createFleet, type Fleet } from './fleet/fleet.ts';
import { createLedger } from './journal/ledger.ts';
import { createOwner } from './lifetime/owner.ts';
import { createEngineNotices } from './notices/engine-notices.ts';
import { createNotificationDesk } from './notifications/notification-desk.ts';
import type { Clock } from './ports/clock.ts';
import type { DesktopNotifier } from './ports/desktop-notifier.ts';
import type { Host } from './ports/host.ts';
import type { Identifiers } from './ports/identifiers.ts';
import type { Log } from './ports/log.ts';
import type { MachineDefinitions } from './ports/machine-definitions.ts';
import type { MachineProvider } from './ports/machine-provider.ts';
import type { SettingsFile } from './ports/settings-file.ts';
import type { StateStore } from './ports/state-store.ts';
import { createSettingsKeeper } from './settings/settings-keeper.ts';

export interface EnginePorts {
  readonly store: StateStore;
  readonly definitions: MachineDefinitions;
  readonly settingsFile: SettingsFile;
  readonly provider: MachineProvider;
  readonly host: Host;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly log: Log;
  readonly events: EventSink;
  readonly notifier: DesktopNotifier;
}

export interface EngineOptions {
  readonly home: string;
  readonly host: EngineHost;
  readonly version: string;
  /** The engine's own process id. */
  readonly pid: number;
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

/** Opens the store, takes up what runs, and only then hands out its handlers. */
export async function startEngine(ports: EnginePorts, options: EngineOptions): Promise<Engine> {
  const { clock, log, events, store } = ports;
  const startedAt = clock.monotonicNow();
  const owner = createOwner(log);
  try {
    const stored = await store.open();
    owner.own('state store', () => store.close());
    const notices = createEngineNotices(clock, events);
    const ledger = createLedger({ store, clock, log, events, notices }, stored.lastJournalId);
    owner.own('ledger', () => ledger.flush());
    ledger.record([], {
      action: 'engine.started',
      actor: 'engine',
      summary: `Vigil ${options.version} started.`,
      details: { pid: options.pid, host: options.host },
    });
    if (stored.restored !== null) {
      notices.raise('storage restored', 'critical', stored.restored);
      ledger.record([], { action: 'storage.restored', actor: 'engine', summary: stored.restored });
    }
    const settings = createSettingsKeeper(
      { file: ports.settingsFile, ledger, events, notices },
      await ports.settingsFile.read(),
    );
    owner.own('settings watch', ports.settingsFile.watch(settings.take));
    owner.own('provider', () => ports.provider.close());
    const desk = createNotificationDesk({
      events,
      notifier: options.host === 'app' ? null : ports.notifier,
      log,
      wanted: () => settings.present.desktop.notifications,
    });
    const fleet = createFleet({ ...ports, desk, ledger, notices, owner, settings: () => settings.present }, stored);
    await fleet.reconcile();
    log.write('info', 'engine', 'ready', { machines: fleet.names().length });
    return {
      handlers: { ...ownHandlers(fleet), ...fleet.handlers },
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

    function ownHandlers(machines: Fleet): Omit<Handlers, keyof Fleet['handlers']> {
      return {
        'engine.status': (): Daemon => ({
          running: true,
          pid: options.pid,
          uptimeSeconds: Math.floor((clock.monotonicNow() - startedAt) / 1000),
          monitored: machines.names(),
          version: options.version,
          home: options.home,
          host: options.host,
        }),
        'engine.notices': () => notices.list,
        'engine.shutdown': () => {
          if (options.host === 'app') {
            throw new VigilError('refused', 'This engine lives in the Vigil app.', { hint: 'Quit the app to end it.' });
          }
          options.shutdownRequested();
          return null;
        },
        'desktop.attach': (_input, context) => {
          desk.attach(context.gone);
          return null;
        },
        'settings.get': () => settings.present,
        'settings.change': (patch) => settings.change(patch),
      };
    }
  } catch (error) {
    await owner.stopAll();
    throw error;
  }
}
