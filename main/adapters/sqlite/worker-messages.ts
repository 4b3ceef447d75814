import type { CrashRecord } from '../../contract/crash-record.ts';
import type { HookRun } from '../../contract/hook.ts';
import type { JournalEntry, JournalVerification } from '../../contract/journal.ts';
import type { Outcome } from '../../contract/outcome.ts';
import type { EpisodeCount, EpisodeRecord } from '../../engine/ports/alert-records.ts';
import type { DeliveryQuery, DeliveryRecord } from '../../engine/ports/delivery-records.ts';
import type { LogLevel } from '../../engine/ports/log.ts';
import type {
  HistoryQuery,
  KeptFrom,
  QueryResult,
  ReadingsQuery,
  RollUpQuery,
  SampleColumns,
  SampleSlice,
  StoredGap,
  StoredRollUps,
  StoredSample,
} from '../../engine/ports/metrics-store.ts';
import type {
  EpisodeQuery,
  HookRunQuery,
  JournalQuery,
  StateChange,
  StoredState,
} from '../../engine/ports/state-store.ts';

/** What goes between the engine's thread and the workers that own `state.db` and `metrics.db`: plain data only. */

/** Which database a thread owns; given to it at its start. */
export type WorkerDuty = 'state' | 'metrics';

export type StateRequest =
  | { readonly kind: 'open'; readonly home: string; readonly migrationsFolder: string }
  | { readonly kind: 'commit'; readonly changes: readonly StateChange[] }
  | { readonly kind: 'read-journal'; readonly query: JournalQuery }
  | { readonly kind: 'verify-journal' }
  | { readonly kind: 'read-crashes'; readonly machineId: string; readonly limit: number }
  | { readonly kind: 'read-hook-runs'; readonly query: HookRunQuery }
  | { readonly kind: 'read-hook-run'; readonly id: string }
  | { readonly kind: 'read-episodes'; readonly query: EpisodeQuery }
  | { readonly kind: 'count-episodes'; readonly sinceMs: number }
  | { readonly kind: 'read-deliveries'; readonly query: DeliveryQuery }
  | { readonly kind: 'backup' }
  /** The last one: everything asked before it is answered first, then the thread ends. */
  | { readonly kind: 'close' };

/** Request kind -> what its answer holds. */
export interface StateAnswers {
  open: StoredState;
  commit: null;
  'read-journal': readonly JournalEntry[];
  'verify-journal': JournalVerification;
  'read-crashes': readonly CrashRecord[];
  'read-hook-runs': readonly HookRun[];
  'read-hook-run': HookRun | null;
  'read-episodes': readonly EpisodeRecord[];
  'count-episodes': readonly EpisodeCount[];
  'read-deliveries': readonly DeliveryRecord[];
  /** Path of the new backup. */
  backup: string;
  close: null;
}

export type MetricsRequest =
  | { readonly kind: 'open'; readonly home: string; readonly migrationsFolder: string }
  | { readonly kind: 'append'; readonly samples: readonly StoredSample[] }
  | { readonly kind: 'newest' }
  | { readonly kind: 'history'; readonly query: HistoryQuery }
  | { readonly kind: 'gaps'; readonly query: HistoryQuery }
  | { readonly kind: 'slice'; readonly slice: SampleSlice }
  | { readonly kind: 'roll-ups'; readonly query: RollUpQuery }
  | { readonly kind: 'query'; readonly query: ReadingsQuery }
  /** One slice; asked again until nothing was removed. */
  | { readonly kind: 'remove-old'; readonly keptFrom: KeptFrom; readonly mostBytes: number }
  | { readonly kind: 'close' };

export interface MetricsAnswers {
  open: null;
  append: null;
  newest: readonly StoredSample[];
  history: SampleColumns;
  gaps: readonly StoredGap[];
  slice: SampleColumns;
  'roll-ups': readonly StoredRollUps[];
  query: QueryResult;
  /** How many rows went. */
  'remove-old': number;
  close: null;
}

export interface Numbered<Request> {
  readonly id: number;
  readonly request: Request;
}

export type WorkerMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly outcome: Outcome }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, string | number | boolean | null>>;
    };
