import type { AzureStatus } from '../../contract/azure.ts';
import type { Handlers } from '../../contract/calls.ts';
import type { EventSink } from '../../contract/events.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Health, Machine, MachineDetail } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import type { Settings, SettingsPatch } from '../../contract/settings.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import { nothingLocal } from '../fleet/nothing-local.ts';
import type { RemoteMachine } from '../health/remote-machine.ts';
import type { Ledger } from '../journal/ledger.ts';
import { startLoop } from '../lifetime/loop.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Operations } from '../operations/operations.ts';
import type { Azure } from '../ports/azure.ts';
import type { AzureMachineRecord, AzureWorkRecord } from '../ports/azure-records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsStore, StoredSample } from '../ports/metrics-store.ts';
import { createAzureAddresses } from './azure-addresses.ts';
import { type AzureConsole, createAzureConsole } from './azure-console.ts';
import { createAzureCosts } from './azure-costs.ts';
import { createAzureFleet } from './azure-fleet.ts';
import { createAzureIdle } from './azure-idle.ts';
import { createAzureOpinions } from './azure-opinions.ts';
import { createAzureOrders } from './azure-orders.ts';
import { type AzureReadings, createAzureReadings } from './azure-readings.ts';
import { createAzureRounds } from './azure-rounds.ts';
import { type AzureSchedules, createAzureSchedules } from './azure-schedules.ts';
import { createAzureStrangers } from './azure-strangers.ts';
import { type AzureVerbs, createAzureVerbs } from './azure-verbs.ts';
import type { AzureMachine } from './azure-view.ts';
import { keyOf } from './join-inventory.ts';
import { newestGood } from './newest-good.ts';
import { createRunningSince } from './running-since.ts';
import { configOf, createSignInDesk } from './sign-in-desk.ts';

/** Everything of Azure in one place: its machines, the sign-in, the rounds that read it, and the verbs. */
export interface AzureDesk {
  readonly handlers: Pick<
    Handlers,
    | 'azure.status'
    | 'azure.sign-in'
    | 'azure.sign-in-wait'
    | 'azure.sign-in-cancel'
    | 'azure.sign-out'
    | 'azure.choose'
    | 'azure.refresh'
  > &
    AzureConsole['handlers'] &
    AzureVerbs['handlers'] &
    AzureSchedules['handlers'];
  readonly verbs: AzureVerbs;
  readonly screenshot: AzureConsole['screenshot'];
  all(): readonly AzureMachine[];
  get(id: string): AzureMachine | undefined;
  /** See `AzureFleet`. */
  find(reference: string): AzureMachine | undefined;
  isNameTaken(name: string): boolean;
  view(machine: AzureMachine): Machine;
  describe(machine: AzureMachine): MachineDetail;
  announce(id: string): void;
  /** What is known of a machine for its checks and its healing; undefined when it is gone. */
  remote(id: string): RemoteMachine | undefined;
  /** When somebody did something to it in Azure itself, since then; null when nobody did. See `AzureStrangers`. */
  actedElsewhere(id: string, since: number): Promise<number | null>;
  readonly readings: Pick<AzureReadings, 'newest'>;
  /** A check of a machine fails, since then: the platform is asked for its opinion. */
  doubt(id: string, since: number): void;
  /** The settings are not what they were. */
  configured(): void;
  /** Takes up what was under way, and begins to read. */
  begin(works: readonly AzureWorkRecord[], operations: readonly Operation[]): void;
  stop(): Promise<void>;
}

export interface AzureDeskPorts {
  readonly azure: Azure;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventSink;
  readonly identifiers: Identifiers;
  readonly ledger: Ledger;
  readonly notices: EngineNotices;
  readonly operations: Operations;
  readonly metricsStore: Pick<MetricsStore, 'newest' | 'rollUps' | 'slice'>;
  settings(): Settings['azure'];
  changeSettings(patch: SettingsPatch): Promise<Settings>;
  healthOf(id: string): Health;
  isNameTakenElsewhere(name: string): boolean;
  /** The zone of this computer. */
  zone(): string;
  changed(id: string): void;
  /** Puts down what the platform measured. */
  keepReadings(samples: readonly StoredSample[]): Promise<void>;
  /** A machine went for good. */
  forget(name: string): Promise<void>;
  /** When Vigil itself, by whomever asked, did something to it since then, wall-clock milliseconds. */
  ownActs(id: string, since: number): Promise<readonly number[]>;
}

/** A state that was read so many rounds ago says nothing about now. */
const staleRounds = 3;
const leastStaleMs = 180_000;
const firstRoundMs = 200;
/** While an order changes the power of a machine, a list that lags says nothing. */
const powerKinds: ReadonlySet<Operation['kind']> = new Set([
  'start',
  'stop',
  'restart',
  'deallocate',
  'redeploy',
  'delete',
]);

export function createAzureDesk(ports: AzureDeskPorts, stored: readonly AzureMachineRecord[]): AzureDesk {
  const { azure, operations, clock, ledger } = ports;
  const staleMs = (): number => Math.max(leastStaleMs, ports.settings().refresh_seconds * 1000 * staleRounds);
  const running = createRunningSince(clock);
  const fleet = createAzureFleet(
    {
      ...ports,
      operationOf: operations.of,
      staleMs,
      idleOf: (id) => idle.of(id),
      addressOf: (vm) => addresses.of(vm),
      costOf: (vm) => costs.of(vm),
      changed: (id) => {
        const machine = fleet.get(id);
        running.saw(id, machine === undefined ? null : fleet.view(machine).state);
        ports.changed(id);
      },
    },
    stored,
  );
  const addresses = createAzureAddresses({
    azure,
    clock,
    log: ports.log,
    vms: () => fleet.all().map(({ record }) => record.vm),
    changed: (keys) => {
      for (const { record } of fleet.all()) {
        if (!keys.has(keyOf(record.vm))) continue;
        ports.changed(record.id);
        fleet.announce(record.id);
      }
    },
  });
  const costs = createAzureCosts({
    azure,
    clock,
    log: ports.log,
    vms: () => fleet.all().map(({ record }) => record.vm),
    isSignedIn: () => ports.settings().sign_in !== 'none' && signIn.trouble === null,
    changed: (keys) => {
      for (const { record } of fleet.all()) if (keys.has(keyOf(record.vm))) fleet.announce(record.id);
    },
  });
  const readings = createAzureReadings({
    azure,
    clock,
    log: ports.log,
    running: () => fleet.all().filter(({ record }) => record.state === 'running'),
    isSignedIn: () => ports.settings().sign_in !== 'none' && signIn.trouble === null,
    kept: (ids, fromMs) => newestGood(ports.metricsStore, ids, fromMs, clock.wallNow() - (azure.clockAheadMs() ?? 0)),
    keep: ports.keepReadings,
  });
  const idle = createAzureIdle({
    ...ports,
    store: ports.metricsStore,
    running: () => fleet.all().flatMap((machine) => (machine.record.state === 'running' ? [machine.record.id] : [])),
    changed: fleet.announce,
  });
  const stopping = createStopSource();
  const opinions = createAzureOpinions({ azure, clock, ledger, log: ports.log, get: fleet.get });
  let stopLoop: () => Promise<void> = async () => undefined;

  const lookNow = (whole: boolean): void => {
    rounds.run(whole).catch((error) => ports.log.write('error', 'azure', 'a round failed', { error }));
  };
  const signIn = createSignInDesk({
    ...ports,
    remember: async (change) => void (await ports.changeSettings({ azure: change })),
    changed: () => {
      rounds.forget();
      costs.forget();
      if (ports.settings().sign_in === 'none') letGo();
      lookNow(true);
    },
  });
  const strangers = createAzureStrangers(ports);
  const rounds = createAzureRounds({
    ...ports,
    fleet,
    saw: strangers.saw,
    isBusy: (id) => {
      const operation = operations.of(id);
      return operation !== undefined && powerKinds.has(operation.kind);
    },
    signInNeeded: signIn.needed,
    signInGood: signIn.good,
    appeared: (scope) => {
      readings.appeared();
      addresses.look(scope).catch((error) => ports.log.write('error', 'azure', 'addresses were not read', { error }));
    },
  });
  const settled = (id: string): void => {
    strangers.ours(id);
    rounds.settled(id);
  };
  const orders = createAzureOrders({ ...ports, fleet, settled, signInNeeded: signIn.needed });
  const resolve = (reference: string): AzureMachine => {
    const machine = fleet.find(reference);
    if (machine !== undefined) return machine;
    if (ports.isNameTakenElsewhere(reference)) {
      throw new VigilError('refused', `'${reference}' is no machine of Azure.`, { field: 'machine' });
    }
    throw new VigilError('not-found', `There is no machine '${reference}' in Azure.`, {
      field: 'machine',
      hint: 'See `vigil list --provider azure`.',
    });
  };
  const consoles = createAzureConsole({ azure, signal: stopping.signal, resolve });
  const verbs = createAzureVerbs({ ...ports, fleet, orders, staleMs, resolve, strangers });

  const schedules = createAzureSchedules({
    ...ports,
    fleet,
    verbs,
    isRead: () => rounds.subscriptions().some(({ readAt }) => readAt !== null),
  });

  /** Nobody is signed in any more: what is not seen does not belong to the fleet. */
  const letGo = (): void => {
    const gone = fleet.all().filter(({ record }) => operations.of(record.id) === undefined);
    if (gone.length === 0) return;
    ledger.record(gone.map(({ record }) => ({ kind: 'azure-machine-removed', id: record.id })));
    for (const { record } of gone) fleet.remove(record.id);
  };

  const status = async (): Promise<AzureStatus> => {
    const { sign_in: way, cloud, tenant } = ports.settings();
    const account = way === 'none' ? null : await signIn.account();
    const { trouble } = signIn;
    const isOff = way === 'none' && !signIn.isUnderWay;
    const needsPerson = trouble !== null || account === null;
    return {
      state: signIn.isUnderWay ? 'signing-in' : isOff ? 'off' : needsPerson ? 'sign-in-needed' : 'signed-in',
      reason: isOff
        ? null
        : (trouble?.message ?? (account === null && !signIn.isUnderWay ? 'Nobody is signed in.' : null)),
      hint: isOff ? 'Sign in: vigil azure login' : (trouble?.hint ?? null),
      way: way === 'none' ? null : way,
      cloud,
      account: account?.name ?? null,
      tenant: account?.tenant ?? (isOff ? null : tenant),
      kept: account?.kept ?? null,
      clockAheadSeconds: secondsOf(azure.clockAheadMs()),
      subscriptions: rounds.subscriptions(),
    };
  };

  return {
    verbs,
    screenshot: consoles.screenshot,
    all: fleet.all,
    get: fleet.get,
    find: fleet.find,
    isNameTaken: fleet.isNameTaken,
    view: fleet.view,
    announce: fleet.announce,
    actedElsewhere: async (id, since) => {
      const machine = fleet.get(id);
      return machine === undefined ? null : strangers.acted(machine.record.vm, id, since, 'anything');
    },
    readings,
    doubt: opinions.doubt,
    remote: (id) => {
      const machine = fleet.get(id);
      if (machine === undefined) return undefined;
      const { state, wanted, name, address } = fleet.view(machine);
      return { id, name, provider: 'azure', address, state, wanted, runningSince: running.of(id) };
    },
    describe: (machine) => ({ ...nothingLocal, machine: fleet.view(machine) }),
    configured: () => {
      if (signIn.isUnderWay) return;
      azure.configure(configOf(ports.settings()));
      if (ports.settings().sign_in === 'none') letGo();
      lookNow(true);
    },
    begin: (works, running) => {
      azure.configure(configOf(ports.settings()));
      orders.takeUp(works, running);
      stopLoop = startLoop({
        name: 'azure',
        clock,
        log: ports.log,
        intervalMs: () => ports.settings().refresh_seconds * 1000,
        isSteady: true,
        firstAfterMs: firstRoundMs,
        run: () => rounds.run(false),
      });
      addresses.begin();
      costs.begin();
      readings.begin();
      schedules.begin();
      idle.begin();
    },
    stop: async () => {
      stopping.stop('stopped');
      await Promise.all([
        stopLoop(),
        schedules.stop(),
        idle.stop(),
        rounds.stop(),
        signIn.stop(),
        addresses.stop(),
        costs.stop(),
        readings.stop(),
        opinions.stop(),
      ]);
      await azure.close();
    },
    handlers: {
      ...signIn.handlers,
      ...consoles.handlers,
      ...verbs.handlers,
      ...schedules.handlers,
      'azure.status': status,
      'azure.sign-in-wait': async ({ id }) => {
        await signIn.wait(id);
        // The sign-in itself began to read.
        await rounds.rest();
        return status();
      },
      'azure.sign-out': async (_input, by) => {
        await signIn.signOut(by);
        return status();
      },
      'azure.choose': async ({ subscriptions, resourceGroups }) => {
        await ports.changeSettings({
          azure: { subscriptions, ...(resourceGroups === undefined ? {} : { resource_groups: resourceGroups }) },
        });
        await rounds.run(true);
        return status();
      },
      'azure.refresh': async () => {
        await rounds.run(true);
        return status();
      },
    },
  };
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 1000);
}
