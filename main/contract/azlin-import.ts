import type { ImportFault } from './clan-import.ts';

/** What became of the watching that another tool's `lifecycle-config.toml` asks for. */
export interface AzlinImport {
  /** Absolute path of the file that was read; it is never changed. */
  readonly file: string;
  readonly imported: readonly {
    readonly name: string;
    /** There is such a machine; else what was taken over waits for one. */
    readonly isHere: boolean;
    /** Scripts that wait for approval now. */
    readonly hooks: number;
  }[];
  /** Left alone, and why: most often because it is watched here already. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly faults: readonly ImportFault[];
}
