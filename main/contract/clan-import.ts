/** What became of the machines of another manager's folder. */
export interface ClanImport {
  /** Absolute path of the folder that was read; nothing in it is ever changed. */
  readonly folder: string;
  readonly imported: readonly ImportedMachine[];
  /** Left alone, and why: most often because it was imported before. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly faults: readonly ImportFault[];
}

export interface ImportedMachine {
  readonly name: string;
  readonly id: string;
  /** The image that is used where it lies; null when a new disk was made. */
  readonly diskPath: string | null;
  /** Entries of its old history, kept in the journal. */
  readonly historyEntries: number;
}

/** One place in one file that stood in the way. */
export interface ImportFault {
  readonly file: string;
  /** 1-based; null when the fault has no place. */
  readonly line: number | null;
  /** As it is called in the file; null when the fault is in no field. */
  readonly field: string | null;
  readonly message: string;
}
