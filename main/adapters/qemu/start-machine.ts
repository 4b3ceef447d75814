import { chmod, rm } from 'node:fs/promises';
import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { ProvidedMachine, StartContext } from '../../engine/ports/machine-provider.ts';
import type { DetachedProcess, ProcessExit, Processes } from '../../engine/ports/processes.ts';
import type { Accelerator } from './accelerator-probe.ts';
import { prepareConsoleLog, tailOf } from './console-log.ts';
import { openJsonLineSocket } from './json-line-socket.ts';
import type { LiveMachine } from './live-machine.ts';
import { qemuCommandLine } from './qemu-command-line.ts';
import type { MachinePaths, RuntimePaths } from './qemu-paths.ts';
import type { QemuProgram } from './qemu-program.ts';
import { makePrivateFolder } from './runtime-folder.ts';
import { type RuntimeRecord, writeRuntimeRecord } from './runtime-record.ts';
import { prepareSerialPipe } from './serial-pipe.ts';

export interface StartInput {
  readonly machine: ProvidedMachine;
  readonly context: StartContext;
  readonly qemu: QemuProgram;
  readonly accelerator: Accelerator;
  readonly paths: MachinePaths;
  readonly runtime: RuntimePaths;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly uefiCode: string | null;
  /** Makes the machine that will listen to the run; it is released again when the start fails. */
  readonly takeUp: (record: RuntimeRecord, exited: Promise<ProcessExit>) => LiveMachine;
}

const greetingMs = 30_000;
/** Its sockets are there long before its greeting, and a connection that waits for it gets it at once. */
const tryAgainMs = [1, 2, 3, 5, 8];
const longestTryAgainMs = 10;
const endMs = 10_000;

/**
 * Spawns QEMU and comes back when its monitor answered with the machine's own uuid. After any failure or cancel the
 * process has ended.
 */
export async function startMachine(input: StartInput): Promise<LiveMachine> {
  const { context, machine, paths, processes, runtime } = input;
  throwIfCancelled(context.signal);
  await makePrivateFolder(runtime.folder);
  for (const socket of [runtime.qmp, runtime.monitor, runtime.agent]) await clearStaleSocket(socket);
  const [consoleFrom] = await Promise.all([
    prepareConsoleLog(paths.console),
    prepareSerialPipe(runtime.serial, processes),
  ]);
  throwIfCancelled(context.signal);

  context.progress(0.2, 'Starting QEMU');
  const args = qemuCommandLine({
    id: machine.id,
    name: machine.name,
    config: machine.config,
    paths,
    runtime,
    machineType: machineTypeOf(input),
    accelerator: input.accelerator.name,
    sandbox: input.accelerator.sandbox,
    uefiCode: input.uefiCode,
    held: context.heldFor !== undefined,
  });
  const child = await processes.spawnDetached(input.qemu.path, args, {
    logFile: paths.log,
    folder: paths.folder,
    unit: `vigil-${machine.id.slice(0, 8)}-${machine.generation}-${input.clock.wallNow()}`,
  });
  let live: LiveMachine | null = null;
  try {
    const record = recordOf(input, child, consoleFrom);
    await context.spawned(writeRuntimeRecord(record));
    throwIfCancelled(context.signal);
    context.progress(0.5, 'Waiting for QEMU to answer');
    live = input.takeUp(record, child.exited);
    await connectWhenReady(live, child, input);
    throwIfCancelled(context.signal);
    await Promise.all([runtime.qmp, runtime.monitor, runtime.agent].map((path) => chmod(path, 0o600)));
    context.progress(1, 'Running');
    return live;
  } catch (error) {
    live?.release();
    await endProcess(child, input);
    throw error;
  }
}

function recordOf(input: StartInput, child: DetachedProcess, consoleFrom: number): RuntimeRecord {
  const { accelerator, clock, machine, processes, qemu } = input;
  return {
    identity: child.identity,
    startedAt: new Date(clock.wallNow() - processes.ageMs(child.identity)).toISOString(),
    paths: input.runtime,
    generation: machine.generation,
    accelerator: accelerator.name,
    acceleratorReason: accelerator.reason,
    machineType: machineTypeOf(input),
    qemuVersion: qemu.version,
    hostPorts: machine.config.forwards.map(({ host }) => host),
    consoleFrom,
  };
}

/** Saved memory goes back to the hardware it comes from. */
function machineTypeOf({ context, qemu }: StartInput): string {
  return context.heldFor?.machineType ?? qemu.machineType;
}

async function connectWhenReady(live: LiveMachine, child: DetachedProcess, input: StartInput): Promise<void> {
  const { clock, context } = input;
  const deadline = clock.monotonicNow() + greetingMs;
  let exit: ProcessExit | null = null;
  void child.exited.then((ended) => {
    exit = ended;
  });
  for (let attempt = 0; ; attempt += 1) {
    throwIfCancelled(context.signal);
    if (exit !== null || live.isGone()) throw await earlyEnd(input);
    const left = deadline - clock.monotonicNow();
    try {
      await live.connect(Math.max(1, left), context.signal);
      return;
    } catch (error) {
      if (!(error instanceof VigilError) || error.code === 'cancelled' || error.code === 'conflict') throw error;
      // The socket is not there yet, or QEMU ended while it was asked.
      if (left <= 0) {
        throw new VigilError('timeout', `QEMU did not answer within ${greetingMs / 1000} s of its start.`, {
          cause: error,
        });
      }
    }
    await new Promise<void>((resolve) => {
      clock.after(tryAgainMs[attempt] ?? longestTryAgainMs, resolve);
    });
  }
}

/** Turns QEMU's last words into a sentence, and names the field where they tell it. */
async function earlyEnd({ machine, paths }: StartInput): Promise<VigilError> {
  const words = (await tailOf(paths.log)).split('\n').filter((line) => !line.includes(': warning: '));
  return describeEarlyEnd(words.join('\n'), machine.config.forwards);
}

export function describeEarlyEnd(words: string, forwards: readonly { readonly host: number }[]): VigilError {
  const port = /forwarding rule '?tcp:127\.0\.0\.1:(\d+)-/.exec(words)?.[1];
  const index = forwards.findIndex(({ host }) => String(host) === port);
  if (index >= 0) {
    return new VigilError('refused', `Port ${port} of this computer is taken.`, { field: `forwards.${index}.host` });
  }
  if (/Failed to get .*lock/.test(words)) {
    return new VigilError('conflict', "Another program holds the machine's disk.", { hint: words });
  }
  const text = words.trim().replaceAll(/^qemu-system-x86_64: /gm, '');
  return new VigilError('refused', `QEMU ended at once: ${text === '' ? 'it gave no reason' : text}`);
}

async function endProcess(child: DetachedProcess, { clock, processes }: StartInput): Promise<void> {
  processes.signal(child.identity, 'SIGKILL');
  const ended = await new Promise<boolean>((resolve) => {
    const undo = clock.after(endMs, () => resolve(false));
    void child.exited.then(() => {
      undo();
      resolve(true);
    });
  });
  if (!ended) throw new VigilError('timeout', `Process ${child.identity.pid} of a failed start does not end.`);
}

/** A socket file goes only when nobody listens behind it: a living QEMU would lose its one control channel. */
export async function clearStaleSocket(path: string): Promise<void> {
  try {
    const socket = await openJsonLineSocket(path, { line: () => {}, closed: () => {} }, { timeoutMs: 1000 });
    socket.close();
  } catch (error) {
    const code = causeCode(error);
    if (code === 'ENOENT') return;
    if (code === 'ECONNREFUSED') {
      await rm(path, { force: true });
      return;
    }
    throw new VigilError('conflict', `${path} is in use, and it cannot be told by whom.`, { cause: error });
  }
  throw new VigilError('conflict', 'A QEMU process of this machine is there already.', {
    hint: 'Restart the engine so that it takes the process up, or stop the machine.',
  });
}

function causeCode(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}

function throwIfCancelled(signal: StopSignal): void {
  if (signal.aborted) throw new VigilError('cancelled', 'The start was cancelled.');
}
