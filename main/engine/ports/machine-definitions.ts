import type { MachineConfig } from '../../contract/machine.ts';

/**
 * `machines/NAME.yaml`: the truth for configuration, made to be read and edited by a person. One file per machine,
 * mode 0600, written whole (temporary file, sync, rename).
 */
export interface MachineDefinition {
  readonly id: string;
  readonly name: string;
  readonly config: MachineConfig;
}

export interface DefinitionFault {
  readonly path: string;
  /** 1-based; null when the fault has no place. */
  readonly line: number | null;
  readonly field: string | null;
  /** A sentence that names file, line and the nearest known key. */
  readonly message: string;
}

export type DefinitionReading =
  | { readonly kind: 'good'; readonly definition: MachineDefinition; readonly path: string }
  | { readonly kind: 'broken'; readonly name: string; readonly id: string | null; readonly fault: DefinitionFault };

export interface MachineDefinitions {
  pathOf(name: string): string;
  /** What a text says that may become a definition. Throws `bad-input` with line and field. */
  parse(text: string): { readonly name: string | null; readonly config: MachineConfig };
  /** Every definition there is, broken ones included. */
  readAll(): Promise<readonly DefinitionReading[]>;
  /** Null when there is no such file. */
  read(name: string): Promise<DefinitionReading | null>;
  write(definition: MachineDefinition): Promise<void>;
  /**
   * Moves a definition to another name and says so in it; comments stay. Right also when that was done before.
   * Throws `refused` for one that cannot be read.
   */
  rename(id: string, from: string, to: string): Promise<void>;
  /** Puts the definition of a deleted machine aside, beside its disks. Right also when that was done before. */
  shelve(id: string, name: string): Promise<void>;
  /** Puts it back under its name. Right also when that was done before, or when there is none. */
  unshelve(id: string, name: string): Promise<void>;
  /** Also right when it is gone already. */
  remove(name: string): Promise<void>;
  /** Tells the names whose files a person changed on disk; never for our own writes. The result ends it. */
  watch(changed: (name: string) => void): () => void;
}
