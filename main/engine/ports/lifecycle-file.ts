import type { HookEvent } from '../../contract/hook.ts';
import type { LifecycleConfig, WatchConfig, WatchPatch } from '../../contract/lifecycle.ts';

/** `lifecycle-config.toml`. A broken file leaves the last good version in force, across restarts too, and is told. */
export interface LifecycleReading {
  readonly config: LifecycleConfig;
  /** A sentence with file, line and the nearest known key; null when the file is good or absent. */
  readonly fault: string | null;
}

export interface LifecycleFile {
  read(): Promise<LifecycleReading>;
  /** Sets keys of one machine's table, making it where needed; comments and order stay. Refused while the file is broken. */
  change(machine: string, patch: WatchPatch): Promise<LifecycleReading>;
  /** Writes one machine's table anew, as it was when the machine was deleted: what differs from the defaults, scripts too. */
  restore(machine: string, watch: WatchConfig): Promise<LifecycleReading>;
  /** Names the script of one event, or with null nobody; the machine's table is made where needed. */
  setHook(machine: string, event: HookEvent, path: string | null): Promise<LifecycleReading>;
  /** Gives one machine's table another name; comments and order stay. Right also when there is none. */
  rename(from: string, to: string): Promise<LifecycleReading>;
  /** Removes one machine's table; right also when there is none. */
  forget(machine: string): Promise<LifecycleReading>;
  watch(changed: (reading: LifecycleReading) => void): () => void;
}
