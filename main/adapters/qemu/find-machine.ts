import { VigilError } from '../../contract/failure.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { MachineEnd, ProvidedMachine } from '../../engine/ports/machine-provider.ts';
import type { Processes } from '../../engine/ports/processes.ts';
import { tailOf } from './console-log.ts';
import type { LiveMachine } from './live-machine.ts';
import type { MachineProcess } from './machine-processes.ts';
import type { MachinePaths } from './qemu-paths.ts';
import { type RuntimeRecord, readRuntimeRecord } from './runtime-record.ts';

/** What became of a machine of which we remember something, or nothing. */
export type Found =
  | { readonly kind: 'live'; readonly live: LiveMachine }
  | { readonly kind: 'gone'; readonly end: MachineEnd | null }
  | {
      readonly kind: 'unidentified';
      readonly record: RuntimeRecord;
      readonly claimed: boolean;
      readonly reason: string;
    };

export interface FindInput {
  readonly machine: ProvidedMachine;
  /** Processes that claim to be this machine. */
  readonly claims: readonly MachineProcess[];
  readonly paths: MachinePaths;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly takeUp: (record: RuntimeRecord) => LiveMachine;
}

const limitMs = 1500;
const tryAgainMs = 25;

/** Looks for the machine's process, asks it who it is and takes it up when the answer is right. Signals nothing. */
export async function findMachine(input: FindInput): Promise<Found> {
  const { machine, processes } = input;
  const stored = readRuntimeRecord(machine.runtime);
  const claim = input.claims[0];
  const known = stored !== null && processes.isAlive(stored.identity);
  // Without a record the engine ended between the spawn and the writing of it.
  const record = known ? stored : claim === undefined ? null : recordOf(claim, input);
  if (record === null) return { kind: 'gone', end: await evidenceOf(stored, input) };

  const live = input.takeUp(record);
  try {
    await connectSoon(live, input.clock);
    return { kind: 'live', live };
  } catch (error) {
    live.release();
    if (!processes.isAlive(record.identity)) return { kind: 'gone', end: await evidenceOf(stored, input) };
    const claimed = input.claims.some(({ process }) => process.identity.pid === record.identity.pid);
    // The number and start time fit, yet neither word nor command line is the machine's: it never was its process.
    const why = error instanceof Error ? error.message : 'it does not answer.';
    return {
      kind: 'unidentified',
      record,
      claimed,
      reason: `Process ${record.identity.pid} does not prove to be this machine: ${why}`,
    };
  }
}

/** A process that was just spawned has no socket yet, so a refused connection is tried again until the time is up. */
async function connectSoon(live: LiveMachine, clock: Clock): Promise<void> {
  const deadline = clock.monotonicNow() + limitMs;
  for (;;) {
    try {
      await live.connect(Math.max(1, deadline - clock.monotonicNow()));
      return;
    } catch (error) {
      const mayComeYet = error instanceof VigilError && error.code === 'unreachable';
      if (!mayComeYet || clock.monotonicNow() >= deadline) throw error;
    }
    await new Promise<void>((resolve) => {
      clock.after(tryAgainMs, resolve);
    });
  }
}

function recordOf(claim: MachineProcess, { clock, machine, processes }: FindInput): RuntimeRecord {
  return {
    identity: claim.process.identity,
    startedAt: new Date(clock.wallNow() - processes.ageMs(claim.process.identity)).toISOString(),
    paths: claim.paths,
    generation: machine.generation,
    accelerator: claim.accelerator,
    acceleratorReason: 'Chosen by an earlier engine, which left no reason.',
    machineType: claim.machineType,
    qemuVersion: 'unknown',
    hostPorts: claim.hostPorts,
    consoleFrom: 0,
  };
}

/** Nobody listened when it ended; only QEMU's own log can tell. */
async function evidenceOf(stored: RuntimeRecord | null, { paths }: FindInput): Promise<MachineEnd | null> {
  if (stored === null) return null;
  const signal = /terminating on signal (\d+)/.exec(await tailOf(paths.log))?.[1];
  if (signal === undefined) return null;
  return {
    kind: 'host-signal',
    summary: `QEMU was ended by signal ${signal} from this computer`,
    consoleTail: await tailOf(paths.console, stored.consoleFrom),
    events: '[]',
  };
}
