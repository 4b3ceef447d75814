import type { CrashRecord } from '../../contract/crash-record.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import type { Outcome } from '../../contract/outcome.ts';
import type { LogLevel } from '../../engine/ports/log.ts';
import type { JournalQuery, StateChange, StoredState } from '../../engine/ports/state-store.ts';

/** What goes between the engine's thread and the worker that owns `state.db`: plain data only. */

export type StateRequest =
  | { readonly kind: 'open'; readonly home: string; readonly migrationsFolder: string }
  | { readonly kind: 'commit'; readonly changes: readonly StateChange[] }
  | { readonly kind: 'read-journal'; readonly query: JournalQuery }
  | { readonly kind: 'read-crashes'; readonly machineId: string; readonly limit: number }
  | { readonly kind: 'backup' }
  /** The last one: everything asked before it is answered first, then the thread ends. */
  | { readonly kind: 'close' };

/** Request kind -> what its answer holds. */
export interface StateAnswers {
  open: StoredState;
  commit: null;
  'read-journal': readonly JournalEntry[];
  'read-crashes': readonly CrashRecord[];
  /** Path of the new backup. */
  backup: string;
  close: null;
}

export interface NumberedRequest {
  readonly id: number;
  readonly request: StateRequest;
}

export type WorkerMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly outcome: Outcome }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, string | number | boolean | null>>;
    };
