import type { DiskFormat, Firmware, MachineDraftInput, PortForward, Preallocation } from '../contract/machine.ts';
import { absolutePath } from './own-path.ts';
import type { Verb } from './run-verb.ts';

export interface CreateFlags {
  readonly cpus?: number;
  readonly memory?: number;
  readonly disk?: number;
  readonly diskPath?: string;
  readonly diskFormat?: DiskFormat;
  readonly preallocation?: Preallocation;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly iso?: string;
  readonly mac?: string;
  readonly forward?: readonly PortForward[];
  readonly firmware?: Firmware;
  readonly start?: boolean;
}

/** `create` with its flags. File names are meant from where the user stands; the engine stands elsewhere. */
export function createVerb(flags: CreateFlags): Verb {
  return {
    kind: 'create',
    begin: (connection, name) => connection.call('machine.create', draftOf(name, flags)),
  };
}

/** Flags that were not given are left out: their defaults are the engine's. */
export function draftOf(name: string, flags: CreateFlags): MachineDraftInput {
  return {
    name,
    ...present('cpus', flags.cpus),
    ...present('memoryMib', flags.memory),
    ...present('diskMib', flags.disk),
    ...present('diskPath', absolutePath(flags.diskPath)),
    ...present('diskFormat', flags.diskFormat),
    ...present('preallocation', flags.preallocation),
    ...present('kernel', absolutePath(flags.kernel)),
    ...present('initrd', absolutePath(flags.initrd)),
    ...present('append', flags.append),
    ...present('iso', absolutePath(flags.iso)),
    ...present('mac', flags.mac),
    ...present('forwards', flags.forward === undefined ? undefined : [...flags.forward]),
    ...present('firmware', flags.firmware),
    ...present('start', flags.start),
  };
}

function present<K extends keyof MachineDraftInput>(
  key: K,
  value: MachineDraftInput[K] | undefined,
): Pick<MachineDraftInput, K> | Record<never, never> {
  return value === undefined ? {} : { [key]: value };
}
