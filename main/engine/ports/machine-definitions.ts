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
  /** Every definition there is, broken ones included. */
  readAll(): Promise<readonly DefinitionReading[]>;
  /** Null when there is no such file. */
  read(name: string): Promise<DefinitionReading | null>;
  write(definition: MachineDefinition): Promise<void>;
  /** Also right when it is gone already. */
  remove(name: string): Promise<void>;
  /** Tells the names whose files a person changed on disk; never for our own writes. The result ends it. */
  watch(changed: (name: string) => void): () => void;
}
