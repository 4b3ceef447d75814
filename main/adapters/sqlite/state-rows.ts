import type { Database } from 'better-sqlite3';
import type { CrashRecord } from '../../contract/crash-record.ts';
import { VigilError } from '../../contract/failure.ts';
import type { HookRun } from '../../contract/hook.ts';
import type { JournalEntry, JournalVerification } from '../../contract/journal.ts';
import type { Operation } from '../../contract/operation.ts';
import type {
  AlertHoldRecord,
  AlertMuteRecord,
  EpisodeCount,
  EpisodeRecord,
} from '../../engine/ports/alert-records.ts';
import type { AzureMachineRecord, AzureWorkRecord } from '../../engine/ports/azure-records.ts';
import type { DeliveryQuery, DeliveryRecord, OpenConversation } from '../../engine/ports/delivery-records.ts';
import type {
  EpisodeQuery,
  HealingPauseRecord,
  HealingRecord,
  HookApproval,
  HookRunQuery,
  HostRecord,
  JournalQuery,
  MachineRecord,
  SnapshotRecord,
  StateChange,
  StoredState,
} from '../../engine/ports/state-store.ts';
import { createJournalSeals } from './journal-seals.ts';

const finishedOperationsShown = 200;
const finishedOperationsKept = 1000;
const crashesKeptPerMachine = 20;
const hookRunsKeptPerMachine = 100;
/** Of machines that are gone, too. */
const hookRunsKept = 10_000;
const healingPause = 'healing pause';
const episodesKeptMs = 90 * 86_400_000;
const deliveredKept = 10_000;

/** The rows of `state.db`. Every statement of the store is here; transactions belong to the caller. */
export interface StateRows {
  apply(change: StateChange): void;
  all(): Omit<StoredState, 'restored'>;
  readJournal(query: JournalQuery): readonly JournalEntry[];
  verifyJournal(): JournalVerification;
  readCrashes(machineId: string, limit: number): readonly CrashRecord[];
  readHookRuns(query: HookRunQuery): readonly HookRun[];
  readHookRun(id: string): HookRun | null;
  readEpisodes(query: EpisodeQuery): readonly EpisodeRecord[];
  countEpisodes(sinceMs: number): readonly EpisodeCount[];
  readDeliveries(query: DeliveryQuery): readonly DeliveryRecord[];
  /** Drops finished operations that nobody will look at again. */
  prune(): void;
}

export function createStateRows(db: Database): StateRows {
  const statement = (sql: string) => db.prepare<unknown[], string>(sql);
  const texts = (sql: string) => statement(sql).pluck();
  const put = (table: string) =>
    statement(`INSERT INTO ${table} (id, noun) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET noun = excluded.noun`);
  const putMachine = put('machines');
  const removeMachine = statement('DELETE FROM machines WHERE id = ?');
  const putHost = put('hosts');
  const removeHost = statement('DELETE FROM hosts WHERE id = ?');
  const putAzureMachine = put('azure_machines');
  const removeAzureMachine = statement('DELETE FROM azure_machines WHERE id = ?');
  const putAzureWork = put('azure_works');
  const removeAzureWork = statement('DELETE FROM azure_works WHERE id = ?');
  const putSnapshot = put('snapshots');
  const removeSnapshot = statement('DELETE FROM snapshots WHERE id = ?');
  const removeSnapshotsOf = statement('DELETE FROM snapshots WHERE machine_id = ?');
  const putOperation = put('operations');
  const journalEntry = texts('SELECT noun FROM journal WHERE id = ?');
  const appendEntry = statement('INSERT INTO journal (id, noun) VALUES (?, ?)');
  const seals = createJournalSeals(db);
  const putHealing = put('healing');
  const removeHealing = statement('DELETE FROM healing WHERE id = ?');
  const healing = texts('SELECT noun FROM healing ORDER BY id');
  const putFact = put('facts');
  const removeFact = statement('DELETE FROM facts WHERE id = ?');
  const fact = texts('SELECT noun FROM facts WHERE id = ?');
  const putCrash = put('crashes');
  const pruneCrashes = statement(
    `DELETE FROM crashes WHERE machine_id = ? AND id NOT IN
       (SELECT id FROM crashes WHERE machine_id = ? ORDER BY at DESC, id LIMIT ${crashesKeptPerMachine})`,
  );
  const putHookApproval = put('hook_approvals');
  const hookApprovals = texts('SELECT noun FROM hook_approvals ORDER BY id');
  const putHookRun = put('hook_runs');
  const pruneHookRunsOf = statement(
    `DELETE FROM hook_runs WHERE machine_id = ? AND id NOT IN
       (SELECT id FROM hook_runs WHERE machine_id = ? ORDER BY at DESC, id LIMIT ${hookRunsKeptPerMachine})`,
  );
  const pruneHookRuns = statement(
    `DELETE FROM hook_runs WHERE id NOT IN (SELECT id FROM hook_runs ORDER BY at DESC, id LIMIT ${hookRunsKept})`,
  );
  const hookRuns = texts('SELECT noun FROM hook_runs ORDER BY at DESC, id LIMIT ?');
  const hookRunsOf = texts('SELECT noun FROM hook_runs WHERE machine_id = ? ORDER BY at DESC, id LIMIT ?');
  const hookRun = texts('SELECT noun FROM hook_runs WHERE id = ?');
  const putEpisode = put('episodes');
  const pruneEpisodes = statement("DELETE FROM episodes WHERE state = 'resolved' AND resolved_at < ?");
  const newestEpisodes = texts(
    `SELECT noun FROM
       (SELECT noun, row_number() OVER (PARTITION BY rule, machine_id ORDER BY number DESC) AS place FROM episodes)
     WHERE place = 1`,
  );
  const episodes = texts(
    `SELECT noun FROM episodes
     WHERE fired_at < ? AND rule = coalesce(?, rule) AND machine_id IS coalesce(?, machine_id)
     ORDER BY fired_at DESC, id LIMIT ?`,
  );
  const putDelivery = put('deliveries');
  const openDeliveries = texts("SELECT noun FROM deliveries WHERE state <> 'delivered' ORDER BY rowid");
  const episodeCounts = texts(
    `SELECT json_object('rule', rule, 'alerts', count(*), 'lastFiredAt', max(fired_at)) FROM episodes
     WHERE fired_at >= ? GROUP BY rule ORDER BY rule`,
  );
  const deliveries = texts('SELECT noun FROM deliveries WHERE state = coalesce(?, state) ORDER BY rowid DESC LIMIT ?');
  // Whoever was told of an alert, and not as the last thing that it is over.
  const conversations = texts(
    `SELECT json_object('episode', episode, 'channel', channel) FROM deliveries AS said
     WHERE kind <> 'resolved' AND NOT EXISTS
       (SELECT 1 FROM deliveries WHERE episode = said.episode AND channel = said.channel AND rowid > said.rowid)`,
  );
  const pruneDeliveries = statement(
    `DELETE FROM deliveries WHERE state = 'delivered' AND rowid <=
       (SELECT rowid FROM deliveries WHERE state = 'delivered' ORDER BY rowid DESC LIMIT 1 OFFSET ${deliveredKept})`,
  );
  const putAlertHold = put('alert_holds');
  const removeAlertHold = statement('DELETE FROM alert_holds WHERE id = ?');
  const alertHolds = texts('SELECT noun FROM alert_holds ORDER BY id');
  const putAlertMute = put('alert_mutes');
  const removeAlertMute = statement('DELETE FROM alert_mutes WHERE id = ?');
  const alertMutes = texts('SELECT noun FROM alert_mutes ORDER BY id');
  const machines = texts('SELECT noun FROM machines ORDER BY name, id');
  const hosts = texts('SELECT noun FROM hosts ORDER BY name, id');
  const azureMachines = texts('SELECT noun FROM azure_machines ORDER BY id');
  const azureWorks = texts('SELECT noun FROM azure_works ORDER BY id');
  const snapshots = texts('SELECT noun FROM snapshots ORDER BY machine_id, at, id');
  const unfinished = texts(`SELECT noun FROM operations WHERE state = 'running' ORDER BY started_at`);
  const finished = texts(
    `SELECT noun FROM operations WHERE state <> 'running' ORDER BY started_at DESC LIMIT ${finishedOperationsShown}`,
  );
  const pruneOperations = statement(
    `DELETE FROM operations WHERE state <> 'running' AND id NOT IN
       (SELECT id FROM operations WHERE state <> 'running' ORDER BY started_at DESC LIMIT ${finishedOperationsKept})`,
  );
  const lastJournalId = db.prepare<unknown[], number>('SELECT coalesce(max(id), 0) FROM journal').pluck();
  const journal = texts('SELECT noun FROM journal WHERE id < ? ORDER BY id DESC LIMIT ?');
  // Not by an index: asked only for machines that are gone.
  const journalOfName = texts(
    "SELECT noun FROM journal WHERE noun ->> '$.machine' = ? AND id < ? ORDER BY id DESC LIMIT ?",
  );
  const journalOfMachine = texts('SELECT noun FROM journal WHERE machine_id = ? AND id < ? ORDER BY id DESC LIMIT ?');
  const crashes = texts('SELECT noun FROM crashes WHERE machine_id = ? ORDER BY at DESC, id LIMIT ?');

  /** Who did not hear our answer sends the same entry again: that is no second entry, and no fault. */
  const append = (entry: JournalEntry): void => {
    const noun = JSON.stringify(entry);
    const known = journalEntry.get(entry.id);
    if (known === noun) return;
    if (known !== undefined)
      throw new VigilError('conflict', `Journal entry ${entry.id} is taken by another; the journal is append-only.`);
    appendEntry.run(entry.id, noun);
    seals.add(entry.id, noun);
  };

  return {
    apply: (change) => {
      switch (change.kind) {
        case 'machine-put':
          putMachine.run(change.machine.id, JSON.stringify(change.machine));
          return;
        case 'machine-removed':
          removeMachine.run(change.id);
          removeSnapshotsOf.run(change.id);
          removeHealing.run(change.id);
          return;
        case 'host-put':
          putHost.run(change.host.id, JSON.stringify(change.host));
          return;
        case 'host-removed':
          removeHost.run(change.id);
          removeHealing.run(change.id);
          return;
        case 'azure-machine-put':
          putAzureMachine.run(change.machine.id, JSON.stringify(change.machine));
          return;
        case 'azure-machine-removed':
          removeAzureMachine.run(change.id);
          removeAzureWork.run(change.id);
          removeHealing.run(change.id);
          return;
        case 'azure-work-put':
          putAzureWork.run(change.work.machineId, JSON.stringify(change.work));
          return;
        case 'azure-work-removed':
          removeAzureWork.run(change.machineId);
          return;
        case 'snapshot-put':
          putSnapshot.run(change.snapshot.id, JSON.stringify(change.snapshot));
          return;
        case 'snapshot-removed':
          removeSnapshot.run(change.id);
          return;
        case 'operation-put':
          putOperation.run(change.operation.id, JSON.stringify(change.operation));
          return;
        case 'journal-appended':
          append(change.entry);
          return;
        case 'healing-put':
          putHealing.run(change.healing.machineId, JSON.stringify(change.healing));
          return;
        case 'healing-pause-put':
          if (change.pause === null) removeFact.run(healingPause);
          else putFact.run(healingPause, JSON.stringify(change.pause));
          return;
        case 'hook-approval-put':
          putHookApproval.run(change.approval.path, JSON.stringify(change.approval));
          return;
        case 'hook-run-put':
          putHookRun.run(change.run.id, JSON.stringify(change.run));
          pruneHookRunsOf.run(change.run.machineId, change.run.machineId);
          return;
        case 'crash-put':
          putCrash.run(change.crash.id, JSON.stringify(change.crash));
          pruneCrashes.run(change.crash.machineId, change.crash.machineId);
          return;
        case 'episode-put':
          putEpisode.run(change.episode.id, JSON.stringify(change.episode));
          return;
        case 'alert-hold-put':
          putAlertHold.run(holdId(change.hold), JSON.stringify(change.hold));
          return;
        case 'alert-hold-removed':
          removeAlertHold.run(holdId(change));
          return;
        case 'alert-mute-put':
          putAlertMute.run(change.mute.id, JSON.stringify(change.mute));
          return;
        case 'alert-mute-removed':
          removeAlertMute.run(change.id);
          return;
        case 'delivery-put':
          putDelivery.run(change.delivery.id, JSON.stringify(change.delivery));
          return;
        default:
          change satisfies never;
          throw new VigilError('internal', 'The state store does not know this kind of change.');
      }
    },
    all: () => ({
      machines: machines.all().map(noun<MachineRecord>),
      hosts: hosts.all().map(noun<HostRecord>),
      azureMachines: azureMachines.all().map(noun<AzureMachineRecord>),
      azureWorks: azureWorks.all().map(noun<AzureWorkRecord>),
      snapshots: snapshots.all().map(noun<SnapshotRecord>),
      operations: [...unfinished.all(), ...finished.all()].map(noun<Operation>),
      healing: healing.all().map(noun<HealingRecord>),
      healingPause: fact.all(healingPause).map(noun<HealingPauseRecord>)[0] ?? null,
      hookApprovals: hookApprovals.all().map(noun<HookApproval>),
      episodes: newestEpisodes.all().map(noun<EpisodeRecord>),
      alertHolds: alertHolds.all().map(noun<AlertHoldRecord>),
      alertMutes: alertMutes.all().map(noun<AlertMuteRecord>),
      deliveries: openDeliveries.all().map(noun<DeliveryRecord>),
      conversations: conversations.all().map(noun<OpenConversation>),
      lastJournalId: lastJournalId.get() ?? 0,
    }),
    readJournal: ({ machineId, machineName, limit, before = Number.MAX_SAFE_INTEGER }) => {
      const found =
        machineId !== undefined
          ? journalOfMachine.all(machineId, before, limit)
          : machineName !== undefined
            ? journalOfName.all(machineName, before, limit)
            : journal.all(before, limit);
      return found.map(noun<JournalEntry>);
    },
    verifyJournal: seals.verify,
    readHookRuns: ({ machineId, limit }) =>
      (machineId === undefined ? hookRuns.all(limit) : hookRunsOf.all(machineId, limit)).map(noun<HookRun>),
    readHookRun: (id) => hookRun.all(id).map(noun<HookRun>)[0] ?? null,
    readEpisodes: ({ rule, machineId, limit, before = Number.MAX_SAFE_INTEGER }) =>
      episodes.all(before, rule ?? null, machineId ?? null, limit).map(noun<EpisodeRecord>),
    countEpisodes: (sinceMs) => episodeCounts.all(sinceMs).map(noun<EpisodeCount>),
    readDeliveries: ({ state, limit }) => deliveries.all(state ?? null, limit).map(noun<DeliveryRecord>),
    readCrashes: (machineId, limit) => crashes.all(machineId, limit).map(noun<CrashRecord>),
    prune: () => {
      pruneOperations.run();
      pruneHookRuns.run();
      pruneEpisodes.run(Date.now() - episodesKeptMs);
      pruneDeliveries.run();
    },
  };
}

/** The name of a rule holds no space. */
function holdId({ rule, machineId }: { readonly rule: string; readonly machineId: string }): string {
  return `${rule} ${machineId}`;
}

/** What we wrote ourselves, in a file that was examined when it was opened. */
function noun<T>(text: string): T {
  return JSON.parse(text);
}
