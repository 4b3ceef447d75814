import { stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { VigilError } from '../../contract/failure.ts';
import type { ProvidedMachine, WorkContext } from '../../engine/ports/machine-provider.ts';
import type { HeldSnapshot, MachineSnapshots } from '../../engine/ports/machine-snapshots.ts';
import { tailOf } from './console-log.ts';
import { createImageSnapshots, joinTags, tagsOf } from './image-snapshots.ts';
import type { ImageWork } from './image-work.ts';
import { isObject } from './json-line-socket.ts';
import type { LiveMachine } from './live-machine.ts';
import { blockNodes, type MachineImage } from './machine-images.ts';
import type { QemuContext } from './qemu-context.ts';
import type { QmpClient } from './qmp-client.ts';
import { finishSnapshotJobs, runSnapshotJob } from './snapshot-jobs.ts';
import { findUefi } from './uefi-firmware.ts';

/** 6.0 and 6.1 had the jobs, and defects in them that could lose what was saved. */
const oldestQemu = [6, 2] as const;
const askMs = 5000;
const removeMs = 120_000;
const growthMs = 250;
const lockMs = 5000;
const lockLookMs = 100;

export interface QemuMachineSnapshots extends MachineSnapshots {
  /** Before a machine gets a process: puts right what was cut short in this life. */
  tidyIfCutShort(machine: ProvidedMachine): Promise<void>;
}

/** Snapshots of machines that run by QEMU's own jobs, of all others by `qemu-img`. */
export function createMachineSnapshots(qemu: QemuContext, work: ImageWork): QemuMachineSnapshots {
  const { clock } = qemu;
  const images = createImageSnapshots(qemu.processes);
  /** Machines whose images may hold half a change. What another life began, its rows tell. */
  const cutShort = new Set<string>();

  const changing = async ({ id }: ProvidedMachine, change: () => Promise<void>): Promise<void> => {
    cutShort.add(id);
    await change();
    cutShort.delete(id);
  };

  const imagesOf = async ({ config, id, name }: ProvidedMachine): Promise<readonly MachineImage[]> => {
    const all = blockNodes(config, await qemu.pathsOf(id));
    const raw = all.find(({ format }) => format !== 'qcow2');
    if (raw === undefined) return all;
    throw new VigilError(
      'refused',
      `The disk ${raw.name} of ${name} is a ${raw.format} image, which keeps no snapshots.`,
      {
        hint: 'Only qcow2 images keep snapshots: convert it with qemu-img convert -O qcow2.',
      },
    );
  };

  /** The machine's process; null when it has none. Whatever cannot be identified is left alone. */
  const liveOf = async (machine: ProvidedMachine): Promise<LiveMachine | null> => {
    const known = qemu.knownLive(machine.id);
    // The run we hold proved itself when it was taken up: no need to look through all processes for it.
    if (known !== null && known.client !== null && known.generation === machine.generation) return known;
    const found = await qemu.find(machine, qemu.listOwn);
    if (found.kind === 'unidentified') throw new VigilError('refused', found.reason);
    return found.kind === 'live' ? found.live : null;
  };
  const requireLive = async (machine: ProvidedMachine): Promise<LiveMachine> => {
    const live = await liveOf(machine);
    if (live === null) throw new VigilError('conflict', `${machine.name} does not run.`);
    return live;
  };

  /** The threads of a process that was killed end one by one, and with the last one its locks. */
  const isFreeSoon = async (path: string): Promise<boolean> => {
    const deadline = clock.monotonicNow() + lockMs;
    while (!(await qemu.images.lockIsFree(path))) {
      if (clock.monotonicNow() >= deadline) return false;
      await new Promise<void>((resolve) => {
        clock.after(lockLookMs, resolve);
      });
    }
    return true;
  };

  const tidy = async ({ id, name }: ProvidedMachine, all: readonly MachineImage[]): Promise<readonly string[]> => {
    const faulty: string[] = [];
    for (const { format, name: disk, path } of all) {
      if (!(await work.tidy({ path, format, label: `The disk ${disk} of ${name}` }))) faulty.push(disk);
    }
    cutShort.delete(id);
    if (faulty.length > 0) qemu.log.write('error', 'qemu', 'Disks contradict themselves', { machine: id, faulty });
    return faulty;
  };

  const requireTidy = async (machine: ProvidedMachine): Promise<readonly MachineImage[]> => {
    const all = await requireFree(machine);
    if (cutShort.has(machine.id)) await tidy(machine, all);
    return all;
  };

  /** Asked right before an image tool is let near: by process, by what we hold, and by the lock of each image. */
  const requireFree = async (machine: ProvidedMachine): Promise<readonly MachineImage[]> => {
    if ((await liveOf(machine)) !== null) throw new VigilError('conflict', `${machine.name} runs.`);
    const all = await imagesOf(machine);
    for (const { name, path } of all) {
      if (await isFreeSoon(path)) continue;
      throw new VigilError(
        'conflict',
        `Another program holds the disk ${name} of ${machine.name}; it was left alone.`,
        {
          hint: `Find it with: lsof ${path}`,
        },
      );
    }
    return all;
  };

  const heldIn = async (
    live: LiveMachine,
    all: readonly MachineImage[],
  ): Promise<ReadonlyMap<string, HeldSnapshot>> => {
    const answer = await clientOf(live).execute('query-named-block-nodes', { flat: true }, { timeoutMs: askMs });
    const nodes = Array.isArray(answer) ? answer.filter(isObject) : [];
    return joinTags(all.map(({ node }) => tagsOf(nodes.find((found) => found['node-name'] === node)?.image)));
  };

  const run = (
    live: LiveMachine,
    command: 'snapshot-save' | 'snapshot-load' | 'snapshot-delete',
    machine: ProvidedMachine,
    tag: string,
    all: readonly MachineImage[],
    signal?: WorkContext['signal'],
  ): Promise<void> =>
    changing(machine, () =>
      runSnapshotJob(live, clock, {
        command,
        tag,
        nodes: all.map(({ node }) => node),
        limitMs: command === 'snapshot-delete' ? removeMs : memoryMs(machine),
        ...(signal === undefined ? {} : { signal }),
      }),
    );

  return {
    loadable: async () => {
      const program = await qemu.findQemu();
      if (program === null) return null;
      const { name } = await qemu.probe.find(program);
      const accelerators = name === 'tcg' ? ['tcg'] : [name, 'tcg'];
      return {
        qemu: program.version,
        machineTypes: program.machineTypes,
        accelerators,
        cpuModels: Object.fromEntries(accelerators.map((accelerator) => [accelerator, cpuModelOf(accelerator)])),
        hasUefi: (await findUefi()) !== null,
      };
    },

    versionsOf: async (machine) => {
      const live = await requireLive(machine);
      const { accelerator, machineType } = live.record;
      const version = versionOf(await clientOf(live).execute('query-version', undefined, { timeoutMs: askMs }));
      if (isOlder(version, oldestQemu)) {
        throw new VigilError(
          'refused',
          `${machine.name} runs on QEMU ${version}; memory is saved only from QEMU ${oldestQemu.join('.')} on, because older ones could lose it.`,
          { hint: 'Update QEMU and restart the machine, or stop it and take the snapshot of its disks alone.' },
        );
      }
      return {
        qemu: version,
        machineType,
        accelerator,
        cpuModel: cpuModelOf(accelerator),
        firmware: machine.config.firmware ?? 'bios',
      };
    },

    held: async (machine) => {
      const all = await imagesOf(machine);
      const live = await liveOf(machine);
      if (live !== null) return heldIn(live, all);
      await requireTidy(machine);
      return joinTags(await Promise.all(all.map((image) => images.list(image))));
    },

    save: async (machine, tag, context) => {
      const live = await requireLive(machine);
      const all = await imagesOf(machine);
      const undo = await tellGrowth(all[0]?.path ?? '', machine, qemu, context);
      try {
        await run(live, 'snapshot-save', machine, tag, all, context.signal);
        const made = (await heldIn(live, all)).get(tag);
        if (made?.isWhole !== true) throw new VigilError('refused', 'QEMU took the snapshot, but not in every disk.');
        return { memoryBytes: made.memoryBytes };
      } catch (error) {
        await run(live, 'snapshot-delete', machine, tag, all).catch((cause: unknown) =>
          qemu.log.write('warn', 'qemu', 'What a failed snapshot left could not be removed', {
            machine: machine.id,
            cause,
          }),
        );
        throw error;
      } finally {
        undo();
      }
    },

    load: async (machine, tag, context) => {
      const live = await requireLive(machine);
      const all = await imagesOf(machine);
      context.progress(null, 'Loading the memory');
      await clientOf(live).execute('stop', undefined, { timeoutMs: askMs });
      try {
        await run(live, 'snapshot-load', machine, tag, all);
      } catch (error) {
        throw await withLastWords(error, (await qemu.pathsOf(machine.id)).log);
      }
      // Some versions go on by themselves when the guest ran as it was saved.
      await clientOf(live).execute('stop', undefined, { timeoutMs: askMs });
    },

    saveDisks: async (machine, tag, context) => {
      const all = await requireTidy(machine);
      const done: MachineImage[] = [];
      try {
        for (const image of all) {
          if (context.signal.aborted) throw new VigilError('cancelled', 'Cancelled.');
          context.progress(done.length / all.length, `Taking the snapshot of ${image.name}`);
          await changing(machine, () => images.take(image, tag));
          done.push(image);
        }
      } catch (error) {
        for (const image of done) await changing(machine, () => images.remove(image, tag));
        throw error;
      }
    },

    loadDisks: async (machine, tag, context) => {
      const all = await requireTidy(machine);
      const lists = await Promise.all(all.map((image) => images.list(image)));
      const lacking = all.find((_image, index) => lists[index]?.has(tag) !== true);
      if (lacking !== undefined) {
        throw new VigilError('refused', `The disk ${lacking.name} of ${machine.name} does not hold this snapshot.`);
      }
      for (const [index, image] of all.entries()) {
        context.progress(index / all.length, `Going back on ${image.name}`);
        await changing(machine, () => images.apply(image, tag));
      }
    },

    remove: async (machine, tag, context) => {
      context.progress(null, 'Removing from the disks');
      const live = await liveOf(machine);
      if (live !== null) {
        await run(live, 'snapshot-delete', machine, tag, await imagesOf(machine));
        return;
      }
      for (const image of await requireTidy(machine)) {
        if ((await images.list(image)).has(tag)) await changing(machine, () => images.remove(image, tag));
      }
    },

    tidy: async (machine) => tidy(machine, await requireFree(machine)),

    tidyIfCutShort: async (machine) => {
      if (cutShort.has(machine.id)) await requireTidy(machine);
    },

    finishJobs: async (machine, context) => {
      const live = await liveOf(machine);
      if (live === null) return;
      context.progress(null, 'Waiting for what was begun');
      await finishSnapshotJobs(live, clock, memoryMs(machine));
    },
  };
}

/** At 10 MiB a second, which a slow disk under load still does, and some time beside. */
function memoryMs({ config }: ProvidedMachine): number {
  return 120_000 + config.memoryMib * 100;
}

/** QEMU says nothing while it writes: how far it is shows in the size of the image alone. Memory that is all zeros takes none. */
async function tellGrowth(
  path: string,
  { config }: ProvidedMachine,
  { clock }: QemuContext,
  context: WorkContext,
): Promise<() => void> {
  const bytesOf = async () => (await stat(path).catch(() => null))?.blocks ?? 0;
  const before = await bytesOf();
  let undo = (): void => {};
  let over = false;
  const look = async (): Promise<void> => {
    const grown = ((await bytesOf()) - before) * 512;
    if (over) return;
    context.progress(Math.min(0.95, Math.max(0, grown / (config.memoryMib * 1_048_576))), 'Saving the memory');
    undo = clock.after(growthMs, () => void look());
  };
  await look();
  return () => {
    over = true;
    undo();
  };
}

export function cpuModelOf(accelerator: string): string {
  return accelerator === 'tcg' ? 'max' : `host (${cpus()[0]?.model.trim() ?? 'unknown'})`;
}

function versionOf(answer: unknown): string {
  const version = isObject(answer) && isObject(answer.qemu) ? answer.qemu : {};
  return [version.major, version.minor, version.micro].map((part) => (typeof part === 'number' ? part : 0)).join('.');
}

export function isOlder(version: string, than: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < than[0] || (major === than[0] && minor < than[1]);
}

/** The job only says that it failed; QEMU's own log says why. */
async function withLastWords(error: unknown, log: string): Promise<unknown> {
  if (!(error instanceof VigilError) || error.code !== 'refused') return error;
  const line = (await tailOf(log))
    .split('\n')
    .findLast((text) => /mismatch|while loading|Unknown|Missing/.test(text))
    ?.replace(/^qemu-system-x86_64: /, '');
  if (line === undefined) return error;
  return new VigilError('refused', `The memory cannot be loaded: ${line.trim()}.`, { cause: error });
}

function clientOf(live: LiveMachine): QmpClient {
  if (live.client === null) throw new VigilError('unreachable', "QEMU's monitor is gone.");
  return live.client;
}
