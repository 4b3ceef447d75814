import { VigilError } from '../../main/contract/failure.ts';
import type { StateVersions } from '../../main/contract/snapshot.ts';
import type { ProvidedMachine, WorkContext } from '../../main/engine/ports/machine-provider.ts';
import type { HeldSnapshot, LoadableVersions, MachineSnapshots } from '../../main/engine/ports/machine-snapshots.ts';
import type { Latch } from './fake-ports.ts';

/** What a machine holds, as words a test can compare; `memory` is null while nothing runs. */
export interface FakeContent {
  readonly disk: string;
  readonly memory: string | null;
}

export const fakeVersions: StateVersions = {
  qemu: '7.2.0',
  machineType: 'pc-i440fx-7.2',
  accelerator: 'tcg',
  cpuModel: 'max',
  firmware: 'bios',
};

type Step = 'save' | 'load' | 'saveDisks' | 'loadDisks' | 'remove' | 'held' | 'tidy' | 'finishJobs';

/** Snapshots as copies of words. A step can be made to fail, or be held while a test looks. */
export class FakeSnapshots implements MachineSnapshots {
  readonly #calls: string[];
  readonly #runs: (id: string) => boolean;
  readonly #once = new Set<Step>();
  readonly present = new Map<string, FakeContent>();
  /** By machine, then by tag. A tag whose content is null is in some disks only. */
  readonly tags = new Map<string, Map<string, FakeContent | null>>();
  readonly errors = new Map<Step, VigilError>();
  /** Waits for the promise before the step does anything; a cancel ends the wait. */
  readonly gates = new Map<Step, Latch<void>>();
  here: LoadableVersions | null = {
    qemu: '7.2.0',
    machineTypes: ['pc', 'pc-i440fx-7.2', 'pc-i440fx-7.1'],
    accelerators: ['tcg'],
    cpuModels: { tcg: 'max' },
    hasUefi: true,
  };
  versions: StateVersions = fakeVersions;
  /** Disks whose images have faults that tidying leaves alone. */
  faulty: readonly string[] = [];

  constructor(calls: string[], runs: (id: string) => boolean) {
    this.#calls = calls;
    this.#runs = runs;
  }

  contentOf(id: string): FakeContent {
    return this.present.get(id) ?? { disk: 'new', memory: this.#runs(id) ? 'booted' : null };
  }

  /** The next such step fails, and none after it. */
  failOnce(step: Step, error: VigilError): void {
    this.errors.set(step, error);
    this.#once.add(step);
  }

  /** A process came (its guest boots unless memory is to be loaded) or went. */
  ran(id: string, memory: string | null): void {
    this.present.set(id, { disk: this.present.get(id)?.disk ?? 'new', memory });
  }

  /** What somebody in the guest does. */
  write(id: string, content: Partial<FakeContent>): void {
    this.present.set(id, { ...this.contentOf(id), ...content });
  }

  async loadable(): Promise<LoadableVersions | null> {
    return this.here;
  }

  async versionsOf({ config }: ProvidedMachine): Promise<StateVersions> {
    return { ...this.versions, firmware: config.firmware ?? 'bios' };
  }

  async held({ id }: ProvidedMachine): Promise<ReadonlyMap<string, HeldSnapshot>> {
    this.#fail('held');
    return new Map(
      [...(this.tags.get(id) ?? [])].map(([tag, content]) => [
        tag,
        { isWhole: content !== null, memoryBytes: content?.memory == null ? 0 : 1000 },
      ]),
    );
  }

  async save(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<{ memoryBytes: number }> {
    await this.#begin('save', machine, tag, context);
    this.#requireRun(machine, true);
    this.#tagsOf(machine.id).set(tag, this.contentOf(machine.id));
    return { memoryBytes: 1000 };
  }

  async load(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<void> {
    // What a load begins it half does before it fails.
    this.#requireRun(machine, true);
    const error = this.errors.get('load');
    if (error !== undefined) this.present.set(machine.id, { disk: 'half', memory: 'half' });
    await this.#begin('load', machine, tag, context);
    this.present.set(machine.id, this.#require(machine, tag));
  }

  async saveDisks(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<void> {
    await this.#begin('saveDisks', machine, tag, context);
    this.#requireRun(machine, false);
    this.#tagsOf(machine.id).set(tag, { ...this.contentOf(machine.id), memory: null });
  }

  async loadDisks(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<void> {
    this.#requireRun(machine, false);
    const { disk } = this.#require(machine, tag);
    if (this.errors.has('loadDisks')) this.present.set(machine.id, { disk: 'half', memory: null });
    await this.#begin('loadDisks', machine, tag, context);
    this.present.set(machine.id, { disk, memory: null });
  }

  async remove(machine: ProvidedMachine, tag: string, context: WorkContext): Promise<void> {
    await this.#begin('remove', machine, tag, context);
    this.tags.get(machine.id)?.delete(tag);
  }

  async tidy(machine: ProvidedMachine): Promise<readonly string[]> {
    this.#requireRun(machine, false);
    this.#calls.push(`tidy ${machine.name}`);
    this.#fail('tidy');
    return this.faulty;
  }

  async finishJobs(machine: ProvidedMachine, context: WorkContext): Promise<void> {
    await this.#begin('finishJobs', machine, '', context);
  }

  #tagsOf(id: string): Map<string, FakeContent | null> {
    const known = this.tags.get(id) ?? new Map<string, FakeContent | null>();
    this.tags.set(id, known);
    return known;
  }

  #require(machine: ProvidedMachine, tag: string): FakeContent {
    const content = this.tags.get(machine.id)?.get(tag);
    if (content == null) throw new VigilError('refused', `${machine.name} does not hold this snapshot.`);
    return content;
  }

  #requireRun({ id, name }: ProvidedMachine, wanted: boolean): void {
    if (this.#runs(id) !== wanted) throw new VigilError('conflict', `${name} ${wanted ? 'does not run' : 'runs'}.`);
  }

  async #begin(step: Step, { name }: ProvidedMachine, tag: string, context: WorkContext): Promise<void> {
    this.#calls.push(`${step} ${name} ${tag}`.trim());
    const gate = this.gates.get(step);
    if (gate !== undefined) {
      const giveUp = (): void => gate.fail(context.signal.reason);
      if (context.signal.aborted) giveUp();
      context.signal.addEventListener('abort', giveUp, { once: true });
      await gate.promise;
    }
    this.#fail(step);
  }

  #fail(step: Step): void {
    const error = this.errors.get(step);
    if (error === undefined) return;
    if (this.#once.delete(step)) this.errors.delete(step);
    throw error;
  }
}
