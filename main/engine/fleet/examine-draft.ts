import type { DraftFault } from '../../contract/calls.ts';
import { type MachineConfig, MachineDraft } from '../../contract/machine.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Host } from '../ports/host.ts';
import type { ImageOwner } from '../ports/machine-disks.ts';
import type { MachineProvider } from '../ports/machine-provider.ts';
import { macFaults } from './mac-faults.ts';
import type { MachineBin } from './machine-bin.ts';
import type { MachineRegistry } from './machine-registry.ts';

/** The largest machine this computer takes. */
export interface Capacity {
  readonly maxCpus: number;
  readonly maxMemoryMib: number;
  readonly maxDiskMib: number;
}

export function capacityOf(host: Pick<Host, 'cpus' | 'memoryMib'>, diskFreeMib: number, settings: Settings): Capacity {
  return {
    maxCpus: Math.max(1, Math.floor(host.cpus * settings.capacity.cpu_overcommit)),
    maxMemoryMib: Math.max(16, host.memoryMib - settings.capacity.reserve_memory_mib),
    maxDiskMib: Math.max(0, diskFreeMib),
  };
}

const diskHint = 'That is what is free on the disk that holds the machines.';

export function capacityFaults(
  config: Pick<MachineConfig, 'cpus' | 'memoryMib' | 'diskMib' | 'disks'>,
  capacity: Capacity,
): DraftFault[] {
  const faults: DraftFault[] = [];
  const tooLarge = (field: string, asked: number, most: number, unit: string, why: string): void => {
    if (asked <= most) return;
    faults.push({
      field,
      message: `${asked} ${unit} is more than this computer gives: at most ${most} ${unit}.`,
      hint: why,
      suggestion: String(most),
    });
  };
  tooLarge('cpus', config.cpus, capacity.maxCpus, 'CPUs', 'capacity.cpu_overcommit in settings.toml sets the limit.');
  tooLarge(
    'memoryMib',
    config.memoryMib,
    capacity.maxMemoryMib,
    'MiB',
    'capacity.reserve_memory_mib in settings.toml is kept for this computer.',
  );
  tooLarge('diskMib', config.diskMib, capacity.maxDiskMib, 'MiB', diskHint);
  let askedMib = config.diskMib;
  for (const [index, { sizeMib }] of (config.disks ?? []).entries()) {
    askedMib += sizeMib;
    tooLarge(`disks.${index}.sizeMib`, askedMib, capacity.maxDiskMib, 'MiB', `All disks together. ${diskHint}`);
  }
  return faults;
}

export interface ExaminationPorts {
  readonly registry: MachineRegistry;
  readonly bin: MachineBin;
  readonly provider: MachineProvider;
  readonly host: Host;
  settings(): Settings;
}

/** Ports of this computer that machines already lead to their guests: port -> name of the machine. */
export function forwardsTaken(registry: MachineRegistry, except: string | null): ReadonlyMap<number, string> {
  const taken = new Map<number, string>();
  for (const { record } of registry.all()) {
    if (record.id === except) continue;
    for (const forward of record.config.forwards) taken.set(forward.host, record.name);
  }
  return taken;
}

/** The images that other machines have adopted, those that can still be brought back among them. */
function imageOwners({ bin, registry }: ExaminationPorts, except: string | null): readonly ImageOwner[] {
  return [...registry.all().map(({ record }) => record), ...bin.all()]
    .filter(({ id }) => id !== except)
    .flatMap(({ config, id, name }) =>
      config.diskPath === undefined ? [] : [{ id, name, diskPath: config.diskPath }],
    );
}

/** What this computer has against a configuration; empty when nothing. */
export async function examineConfig(
  ports: ExaminationPorts,
  config: MachineConfig,
  own: string | null,
): Promise<readonly DraftFault[]> {
  const capacity = capacityOf(ports.host, await ports.host.diskFreeMib(), ports.settings());
  // The disks of a machine that is there have their room already, and so has an image that is adopted.
  const newMib = own === null ? config : { ...config, diskMib: 0, disks: [] };
  const asked = config.diskPath === undefined ? newMib : { ...newMib, diskMib: 0 };
  const [faults, diskFaults] = await Promise.all([
    ports.provider.examine(config, own, forwardsTaken(ports.registry, own)),
    ports.provider.disks.examine(config, own, imageOwners(ports, own)),
  ]);
  return [...capacityFaults(asked, capacity), ...macFaults(ports, config, own), ...faults, ...diskFaults];
}

export function nameFault(registry: MachineRegistry, name: string): DraftFault | null {
  if (!registry.isNameTaken(name)) return null;
  let number = 2;
  while (registry.isNameTaken(`${name}-${number}`)) number += 1;
  return { field: 'name', message: `There is a machine '${name}' already.`, suggestion: `${name}-${number}` };
}

/** Every fault of a half-written draft, the form's and this computer's together. */
export async function rehearseDraft(ports: ExaminationPorts, draft: unknown): Promise<readonly DraftFault[]> {
  const parsed = MachineDraft.safeParse(draft);
  if (parsed.success) {
    const { name, start: _start, ...config } = parsed.data;
    const taken = nameFault(ports.registry, name);
    return [...(taken === null ? [] : [taken]), ...(await examineConfig(ports, config, null))];
  }
  const faults: DraftFault[] = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    message: issue.message,
  }));
  const faulty = new Set(faults.map((fault) => fault.field.split('.')[0] ?? ''));
  // What is right so far is still examined, so that a taken port shows while the name is being typed.
  const healthy = Object.entries(draft as Record<string, unknown>).filter(
    ([key]) => !faulty.has(key) && key !== 'start',
  );
  const partial = MachineDraft.safeParse({ name: 'a', ...Object.fromEntries(healthy) });
  if (!partial.success) return faults;
  const { name, start: _start, ...config } = partial.data;
  const taken = faulty.has('name') ? null : nameFault(ports.registry, name);
  return [...faults, ...(taken === null ? [] : [taken]), ...(await examineConfig(ports, config, null))];
}
