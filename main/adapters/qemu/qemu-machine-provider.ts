import { lstat, mkdir, rm, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { VigilError } from '../../contract/failure.ts';
import type { StateVersions } from '../../contract/snapshot.ts';
import type {
  Finding,
  MachineProvider,
  MachineRun,
  ProvidedMachine,
  Stray,
} from '../../engine/ports/machine-provider.ts';
import type { Accelerator } from './accelerator-probe.ts';
import { prepareConsoleLog, readLog } from './console-log.ts';
import { createMachineDisks } from './disks.ts';
import { examineConfig } from './examine-config.ts';
import type { Found } from './find-machine.ts';
import { createQemuGuest } from './guest-agent.ts';
import { holdMachine } from './hold-machine.ts';
import { createImageWork } from './image-work.ts';
import { liveTarget, silentTarget } from './ladder-target.ts';
import type { LiveMachine } from './live-machine.ts';
import { blockNodes } from './machine-images.ts';
import type { MachineProcess } from './machine-processes.ts';
import { createMachineSnapshots } from './machine-snapshots.ts';
import { areImagesFree, makeImages, watchImages } from './make-images.ts';
import { createPortForwards } from './port-forwards.ts';
import { prepareImages, settleImages } from './prepare-images.ts';
import { macOf } from './qemu-command-line.ts';
import { createQemuContext, type QemuOptions } from './qemu-context.ts';
import { createQemuMachineConsole } from './qemu-machine-console.ts';
import { installAdvice } from './qemu-program.ts';
import { readCounters } from './read-counters.ts';
import { writeRuntimeRecord } from './runtime-record.ts';
import { startMachine } from './start-machine.ts';
import { climbStopLadder, waitForLock } from './stop-ladder.ts';
import { prepareUefi } from './uefi-firmware.ts';

/** So long the thread belongs to the folders of the machines; then whatever else waits for it comes. */
const turnMs = 8;
/** From a process that counts as gone until the kernel hands us its exit: the time its last threads take. */
const reapMs = 500;

/** Local machines, each a QEMU process of its own that outlives us. */
export function createQemuMachineProvider(options: QemuOptions): MachineProvider {
  const qemu = createQemuContext(options);
  const { clock, images, log, probe, processes } = qemu;
  const guest = createQemuGuest(qemu);
  const work = createImageWork(processes, images);
  const disks = createMachineDisks(qemu, work);
  const snapshots = createMachineSnapshots(qemu, work);

  /** What a killed engine left half done; without it the next start would do the same. */
  const tidy = async (resting: readonly ProvidedMachine[]): Promise<void> => {
    try {
      let turnBegan = clock.monotonicNow();
      for (const { config, id } of resting) {
        if (clock.monotonicNow() - turnBegan > turnMs) {
          await nextTurn();
          turnBegan = clock.monotonicNow();
        }
        await settleImages(config, await qemu.pathsOf(id));
      }
      await disks.removeUnusedBases();
    } catch (error) {
      log.write('warn', 'qemu', 'What was left beside the disks could not be tidied', { error });
    }
  };

  return {
    kind: 'qemu',
    disks,
    snapshots,
    guest,
    console: createQemuMachineConsole(qemu),
    forwards: createPortForwards(qemu),

    health: async () => {
      const program = await qemu.findQemu();
      if (program === null) {
        return { version: null, advice: installAdvice(process.platform), accelerator: null, acceleratorReason: null };
      }
      const found = await probe.find(program);
      return { version: program.version, advice: null, accelerator: found.name, acceleratorReason: found.reason };
    },

    examine: (config, own, taken) =>
      examineConfig({
        config,
        taken,
        held: new Set(own === null ? [] : qemu.knownLive(own)?.record.hostPorts),
        isRoot: process.getuid?.() === 0,
      }),

    create: async (machine, context) => {
      const paths = await qemu.pathsOf(machine.id);
      await qemu.requireQemu();
      await mkdir(await qemu.machinesFolder(), { recursive: true, mode: 0o700 });
      await makeNewFolder(paths.folder);
      try {
        await makeImages(machine, paths, images, context);
        await prepareUefi(processes, machine.config, paths);
        await prepareConsoleLog(paths.console);
        if (context.signal.aborted) throw new VigilError('cancelled', 'The creation was cancelled.');
        context.progress(1, 'Made');
      } catch (error) {
        await rm(paths.folder, { recursive: true, force: true });
        throw error;
      }
    },

    start: async (machine, context) => {
      if (qemu.knownLive(machine.id) !== null) throw new VigilError('conflict', `${machine.name} is running already.`);
      const [program, paths] = await Promise.all([qemu.requireQemu(), qemu.pathsOf(machine.id)]);
      context.progress(0.1, 'Choosing the accelerator');
      // Looks that change nothing: they go on beside what may take longer, and are of no matter when that fails.
      const looks = Promise.all([
        probe.find(program),
        examineConfig({
          config: machine.config,
          taken: new Map(),
          held: new Set(),
          isRoot: process.getuid?.() === 0,
        }),
      ]);
      looks.catch(() => undefined);
      await prepareImages(machine, paths, work, context.signal);
      await snapshots.tidyIfCutShort(machine);
      const [found, [fault]] = await looks;
      if (fault !== undefined) throw new VigilError('refused', fault.message, { field: fault.field, hint: fault.hint });
      const accelerator = acceleratorFor(found, context.heldFor);
      const uefiCode = await prepareUefi(processes, machine.config, paths);
      qemu.letGo(machine.id);
      const live = await startMachine({
        machine,
        context,
        qemu: program,
        accelerator,
        paths,
        runtime: await qemu.runtimeOf(machine.id),
        processes,
        clock,
        uefiCode,
        takeUp: (record, exited) => qemu.takeUp(machine, paths, record, exited),
      });
      qemu.hold(machine.id, live);
      return runOf(live);
    },

    stop: async (machine, stop, context) => {
      const paths = await qemu.pathsOf(machine.id);
      const ladder = {
        force: stop.force,
        acpiMs: stop.acpiMs,
        clock,
        signal: context.signal,
        progress: context.progress,
      };
      const found = await qemu.find(machine, qemu.listOwn);
      const ours = found.kind === 'live' && found.live.isOurChild ? found.live : null;
      const lockIsFree =
        ours === null
          ? await watchImages(machine, paths, images)
          : async () => {
              // Asked when the process counts as gone: its sockets are nobody's by then and go while its last threads do.
              const [isReaped] = await Promise.all([ours.isReaped(reapMs), removeSockets(ours)]);
              return isReaped || areImagesFree(machine, paths, images);
            };
      if (found.kind === 'gone') {
        await waitForLock({ lockIsFree }, { clock });
        return { rung: 'ended' };
      }
      if (found.kind === 'unidentified') {
        // What we wrote down at its start and its own command line both say it is ours: a person may insist.
        if (!stop.force || !found.claimed) {
          const hint = found.claimed
            ? 'Stop it by force, which ends the process.'
            : 'Look at the process; it is left alone.';
          throw new VigilError('refused', found.reason, { hint });
        }
        return { rung: await climbStopLadder(silentTarget(found.record.identity, processes, lockIsFree), ladder) };
      }
      const { live } = found;
      const claim = live.claimEnd();
      try {
        const silenceMs = stop.force ? 2000 : 5000;
        const rung = await climbStopLadder(
          liveTarget({ live, processes, agents: qemu.agents, lockIsFree, silenceMs }),
          ladder,
        );
        claim.settle();
        qemu.letGo(machine.id);
        if (ours === null) await removeSockets(live);
        return { rung };
      } catch (error) {
        claim.giveBack();
        throw error;
      }
    },

    pause: (machine, context) => holdMachine(qemu, machine, 'paused', context),

    resume: (machine, context) => holdMachine(qemu, machine, 'running', context),

    remove: async (machine) => {
      const paths = await qemu.pathsOf(machine.id);
      const [claim] = (await qemu.listOwn()).filter(({ id }) => id === machine.id);
      const pid = claim?.process.identity.pid ?? qemu.knownLive(machine.id)?.record.identity.pid;
      if (pid !== undefined) throw new VigilError('conflict', `${machine.name} still has a process (${pid}).`);
      if (!(await areImagesFree(machine, paths, images))) {
        throw new VigilError('conflict', `Another program holds a disk of ${machine.name}.`);
      }
      qemu.letGo(machine.id);
      await rm((await qemu.runtimeOf(machine.id)).folder, { recursive: true, force: true });
      await rm(paths.folder, { recursive: true, force: true });
      await disks.removeUnusedBases();
    },

    reconcile: async (machines) => {
      const claims = await qemu.listOwn();
      const found = await Promise.all(
        machines.map(async (machine) => [machine.id, findingOf(await qemu.find(machine, async () => claims))] as const),
      );
      await tidy(machines.filter((_machine, index) => found[index]?.[1].kind === 'gone'));
      const known = new Set(machines.map(({ id }) => id));
      const strays = claims.filter(({ id }) => !known.has(id)).map(strayOf);
      return { findings: new Map(found), strays };
    },

    macOf,

    detail: async (machine) => {
      const paths = await qemu.pathsOf(machine.id);
      const [first] = blockNodes(machine.config, paths);
      const diskPath = first?.path ?? paths.disk;
      const [disk, console] = await Promise.all([statOf(diskPath), statOf(paths.console)]);
      return {
        diskPath: disk === null ? null : diskPath,
        diskUsedBytes: disk === null ? null : disk.blocks * 512,
        consoleLogPath: console === null ? null : paths.console,
        mac: macOf(machine),
      };
    },

    readConsole: async (machine, from, limit) => readLog((await qemu.pathsOf(machine.id)).console, from, limit),

    read: async (machine, takenAtMs) => {
      const live = qemu.knownLive(machine.id);
      if (live === null) throw new VigilError('conflict', `${machine.name} does not run.`);
      return readCounters(live, processes, takenAtMs);
    },

    watch: qemu.watch,

    close: async () => {
      await guest.close();
      qemu.letGoOfAll();
    },
  };
}

function runOf(live: LiveMachine): MachineRun {
  const { record } = live;
  return {
    runtime: writeRuntimeRecord(record),
    pid: record.identity.pid,
    startedAt: record.startedAt,
    accelerator: record.accelerator,
    acceleratorReason: record.acceleratorReason,
    state: live.state === 'running' ? 'running' : 'paused',
  };
}

/** Memory that was saved under emulation is loaded under emulation, also where there is something faster. */
function acceleratorFor(found: Accelerator, saved: StateVersions | undefined): Accelerator {
  if (saved?.accelerator !== 'tcg' || found.name === 'tcg') return found;
  return { ...found, name: 'tcg', reason: 'Its memory was saved under TCG emulation.' };
}

function findingOf(found: Found): Finding {
  switch (found.kind) {
    case 'live':
      return { kind: 'running', run: runOf(found.live) };
    case 'gone':
      return { kind: 'gone', end: found.end };
    case 'unidentified':
      return { kind: 'unidentified', pid: found.record.identity.pid, reason: found.reason };
  }
}

function strayOf({ id, name, process }: MachineProcess): Stray {
  return { pid: process.identity.pid, id, name };
}

async function makeNewFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (exists) throw new VigilError('conflict', `${path} is there already.`, { cause });
    throw new VigilError('refused', `${path} could not be made.`, { cause });
  }
}

async function statOf(path: string) {
  try {
    return (await lstat(path)).isSymbolicLink() ? null : await stat(path);
  } catch {
    return null;
  }
}

/** The pipe of the serial console stays for the next run: making one takes a process. */
async function removeSockets({ record }: LiveMachine): Promise<void> {
  const { agent, monitor, qmp } = record.paths;
  await Promise.all([agent, monitor, qmp].map((socket) => rm(socket, { force: true })));
}
