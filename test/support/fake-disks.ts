import type { DraftFault } from '../../main/contract/calls.ts';
import { type DataDisk, firstDisk, type MachineConfig } from '../../main/contract/machine.ts';
import type { DiskCheck, MachineDisk } from '../../main/contract/machine-disk.ts';
import type { ImageFinding, ImageOwner, MachineDisks } from '../../main/engine/ports/machine-disks.ts';
import type { ProvidedMachine, WorkContext } from '../../main/engine/ports/machine-provider.ts';

/** Disks as data: what was asked stands in `calls`, each verb can be held or made to fail. */
export class FakeDisks implements MachineDisks {
  readonly #calls: string[];
  faults: DraftFault[] = [];
  finding: ImageFinding = { format: 'qcow2', sizeMib: 16 };
  /** Of every disk; null as if it could not be told. */
  virtualMib: number | null = null;
  checked: DiskCheck = { disk: firstDisk, corruptions: 0, leaks: 0, corruptionsFixed: 0, leaksFixed: 0 };
  /** Thrown by the verb of this name. */
  readonly errors = new Map<keyof MachineDisks, unknown>();
  /** While set, a clone waits for it. */
  cloneGate: Promise<void> | null = null;
  /** Files of further disks, finished or not. */
  readonly files = new Set<string>();
  /** Whom an examination was told of. */
  owners: readonly ImageOwner[] = [];

  constructor(calls: string[]) {
    this.#calls = calls;
  }

  async examine(
    _config: MachineConfig,
    _own: string | null,
    others: readonly ImageOwner[],
  ): Promise<readonly DraftFault[]> {
    this.owners = others;
    return this.faults;
  }

  async identify(): Promise<ImageFinding> {
    return this.finding;
  }

  async list(machine: ProvidedMachine): Promise<readonly MachineDisk[]> {
    return [firstDisk, ...(machine.config.disks ?? []).map(({ name }) => name)].map((name) => ({
      name,
      path: `/machines/${machine.id}/${name}`,
      format: 'qcow2',
      adopted: false,
      virtualMib: this.virtualMib,
      usedBytes: null,
      snapshots: 0,
      bases: [],
      fault: null,
    }));
  }

  async makeDisk(machine: ProvidedMachine, disk: DataDisk): Promise<void> {
    this.#did('makeDisk', `${machine.name} ${disk.name}`);
    this.files.add(disk.name);
  }

  async commitDisk(machine: ProvidedMachine, disk: DataDisk): Promise<void> {
    this.#did('commitDisk', `${machine.name} ${disk.name} of ${(machine.config.disks ?? []).length}`);
  }

  async dropDisk(machine: ProvidedMachine, disk: DataDisk): Promise<void> {
    this.#did('dropDisk', `${machine.name} ${disk.name}`);
    this.files.delete(disk.name);
  }

  async grow(machine: ProvidedMachine, disk: string, sizeMib: number): Promise<{ advice: string }> {
    this.#did('grow', `${machine.name} ${disk} ${sizeMib}`);
    return { advice: 'Grow the file system too.' };
  }

  async check(machine: ProvidedMachine, disk: string, repair: boolean): Promise<DiskCheck> {
    this.#did('check', `${machine.name} ${disk}${repair ? ' repair' : ''}`);
    return this.checked;
  }

  async compact(machine: ProvidedMachine, disk: string): Promise<{ freedBytes: number }> {
    this.#did('compact', `${machine.name} ${disk}`);
    return { freedBytes: 5 * 1_048_576 };
  }

  async clone(source: ProvidedMachine, clone: ProvidedMachine, linked: boolean, context: WorkContext): Promise<void> {
    this.#did('clone', `${source.name} ${clone.name}${linked ? ' linked' : ''}`);
    if (this.cloneGate === null) return;
    await new Promise<void>((resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
      void this.cloneGate?.then(resolve);
    });
  }

  async removeUnusedBases(): Promise<void> {
    this.#did('removeUnusedBases', '');
  }

  #did(verb: keyof MachineDisks, what: string): void {
    this.#calls.push(`${verb} ${what}`.trim());
    const error = this.errors.get(verb);
    if (error !== undefined) throw error;
  }
}
