import type { Handlers } from '../contract/calls.ts';
import type { EngineHost } from '../contract/engine-status.ts';
import { VigilError } from '../contract/failure.ts';
import type { AzureDesk } from './azure/azure-desk.ts';
import { explainMachine } from './healing/explain-machine.ts';
import type { HealingDesk } from './healing/healing-desk.ts';
import type { Ledger } from './journal/ledger.ts';
import type { EngineNotices } from './notices/engine-notices.ts';
import type { NotificationDesk } from './notifications/notification-desk.ts';
import type { Clock } from './ports/clock.ts';
import type { StateStore } from './ports/state-store.ts';
import type { Roster } from './roster/roster.ts';
import type { SettingsKeeper } from './settings/settings-keeper.ts';

/** The calls that are about the engine itself, and those that take several of its parts to answer. */
export type OwnHandlers = Pick<
  Handlers,
  | 'engine.status'
  | 'engine.notices'
  | 'engine.shutdown'
  | 'desktop.attach'
  | 'desktop.open-terminal'
  | 'desktop.save-csv'
  | 'machine.why'
  | 'journal.verify'
  | 'settings.get'
  | 'settings.change'
>;

export interface OwnHandlerPorts {
  readonly options: {
    readonly home: string;
    readonly host: EngineHost;
    readonly version: string;
    readonly pid: number;
    shutdownRequested(): void;
  };
  /** When it began, on the monotonic clock. */
  readonly startedAt: number;
  readonly clock: Clock;
  readonly store: Pick<StateStore, 'readJournal' | 'verifyJournal'>;
  readonly ledger: Pick<Ledger, 'flush'>;
  readonly notices: Pick<EngineNotices, 'list'>;
  readonly notifications: Pick<NotificationDesk, 'attach'>;
  readonly settings: Pick<SettingsKeeper, 'change' | 'present'>;
  readonly roster: Pick<Roster, 'all' | 'resolve' | 'view'>;
  readonly healing: Pick<HealingDesk, 'status'>;
  readonly azure: Pick<AzureDesk, 'configured'>;
}

/** As far back as the story behind a machine's condition is looked for. */
const explainedEntries = 200;

export function createOwnHandlers(ports: OwnHandlerPorts): OwnHandlers {
  const { azure, clock, healing, ledger, notices, notifications, options, roster, settings, startedAt, store } = ports;
  return {
    'engine.status': () => ({
      running: true,
      pid: options.pid,
      uptimeSeconds: Math.floor((clock.monotonicNow() - startedAt) / 1000),
      monitored: roster.all().map(({ name }) => name),
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
      notifications.attach(context.gone);
      return null;
    },
    'desktop.open-terminal': () => {
      throw new VigilError('refused', 'Only the app can open a terminal.', { hint: 'Use `vigil ssh NAME`.' });
    },
    'desktop.save-csv': () => {
      const hint = 'Use `vigil monitor history NAME --export FILE`.';
      throw new VigilError('refused', 'Only the app can ask where to save a file.', { hint });
    },
    'machine.why': async ({ machine: reference }) => {
      const { id } = roster.resolve(reference);
      await ledger.flush();
      const journal = await store.readJournal({ machineId: id, limit: explainedEntries });
      return explainMachine(roster.view(id), healing.status(id), journal);
    },
    'journal.verify': async () => {
      await ledger.flush();
      return store.verifyJournal();
    },
    'settings.get': () => settings.present,
    'settings.change': async (patch) => {
      const changed = await settings.change(patch);
      if (patch.azure !== undefined) azure.configured();
      return changed;
    },
  };
}
