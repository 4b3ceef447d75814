import type { CrashRecord } from '../../contract/crash-record.ts';
import type { HealingRung, RestartBudget } from '../../contract/healing.ts';
import type { HookRun } from '../../contract/hook.ts';
import type { JournalEntry, JournalVerification } from '../../contract/journal.ts';
import type { WatchConfig } from '../../contract/lifecycle.ts';
import type {
  MachineConfig,
  MachineNotice,
  MachineProviderKind,
  MachineState,
  WantedState,
} from '../../contract/machine.ts';
import type { Operation } from '../../contract/operation.ts';
import type { SnapshotCreator, StateVersions } from '../../contract/snapshot.ts';
import type { AlertHoldRecord, AlertMuteRecord, EpisodeCount, EpisodeRecord } from './alert-records.ts';
import type { AzureMachineRecord, AzureWorkRecord } from './azure-records.ts';
import type { DeliveryQuery, DeliveryRecord, OpenConversation } from './delivery-records.ts';

/**
 * `state.db`: what must survive anything. One writer; `commit` resolves only when its changes are on the disk.
 */

/** A machine as it is stored: wanted beside last observed. */
export interface MachineRecord {
  readonly id: string;
  readonly name: string;
  readonly provider: MachineProviderKind;
  /** The last good configuration; the file in `machines/` is read anew at each start. */
  readonly config: MachineConfig;
  readonly wanted: WantedState;
  /** Last observed. */
  readonly state: MachineState;
  /** Rises with every start, so that a late word about an older run is known as such. */
  readonly generation: number;
  /** What the provider needs to find the running process again (JSON); null when nothing runs. */
  readonly runtime: string | null;
  readonly notice: MachineNotice | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  /** Absent: may be deleted. */
  readonly protected?: true;
  /** In the bin since then; what it has is kept until it is purged. */
  readonly deletedAt?: string;
  /** How it was watched when it was deleted. */
  readonly shelvedWatch?: WatchConfig;
  /** Its files are going: it can no longer be brought back. */
  readonly purging?: true;
  /** Being renamed: what stands under this name is still to be moved. */
  readonly renamedFrom?: string;
  /** Memory on the disk, to be gone on with at the next start. */
  readonly saved?: SavedMemory;
  /** Id of the snapshot that the present state descends from. */
  readonly snapshot?: string;
  /** Set while memory and disks are moved together: the next engine finishes it or takes it back by this. */
  readonly unfinished?: UnfinishedWork;
}

/** `wasRunning`: the guest was held for it and is to go on if it is taken back. */
export type UnfinishedWork =
  /** Id of a snapshot that is being taken. */
  | { readonly kind: 'snapshot'; readonly snapshot: string }
  | { readonly kind: 'suspend'; readonly saved: SavedMemory; readonly wasRunning: boolean }
  /** `saved` of the row tells what is being brought back; absent once the guest has it. */
  | { readonly kind: 'resume' }
  | {
      readonly kind: 'revert';
      /** Ids of the snapshot that is gone back to, and of the one that holds how it was before. */
      readonly to: string;
      readonly safety: string;
      /**
       * `saving`: nothing is changed yet. `loading`: the disks may hold either. `loaded`: they hold what is gone back to,
       * and so does the memory; only the guest has still to go on.
       */
      readonly phase: 'saving' | 'loading' | 'loaded';
      readonly wasRunning: boolean;
      /** The run it was begun in. */
      readonly generation: number;
    };

/** The memory of a suspended machine, inside its images. */
export interface SavedMemory {
  /** Name inside the images. */
  readonly tag: string;
  readonly at: string;
  readonly versions: StateVersions;
}

export interface SnapshotRecord {
  readonly id: string;
  readonly machineId: string;
  readonly name: string;
  /** Name inside the images; unlike `name` never used twice. */
  readonly tag: string;
  readonly at: string;
  readonly parent: string | null;
  readonly live: boolean;
  readonly sizeBytes: number | null;
  readonly creator: SnapshotCreator;
  readonly user: string | null;
  readonly expiresAt: string | null;
  readonly consistent: boolean;
  /** Null when there is no memory in it. */
  readonly versions: StateVersions | null;
  /** What the machine was made of. */
  readonly config: MachineConfig;
  /** `taking` and `removing` are finished or taken back when the engine starts again. */
  readonly state: 'taking' | 'ready' | 'removing';
}

/** A machine that only answers SSH. */
export interface HostRecord {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string | null;
  readonly keyFile: string | null;
  readonly trustOnFirstUse: boolean;
  readonly createdAt: string;
}

/** How often a machine was helped, kept so that no restart of the engine forgives one. */
export interface HealingRecord {
  readonly machineId: string;
  readonly unit: RestartBudget;
  readonly machine: RestartBudget;
  /** What was tried since it was last well. */
  readonly tried: readonly HealingRung[];
  /** What is being done: an intent whose outcome is not written yet. */
  readonly acting: HealingRung | null;
}

/** Null `until`: for as long as a person wants. Wall-clock milliseconds. */
export interface HealingPauseRecord {
  readonly until: number | null;
}

/** The bytes of a script that a person approved. */
export interface HookApproval {
  readonly path: string;
  readonly sha256: string;
  /** Account of the person. */
  readonly by: string;
  readonly at: string;
}

export type StateChange =
  | { readonly kind: 'machine-put'; readonly machine: MachineRecord }
  /** With its snapshots and what is known of its healing. */
  | { readonly kind: 'machine-removed'; readonly id: string }
  | { readonly kind: 'host-put'; readonly host: HostRecord }
  | { readonly kind: 'host-removed'; readonly id: string }
  | { readonly kind: 'azure-machine-put'; readonly machine: AzureMachineRecord }
  /** With what is known of its healing and of an order to it. */
  | { readonly kind: 'azure-machine-removed'; readonly id: string }
  | { readonly kind: 'azure-work-put'; readonly work: AzureWorkRecord }
  | { readonly kind: 'azure-work-removed'; readonly machineId: string }
  | { readonly kind: 'snapshot-put'; readonly snapshot: SnapshotRecord }
  | { readonly kind: 'snapshot-removed'; readonly id: string }
  | { readonly kind: 'operation-put'; readonly operation: Operation }
  | { readonly kind: 'journal-appended'; readonly entry: JournalEntry }
  | { readonly kind: 'healing-put'; readonly healing: HealingRecord }
  /** Null: healing goes on. */
  | { readonly kind: 'healing-pause-put'; readonly pause: HealingPauseRecord | null }
  | { readonly kind: 'hook-approval-put'; readonly approval: HookApproval }
  /** The last 100 of each machine are kept, also after it is gone. */
  | { readonly kind: 'hook-run-put'; readonly run: HookRun }
  | { readonly kind: 'crash-put'; readonly crash: CrashRecord }
  /** Kept for 90 days after its end, also when its machine is gone. */
  | { readonly kind: 'episode-put'; readonly episode: EpisodeRecord }
  | { readonly kind: 'alert-hold-put'; readonly hold: AlertHoldRecord }
  | { readonly kind: 'alert-hold-removed'; readonly rule: string; readonly machineId: string }
  | { readonly kind: 'alert-mute-put'; readonly mute: AlertMuteRecord }
  | { readonly kind: 'alert-mute-removed'; readonly id: string }
  /** Delivered ones are kept as long as 10,000 newer ones are fewer. */
  | { readonly kind: 'delivery-put'; readonly delivery: DeliveryRecord };

export interface StoredState {
  readonly machines: readonly MachineRecord[];
  readonly hosts: readonly HostRecord[];
  readonly azureMachines: readonly AzureMachineRecord[];
  readonly azureWorks: readonly AzureWorkRecord[];
  readonly snapshots: readonly SnapshotRecord[];
  /** The unfinished ones and the newest 200 others. */
  readonly operations: readonly Operation[];
  readonly healing: readonly HealingRecord[];
  readonly healingPause: HealingPauseRecord | null;
  readonly hookApprovals: readonly HookApproval[];
  /** The newest of each rule and machine. */
  readonly episodes: readonly EpisodeRecord[];
  readonly alertHolds: readonly AlertHoldRecord[];
  readonly alertMutes: readonly AlertMuteRecord[];
  /** Not delivered, oldest first. */
  readonly deliveries: readonly DeliveryRecord[];
  readonly conversations: readonly OpenConversation[];
  /** 0 when the journal is empty. */
  readonly lastJournalId: number;
  /** Set when a damaged file was put aside and a backup took its place: a sentence that says so. */
  readonly restored: string | null;
}

export interface JournalQuery {
  readonly machineId?: string | undefined;
  /** The name it had at the time: for a machine that is gone. */
  readonly machineName?: string | undefined;
  readonly limit: number;
  readonly before?: number | undefined;
}

export interface HookRunQuery {
  readonly machineId?: string | undefined;
  readonly limit: number;
}

export interface EpisodeQuery {
  readonly rule?: string | undefined;
  readonly machineId?: string | undefined;
  readonly limit: number;
  /** Only those that fired before this moment. */
  readonly before?: number | undefined;
}

export interface StateStore {
  open(): Promise<StoredState>;
  /**
   * All of it or nothing, durable when it resolves, in the order of the calls.
   * Rejects with `refused` and a sentence that names the disk when it is full.
   */
  commit(changes: readonly StateChange[]): Promise<void>;
  /** Newest first. */
  readJournal(query: JournalQuery): Promise<readonly JournalEntry[]>;
  /** Compares every entry with the seal it was written with. */
  verifyJournal(): Promise<JournalVerification>;
  /** Newest first, of one machine or of all. */
  readHookRuns(query: HookRunQuery): Promise<readonly HookRun[]>;
  readHookRun(id: string): Promise<HookRun | null>;
  /** The one that fired last first. */
  readEpisodes(query: EpisodeQuery): Promise<readonly EpisodeRecord[]>;
  /** Of those that fired since then. */
  countEpisodes(sinceMs: number): Promise<readonly EpisodeCount[]>;
  /** Newest first. */
  readDeliveries(query: DeliveryQuery): Promise<readonly DeliveryRecord[]>;
  /** Newest first. */
  readCrashes(machineId: string, limit: number): Promise<readonly CrashRecord[]>;
  close(): Promise<void>;
}
