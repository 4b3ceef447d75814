import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createProcesses } from '../../main/adapters/processes/processes.ts';
import { connectQmp } from '../../main/adapters/qemu/qmp-client.ts';
import type { MachineConfig } from '../../main/contract/machine.ts';
import type { StopOptions } from '../../main/engine/ports/machine-provider.ts';
import type { ProcessExit, Processes, ProcessIdentity } from '../../main/engine/ports/processes.ts';
import { eventually } from './eventually.ts';
import { createQemuRig, firmwareMachine, recordOf, work } from './qemu.ts';
import { createRealClock } from './real-clock.ts';
import type { StopCandidate } from './stop-situations.ts';

export interface WatchedStop {
  readonly config?: Partial<MachineConfig>;
  /** Takes the place of the disk; without it the disk is empty. */
  readonly image?: string;
  /** Words on the console without which the guest is not ready. */
  readonly ready?: string;
  readonly options: StopOptions;
  readonly budgetMs: number;
  readonly before?: ((machine: StopCandidate) => Promise<void>) | undefined;
}

export interface StopVerdict {
  readonly told: string;
  /** What ended it as seen from outside: its last word at the other monitor, its exit, the signals that were sent. */
  readonly real: string;
  readonly tookMs: number;
  /** In sentences; empty when all held. */
  readonly faults: readonly string[];
}

const real = createProcesses();

/** Stops real machines one after another, each in its own state, and watches from outside what happens. */
export function createStopWatcher(change: (processes: Processes) => Processes = (processes) => processes) {
  const rig = createQemuRig();
  const machine = firmwareMachine({ memoryMib: 32 });
  const disk = path.join(rig.home, 'machines', machine.id, 'disk.qcow2');
  const emptyDisk = path.join(rig.home, 'empty.qcow2');
  let made = false;
  let generation = 0;

  const run = async (stop: WatchedStop): Promise<StopVerdict> => {
    const signals: string[] = [];
    let exited: Promise<ProcessExit> | undefined;
    const provider = rig.provider(
      change({
        ...real,
        spawnDetached: async (program, args, options) => {
          const child = await real.spawnDetached(program, args, options);
          exited = child.exited;
          return child;
        },
        signal: (identity, signal) => {
          signals.push(signal);
          return real.signal(identity, signal);
        },
      }),
    );
    if (!made) {
      await provider.create(machine, work());
      copyFileSync(disk, emptyDisk);
      made = true;
    }
    copyFileSync(stop.image ?? emptyDisk, disk);
    generation += 1;
    const wanted = { ...machine, config: { ...machine.config, ...stop.config }, generation };
    const { runtime } = await provider.start(wanted, work());
    const running = { ...wanted, runtime };
    const record = recordOf(runtime);
    const events: { readonly name: string; readonly reason: unknown }[] = [];
    let closed: () => void = () => {};
    const silent = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const monitor = await connectQmp({
      path: record.paths.monitor,
      generation: 0,
      clock: createRealClock(),
      timeoutMs: 10_000,
      onEvent: ({ name, data }) => events.push({ name, reason: data.reason }),
      onClosed: () => closed(),
    });
    const { ready } = stop;
    if (ready !== undefined) {
      const isReady = async () =>
        (await provider.readConsole(running, record.consoleFrom, 65_536)).text.includes(ready);
      await eventually(`the guest says ${ready}`, isReady, 120_000);
    }
    const isAlive = () => hasProcess(record.identity);
    await stop.before?.({ provider, record, monitor, isAlive, heard: () => events.map(({ name }) => name) });

    const begun = performance.now();
    const told = await provider.stop(running, stop.options, work()).then(
      ({ rung }) => rung,
      (error: unknown) => String(error),
    );
    const tookMs = performance.now() - begun;
    const faults: string[] = [];
    if (isAlive()) faults.push('it came back before the process was gone');
    const looked = await real.run('qemu-img', ['info', '-f', 'qcow2', '--', disk], { timeoutMs: 20_000 });
    if (looked.exitCode !== 0) faults.push(`it came back before the disk was free: ${looked.stderr.trim()}`);
    if (tookMs > stop.budgetMs) faults.push(`it took ${tookMs.toFixed(0)} ms of ${stop.budgetMs}`);
    if (isAlive()) process.kill(record.identity.pid, 'SIGKILL');
    const exit = await exited;
    await silent;
    const reason = events.findLast(({ name }) => name === 'SHUTDOWN')?.reason;
    const ended = rungOf(reason, exit, signals);
    if (told !== ended) faults.push(`it told '${told}', but it was '${ended}'`);
    await provider.close();
    return { told, real: ended, tookMs, faults };
  };
  return { run, end: rig.end };
}

/** No guest of these tests has an agent, so that one which shut itself down obeyed its power button. */
function rungOf(reason: unknown, exit: ProcessExit | undefined, signals: readonly string[]): string {
  if (reason === 'guest-shutdown') return 'acpi';
  if (reason === 'host-qmp-quit') return 'quit';
  if (reason === 'host-signal') return signals.includes('SIGTERM') ? 'term' : 'somebody else';
  if (exit?.signal !== 'SIGKILL') return `no rung: ${String(reason)}, ${JSON.stringify(exit)}`;
  return signals.includes('SIGKILL') ? 'kill' : 'ended';
}

/** Read here, not by the code under test. A zombie has closed its files. */
function hasProcess({ pid, startTime }: ProcessIdentity): boolean {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] !== 'Z' && fields[0] !== 'X' && Number(fields[19]) === startTime;
  } catch {
    return false;
  }
}
