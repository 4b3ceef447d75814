import type { ImportFault } from '../../contract/clan-import.ts';
import type { HookPaths, WatchPatch } from '../../contract/lifecycle.ts';

/** The folder of another tool that watches machines, usually `~/.azlin`. Only ever read. */
export interface AzlinFolder {
  /** Rejects with `not-found` when it holds no `lifecycle-config.toml`, with `refused` when that may not be read. */
  read(folder: string): Promise<AzlinReading>;
}

export interface AzlinReading {
  /** Absolute. */
  readonly file: string;
  readonly machines: readonly {
    readonly name: string;
    /** Only what the file says itself. */
    readonly watch: WatchPatch;
    readonly hooks: HookPaths;
  }[];
  /** What cannot be taken; what it speaks of is not among the machines. */
  readonly faults: readonly ImportFault[];
}
