import type { CallContext, DraftFault } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { WatchConfig } from '../../contract/lifecycle.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Happening, Ledger } from '../journal/ledger.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Operations } from '../operations/operations.ts';
import type { Clock } from '../ports/clock.ts';
import type { Host } from '../ports/host.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { Log } from '../ports/log.ts';
import type { MachineDefinitions } from '../ports/machine-definitions.ts';
import type { MachineProvider, ProvidedMachine } from '../ports/machine-provider.ts';
import type { MachineRecord, StateChange } from '../ports/state-store.ts';
import type { SnapshotBook } from '../snapshots/snapshot-book.ts';
import type { MachineBin } from './machine-bin.ts';
import type { MachineRegistry } from './machine-registry.ts';
import type { FleetMachine } from './machine-view.ts';

/** How machines are watched stands under their names. */
export interface WatchesByName {
  of(machine: string): WatchConfig | undefined;
  /** As it was when the machine was deleted. */
  restore(machine: string, watch: WatchConfig): Promise<void>;
  forget(machine: string): Promise<void>;
  /** Right also when nothing stands under `from`. `between` is called when the new name holds and nobody knows it yet. */
  rename(from: string, to: string, between: () => void): Promise<void>;
}

/** What every verb of the fleet works with. */
export interface FleetContext {
  readonly registry: MachineRegistry;
  readonly bin: MachineBin;
  readonly operations: Operations;
  readonly snapshots: SnapshotBook;
  readonly ledger: Ledger;
  readonly definitions: MachineDefinitions;
  readonly provider: MachineProvider;
  readonly host: Host;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly log: Log;
  readonly notices: EngineNotices;
  readonly watches: WatchesByName;
  settings(): Settings;
}

export function providedMachine({ record }: FleetMachine): ProvidedMachine {
  const { id, name, config, generation, runtime } = record;
  return { id, name, config, generation, runtime };
}

export function rowOf(record: MachineRecord): StateChange {
  return { kind: 'machine-put', machine: record };
}

/** A journal entry about a machine by whoever is behind a call: a person, or Vigil itself when it heals. */
export function happeningBy(
  context: CallContext,
  record: Pick<MachineRecord, 'id' | 'name'>,
  action: Happening['action'],
  summary: string,
  details: Happening['details'] = {},
): Happening {
  return {
    action,
    summary,
    machine: { id: record.id, name: record.name },
    ...(context.face === 'engine'
      ? { actor: 'engine', details }
      : { actor: 'user', details: { user: context.user, face: context.face, ...details } }),
    ...(context.cause === undefined ? {} : { cause: context.cause }),
  };
}

/** The first fault as the error of a call; a taken port or name is a matter of this computer, not of the spelling. */
export function refuseFaults(faults: readonly DraftFault[]): void {
  const [first, ...others] = faults;
  if (first === undefined) return;
  const more =
    others.length === 0 ? '' : ` (and ${others.length} more: ${others.map((fault) => fault.field).join(', ')})`;
  const hint = first.hint ?? (first.suggestion === undefined ? undefined : `Try ${first.suggestion}.`);
  throw new VigilError('bad-input', `${first.message}${more}`, { field: first.field, hint });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
