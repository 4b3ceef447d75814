import type { MachineConfig } from '../../contract/machine.ts';
import type { FleetMachine } from './machine-view.ts';

/** Two configurations that mean the same, however they say it. */
export function sameConfig(one: MachineConfig, other: MachineConfig): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

/** What is written of a machine, as far as it holds now. */
export interface ConfigInForce {
  readonly config: MachineConfig;
  /** Something waits for the next start. */
  readonly pending: boolean;
}

/**
 * A machine that is up, or whose memory waits on its disk, keeps the hardware it has until its next start; what is the
 * fleet's own affair (tags and group) holds at once.
 */
export function configInForce({ record, run }: FleetMachine, written: MachineConfig): ConfigInForce {
  if (run === null && record.saved === undefined) return { config: written, pending: false };
  const { group: _group, ...hardware } = record.config;
  const { tags, group } = written;
  const config = { ...hardware, tags, ...(group === undefined ? {} : { group }) };
  return { config, pending: !sameConfig(config, written) };
}

/** What holds when a field is absent, said in the same way: by its absence. */
const unsaid: Readonly<Partial<Record<keyof MachineConfig, string>>> = {
  network: 'default',
  preallocation: 'off',
  firmware: 'bios',
};

function canonical(config: MachineConfig): readonly (readonly [string, unknown])[] {
  return Object.entries(config)
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .filter(([key, value]) => unsaid[key as keyof MachineConfig] !== value)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
