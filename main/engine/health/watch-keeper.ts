import type { LifecycleConfig, WatchConfig, WatchPatch } from '../../contract/lifecycle.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { LifecycleFile, LifecycleReading } from '../ports/lifecycle-file.ts';

/** How each machine is watched, as it is in force. A broken file is told and changes nothing. */
export interface WatchKeeper {
  /** Undefined for a machine that nobody asked to watch. */
  of(machine: string): WatchConfig | undefined;
  names(): readonly string[];
  change(machine: string, patch: WatchPatch): Promise<void>;
  /** As it was when the machine was deleted. */
  restore(machine: string, watch: WatchConfig): Promise<void>;
  forget(machine: string): Promise<void>;
  /** Right also when nothing stands under `from`. `between` is called when the new name holds and nobody knows it yet. */
  rename(from: string, to: string, between: () => void): Promise<void>;
  /** A person edited the file. */
  take(reading: LifecycleReading): void;
}

const noticeId = 'lifecycle config';

export function createWatchKeeper(
  ports: {
    readonly file: LifecycleFile;
    readonly ledger: Ledger;
    readonly notices: EngineNotices;
    /** What is in force has changed. */
    changed(): void;
  },
  first: LifecycleReading,
): WatchKeeper {
  let present: LifecycleConfig = first.config;
  const judge = ({ fault }: LifecycleReading): void => {
    if (fault === null) {
      ports.notices.clear(noticeId);
      return;
    }
    ports.notices.raise(noticeId, 'warning', fault, 'The last good version stays in force.');
    ports.ledger.record([], { action: 'settings.rejected', actor: 'engine', summary: fault });
  };
  const take = (reading: LifecycleReading): void => {
    judge(reading);
    if (JSON.stringify(reading.config) === JSON.stringify(present)) return;
    present = reading.config;
    ports.changed();
  };
  judge(first);
  return {
    of: (machine) => (Object.hasOwn(present.vms, machine) ? present.vms[machine] : undefined),
    names: () => Object.keys(present.vms),
    change: async (machine, patch) => take(await ports.file.change(machine, patch)),
    restore: async (machine, watch) => take(await ports.file.restore(machine, watch)),
    forget: async (machine) => {
      if (Object.hasOwn(present.vms, machine)) take(await ports.file.forget(machine));
    },
    rename: async (from, to, between) => {
      if (!Object.hasOwn(present.vms, from)) {
        between();
        return;
      }
      const reading = await ports.file.rename(from, to);
      judge(reading);
      // Whoever looks must find the machine and how it is watched under the same name.
      present = reading.config;
      between();
      ports.changed();
    },
    take,
  };
}
