import type { CallContext, Handlers } from '../../contract/calls.ts';
import type { HostDescription } from '../../contract/engine-status.ts';
import type { EventSink } from '../../contract/events.ts';
import { VigilError } from '../../contract/failure.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import type { GuestDetail, Machine, MachineDetail } from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import { createDiskHandlers, type DiskHandlers } from '../disks/disk-handlers.ts';
import { startLoop } from '../lifetime/loop.ts';
import type { Owner } from '../lifetime/owner.ts';
import type { NotificationDesk } from '../notifications/notification-desk.ts';
import { createOperations, type Operations } from '../operations/operations.ts';
import type { ClanFolder } from '../ports/clan-folder.ts';
import type { DefinitionReading } from '../ports/machine-definitions.ts';
import type { StateStore, StoredState } from '../ports/state-store.ts';
import { expireSnapshots } from '../snapshots/expire-snapshots.ts';
import { settleUnfinished } from '../snapshots/settle-unfinished.ts';
import { createSnapshotBook } from '../snapshots/snapshot-book.ts';
import { createSnapshotHandlers, type SnapshotHandlers } from '../snapshots/snapshot-handlers.ts';
import { type ConsoleHandlers, createConsoleDesk } from './console-desk.ts';
import { createMachine } from './create-machine.ts';
import { deleteMachine, purgeBin } from './delete-machine.ts';
import { editMachine, tagMachine } from './edit-machine.ts';
import { capacityOf, rehearseDraft } from './examine-draft.ts';
import { type FleetContext, providedMachine } from './fleet-context.ts';
import { addForward, removeForward } from './forward-ports.ts';
import { importClan } from './import-clan.ts';
import { inventoryOf } from './inventory.ts';
import { createMachineBin } from './machine-bin.ts';
import { definitionChanged, freshConfigs, pendingConfig } from './machine-definition-edits.ts';
import { createMachineRegistry, type RegistryPorts } from './machine-registry.ts';
import { createMachineReports } from './machine-reports.ts';
import type { FleetMachine } from './machine-view.ts';
import { pauseMachine, resumeMachine, startOrLetGoOn } from './pause-machine.ts';
import { protectMachine } from './protect-machine.ts';
import { lookAgain, reconcileFleet } from './reconcile-fleet.ts';
import { renameMachine } from './rename-machine.ts';
import { restartMachine, stopMachine } from './stop-machine.ts';
import { undeleteMachine } from './undelete-machine.ts';

/** The machines that can be driven, and everything a person can ask of them. */
export interface Fleet {
  readonly handlers: Pick<
    Handlers,
    | 'host.describe'
    | 'machine.rehearse'
    | 'machine.create'
    | 'definition.read'
    | 'machine.start'
    | 'machine.stop'
    | 'machine.restart'
    | 'machine.pause'
    | 'machine.resume'
    | 'machine.edit'
    | 'machine.rename'
    | 'machine.undelete'
    | 'machine.bin'
    | 'forward.add'
    | 'forward.remove'
    | 'machine.tag'
    | 'machine.protect'
    | 'operation.list'
    | 'operation.wait'
    | 'operation.cancel'
    | 'journal.list'
    | 'machine.crashes'
    | 'machine.inventory'
    | 'import.clan'
  > &
    ConsoleHandlers &
    DiskHandlers &
    SnapshotHandlers;
  machines(): readonly FleetMachine[];
  machine(id: string): FleetMachine | undefined;
  view(machine: FleetMachine): Machine;
  /** Throws `not-found`, or `conflict` with the candidates as its hint. */
  resolve(reference: string): FleetMachine;
  isNameTaken(name: string): boolean;
  describe(reference: string): Promise<MachineDetail>;
  remove(reference: string, force: boolean, by: CallContext): Promise<Operation>;
  /** Tells listeners how a machine is now. */
  announce(id: string): void;
  /** Of machines of every kind. */
  readonly operations: Operations;
  /** What is being done to it. */
  operationOf(id: string): Operation | undefined;
  /** Compares what is stored and defined with what is there; calls may be answered afterwards. */
  reconcile(definitions: readonly DefinitionReading[]): Promise<void>;
}

export interface FleetPorts extends Omit<FleetContext, 'registry' | 'bin' | 'operations' | 'snapshots'> {
  readonly store: StateStore;
  readonly events: EventSink;
  readonly owner: Owner;
  readonly desk: NotificationDesk;
  readonly neighbours: Pick<
    RegistryPorts,
    'healthOf' | 'guestAddresses' | 'isNameTakenElsewhere' | 'refuseElsewhere' | 'changed'
  > & {
    /** A machine that is none of this fleet looks different now. */
    announceElsewhere(id: string): void;
  };
  readonly clanFolder: ClanFolder;
  /** What the guest of a machine says of itself; null unless it runs. */
  describeGuest(machine: FleetMachine): Promise<GuestDetail | null>;
}

const lookAgainMs = 5000;
const nothingToLookAtMs = 600_000;
const settleMs = 30_000;
const expiryMs = 600_000;
const trimLogsMs = 60_000;
const purgeMs = 3_600_000;
/** The start of the engine has better things to do. */
const firstPurgeMs = 60_000;

export function createFleet(ports: FleetPorts, stored: StoredState): Fleet {
  const { store, events, owner, desk, neighbours, describeGuest, clanFolder, ...rest } = ports;
  const registry = createMachineRegistry({
    clock: rest.clock,
    events,
    desk,
    ...neighbours,
    operationOf: (machineId) => operations.of(machineId),
    hasSnapshots: (machineId) => snapshots.of(machineId).some(({ state }) => state === 'ready'),
  });
  const operations = createOperations(
    {
      clock: rest.clock,
      identifiers: rest.identifiers,
      ledger: rest.ledger,
      events,
      log: rest.log,
      machineChanged: (id) => {
        if (registry.get(id) === undefined) neighbours.announceElsewhere(id);
        else registry.announce(id);
      },
      ended: (machineId) => {
        reports.resume(machineId);
        // What was edited meanwhile, and what waited for the end of the run.
        catchUp(machineId);
      },
    },
    stored.operations.filter((operation) => operation.state !== 'running'),
  );
  const snapshots = createSnapshotBook(stored.snapshots, (machineId) => {
    events.publish('snapshots.changed', { machineId });
    registry.announce(machineId);
  });
  const bin = createMachineBin();
  const fleet: FleetContext = { ...rest, registry, bin, operations, snapshots };
  const reports = createMachineReports(fleet);
  const consoleDesk = createConsoleDesk(fleet);

  const catchUp = (machineId: string): void => {
    const name = registry.get(machineId)?.record.name;
    if (name === undefined) return;
    definitionChanged(fleet, name).catch((error) =>
      fleet.log.write('error', 'fleet', 'a definition could not be read', { machine: machineId, error }),
    );
  };

  const describeHost = async (): Promise<HostDescription> => {
    const [health, diskFreeMib] = await Promise.all([fleet.provider.health(), fleet.host.diskFreeMib()]);
    const up = registry.all().filter((machine) => machine.run !== null);
    return {
      cpus: fleet.host.cpus,
      memoryMib: fleet.host.memoryMib,
      diskFreeMib,
      promisedCpus: up.reduce((sum, { record }) => sum + record.config.cpus, 0),
      promisedMemoryMib: up.reduce((sum, { record }) => sum + record.config.memoryMib, 0),
      qemuVersion: health.version,
      qemuAdvice: health.advice,
      accelerator: health.accelerator,
      acceleratorReason: health.acceleratorReason,
      capacity: capacityOf(fleet.host, diskFreeMib, fleet.settings()),
    };
  };

  const describeMachine = async (reference: string): Promise<MachineDetail> => {
    const machine = registry.resolve(reference);
    const [detail, disks, health, pending, guest] = await Promise.all([
      fleet.provider.detail(providedMachine(machine)),
      fleet.provider.disks.list(providedMachine(machine)),
      fleet.provider.health(),
      pendingConfig(fleet, machine),
      describeGuest(machine),
    ]);
    return {
      machine: registry.view(machine),
      config: machine.record.config,
      ...(pending === null ? {} : { pending }),
      definitionPath: fleet.definitions.pathOf(machine.record.name),
      diskPath: detail.diskPath,
      diskUsedBytes: detail.diskUsedBytes,
      disks,
      consoleLogPath: detail.consoleLogPath,
      acceleratorReason: machine.run?.acceleratorReason ?? health.acceleratorReason,
      mac: detail.mac,
      guest,
    };
  };

  return {
    machines: registry.all,
    machine: registry.get,
    view: registry.view,
    resolve: registry.resolve,
    isNameTaken: registry.isNameTaken,
    describe: describeMachine,
    remove: (reference, force, by) => deleteMachine(fleet, reference, force, by),
    announce: registry.announce,
    operations,
    operationOf: operations.of,
    reconcile: async (definitions) => {
      owner.own('machine reports', fleet.provider.watch(reports.take));
      owner.own('operations', operations.stop);
      const readings = await reconcileFleet(fleet, stored, definitions);
      reports.open();
      await freshConfigs(fleet, readings);
      owner.own(
        'definition watch',
        fleet.definitions.watch((name) => {
          definitionChanged(fleet, name).catch((error) =>
            fleet.log.write('error', 'fleet', 'a definition could not be read', { error }),
          );
        }),
      );
      owner.own(
        'look-again loop',
        startLoop({
          name: 'look-again',
          clock: fleet.clock,
          log: fleet.log,
          // What could not be identified is known when the engine begins: there comes no more of it.
          intervalMs: () =>
            fleet.registry.all().some(({ record }) => record.state === 'unknown') ? lookAgainMs : nothingToLookAtMs,
          run: () => lookAgain(fleet),
        }),
      );
      await settleUnfinished(fleet);
      owner.own(
        'settling loop',
        startLoop({
          name: 'settling',
          clock: fleet.clock,
          log: fleet.log,
          intervalMs: () => settleMs,
          run: () => settleUnfinished(fleet),
        }),
      );
      owner.own(
        'snapshot expiry',
        startLoop({
          name: 'snapshot expiry',
          clock: fleet.clock,
          log: fleet.log,
          intervalMs: () => expiryMs,
          run: () => expireSnapshots(fleet),
        }),
      );
      owner.own(
        'console log loop',
        startLoop({
          name: 'console logs',
          clock: fleet.clock,
          log: fleet.log,
          intervalMs: () => trimLogsMs,
          run: consoleDesk.trimLogs,
        }),
      );
      owner.own(
        'bin loop',
        startLoop({
          name: 'bin',
          clock: fleet.clock,
          log: fleet.log,
          intervalMs: () => purgeMs,
          firstAfterMs: firstPurgeMs,
          run: () => purgeBin(fleet),
        }),
      );
    },
    handlers: {
      'host.describe': describeHost,
      'machine.rehearse': ({ draft }) => rehearseDraft(fleet, draft),
      'definition.read': ({ text }) => fleet.definitions.parse(text),
      'machine.create': (draft, by) => createMachine(fleet, draft, by),
      'machine.start': ({ machine }, by) => startOrLetGoOn(fleet, machine, by),
      'machine.pause': ({ machine }, by) => pauseMachine(fleet, machine, by),
      'machine.resume': ({ machine }, by) => resumeMachine(fleet, machine, by),
      'forward.add': ({ machine, ...wish }, by) => addForward(fleet, machine, wish, by),
      'forward.remove': ({ machine, ...forward }, by) => removeForward(fleet, machine, forward, by),
      'machine.edit': ({ machine, change }, by) => editMachine(fleet, machine, change, by),
      'machine.rename': ({ machine, name }, by) => renameMachine(fleet, machine, name, by),
      'machine.undelete': ({ machine }, by) => undeleteMachine(fleet, machine, by),
      'machine.bin': () => bin.all().map((record) => registry.view({ record, run: null })),
      'machine.tag': ({ machine, ...change }, by) => tagMachine(fleet, machine, change, by),
      'machine.protect': (wish, by) => protectMachine(fleet, wish.machine, wish.protected, by),
      'machine.stop': ({ machine, ...wish }, by) => stopMachine(fleet, machine, wish, by),
      'machine.restart': ({ machine, ...wish }, by) => restartMachine(fleet, machine, wish, by),
      'operation.list': () => operations.list(),
      'operation.wait': ({ operation }) => operations.wait(operation),
      'operation.cancel': ({ operation }) => operations.cancel(operation),
      'journal.list': async ({ machine, limit, before }) => {
        await fleet.ledger.flush();
        if (machine === undefined) return store.readJournal({ limit, before });
        return readStory(machine, limit, before);
      },
      'machine.crashes': async ({ machine, limit }) => {
        await fleet.ledger.flush();
        return store.readCrashes(registry.resolve(machine).record.id, limit);
      },
      ...createDiskHandlers(fleet),
      ...createSnapshotHandlers(fleet),
      'machine.inventory': () => inventoryOf(registry.all()),
      'import.clan': ({ folder }, by) => importClan(fleet, clanFolder, folder, by),
      ...consoleDesk.handlers,
    },
  };

  /** The story of any machine there is or was. */
  async function readStory(
    reference: string,
    limit: number,
    before: number | undefined,
  ): Promise<readonly JournalEntry[]> {
    try {
      return await store.readJournal({ machineId: registry.resolve(reference).record.id, limit, before });
    } catch (error) {
      // Gone, or of a kind that cannot be driven: the journal knows it by the id or the name it had.
      if (!(error instanceof VigilError) || error.code === 'conflict') throw error;
      const isId = /^[0-9a-f-]{36}$/.test(reference);
      const story = await store.readJournal({
        ...(isId ? { machineId: reference } : { machineName: reference }),
        limit,
        before,
      });
      if (story.length === 0 && before === undefined) throw error;
      return story;
    }
  }
}
