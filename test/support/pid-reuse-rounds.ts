import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync, writeFileSync } from 'node:fs';
import { isProcessAlive, sameProcess, signalProcess } from '../../main/adapters/processes/process-table.ts';
import { createProcesses } from '../../main/adapters/processes/processes.ts';
import type { MachineProvider, ProvidedMachine } from '../../main/engine/ports/machine-provider.ts';
import type { Processes, ProcessIdentity } from '../../main/engine/ports/processes.ts';
import { eventually } from './eventually.ts';
import { createQemuRig, firmwareMachine, type QemuRig, work } from './qemu.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

/**
 * A program for a pid namespace of its own, where it decides which number the next process gets: process numbers are
 * given to a victim right after their owner died, and then the owner is to be signalled. Prints what came of it as JSON.
 * Arguments: rounds with the process table, rounds with the provider, seed, and what decides about a signal.
 */
export interface PidReuseReport {
  readonly rounds: number;
  readonly machineRounds: number;
  /** Victims that did not survive. */
  readonly killed: readonly string[];
  /** Dead owners that were said to live, to be signalled, or to run. */
  readonly untrue: readonly string[];
  /** Rounds in which number and program of the victim were those of the dead owner. */
  readonly alike: number;
  /** Times the number had gone to somebody else and was forced again. */
  readonly forcedAgain: number;
}

type Guard = 'identity' | 'program';

const real = createProcesses();
const killed: string[] = [];
const untrue: string[] = [];
let [alike, forcedAgain] = [0, 0];

function giveNext(pid: number): void {
  writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
}

function identityOf(child: ChildProcess): ProcessIdentity {
  const found = real.identify(child.pid ?? 0);
  if (found === null) throw new Error(`Process ${child.pid} ended at once.`);
  return found;
}

const programOf = (pid: number): string => readlinkSync(`/proc/${pid}/exe`);

/** The control: a signal goes to whoever has the number and runs the same program, as pid files are commonly checked. */
function signalByProgram(identity: ProcessIdentity, program: string, signal: 'SIGTERM' | 'SIGKILL'): 'sent' | 'gone' {
  if (programOf(identity.pid) !== program) return 'gone';
  process.kill(identity.pid, signal);
  return 'sent';
}

const sleeper = () => spawn('sleep', ['600'], { stdio: 'ignore' });

async function end(child: ChildProcess): Promise<void> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
  child.kill('SIGKILL');
  await exited;
}

/** Ends the owner and gives its number to a new process; the start times differ because the owner lived for a while. */
async function reuse(owner: ChildProcess, make: () => ChildProcess): Promise<ChildProcess> {
  const pid = owner.pid ?? 0;
  await eventually('the clock of the process table has moved', () => real.ageMs(birthOf(owner)) >= 20);
  await end(owner);
  for (;;) {
    giveNext(pid);
    const victim = make();
    if (victim.pid === pid) return victim;
    forcedAgain += 1;
    await end(victim);
  }
}

const births = new WeakMap<ChildProcess, ProcessIdentity>();
function birthOf(child: ChildProcess): ProcessIdentity {
  const birth = births.get(child) ?? identityOf(child);
  births.set(child, birth);
  return birth;
}

async function tableRounds(rounds: number, random: SeededRandom, guard: Guard): Promise<void> {
  let owner = sleeper();
  for (let round = 0; round < rounds; round += 1) {
    const dead = birthOf(owner);
    const program = programOf(dead.pid);
    const victim = await reuse(owner, sleeper);
    const present = birthOf(victim);
    await eventually('the victim runs its program', () => programOf(present.pid) === program);
    alike += 1;
    const signal = random.pick(['SIGTERM', 'SIGKILL'] as const);
    const outcome = guard === 'identity' ? signalProcess(dead, signal) : signalByProgram(dead, program, signal);
    if (outcome !== 'gone' || isProcessAlive(dead) || sameProcess(dead, present)) untrue.push(`round ${round}`);
    // A second process through the same door: by the time it is there, a stray signal would have had its effect. A victim
    // that is known to have been signalled is waited for.
    const witness = sleeper();
    if (signalProcess(birthOf(witness), signal) !== 'sent') untrue.push(`round ${round}: the witness`);
    await once(witness, 'exit');
    if (outcome === 'sent') await eventually('the signalled victim is gone', () => !isProcessAlive(present));
    if (!isProcessAlive(present)) killed.push(`round ${round}`);
    owner = isProcessAlive(present) ? victim : sleeper();
  }
  await end(owner);
}

/** Decides about the numbers of machines, and what the provider gets to see of it. */
interface Stage {
  readonly processes: Processes;
  /** The number of the next machine; null when any will do. */
  next: number | null;
  /** Dead, and not looked at until its number has gone to somebody else. */
  unseen: ProcessIdentity | null;
}

/** For the control the provider knows processes by their number alone. */
function createStage(guard: Guard): Stage {
  const blind: Partial<Processes> = {
    isAlive: ({ pid }) => real.identify(pid) !== null,
    signal: ({ pid }, signal) => (process.kill(pid, signal) ? 'sent' : 'gone'),
  };
  const known = { ...real, ...(guard === 'identity' ? {} : blind) };
  const stage: Stage = {
    next: null,
    unseen: null,
    processes: {
      ...known,
      isAlive: (identity) => (stage.unseen !== null && sameProcess(stage.unseen, identity)) || known.isAlive(identity),
      spawnDetached: async (program, args, options) => {
        for (;;) {
          if (stage.next !== null) giveNext(stage.next);
          const child = await real.spawnDetached(program, args, options);
          if (stage.next === null || child.identity.pid === stage.next) {
            stage.unseen = null;
            return child;
          }
          forcedAgain += 1;
          real.signal(child.identity, 'SIGKILL');
          await child.exited;
        }
      },
    },
  };
  return stage;
}

interface Owner {
  readonly machine: ProvidedMachine & { readonly runtime: string };
  readonly identity: ProcessIdentity;
}

async function start(provider: MachineProvider, machine: ProvidedMachine): Promise<Owner> {
  const run = await provider.start(machine, work());
  const identity = real.identify(run.pid);
  if (identity === null) throw new Error('The machine ended at once.');
  return { machine: { ...machine, runtime: run.runtime }, identity };
}

async function kill({ identity }: Owner): Promise<void> {
  real.signal(identity, 'SIGKILL');
  // Its number is free when its parent, which we are, has collected it.
  await eventually('it is collected', () => {
    try {
      return process.kill(identity.pid, 0) && false;
    } catch {
      return true;
    }
  });
}

/**
 * A machine dies, unseen (its engine had ended) or under the eyes of a stop, and its number goes to another machine of
 * ours or to a stranger. Then the dead one is reconciled and stopped, gently and by force.
 */
async function machineRounds(rounds: number, random: SeededRandom, guard: Guard): Promise<void> {
  const rig: QemuRig = createQemuRig();
  const stage = createStage(guard);
  let provider = rig.provider(stage.processes);
  const [one, other] = [firmwareMachine(), firmwareMachine()];
  for (const machine of [one, other]) await provider.create(machine, work());
  for (let round = 0; round < rounds; round += 1) {
    stage.next = null;
    const owner = await start(provider, { ...one, generation: round + 1 });
    const kind = (['sibling', 'stranger', 'sibling in mid-stop'] as const)[round % 3] ?? 'sibling';
    const what = `machine round ${round} (${kind})`;
    const program = programOf(owner.identity.pid);
    const stopping = kind === 'sibling in mid-stop' ? await halfStopped(provider, owner) : { end: provider.close() };
    if (kind === 'sibling in mid-stop') stage.unseen = owner.identity;
    await kill(owner);
    stage.next = owner.identity.pid;
    const stranger = kind === 'stranger' ? await strangerAt(owner.identity.pid) : null;
    const sibling = stranger === null ? await start(provider, { ...other, generation: round + 1 }) : null;
    const victim = stranger === null ? sibling?.identity : birthOf(stranger);
    if (victim?.pid !== owner.identity.pid) throw new Error('The number was not taken.');
    if (programOf(victim.pid) === program) alike += 1;
    const ended = await Promise.resolve(stopping.end).catch((error: unknown) => ({ rung: String(error) }));
    // It was not let see the death, so it may name the rung it had come to; it must not have failed.
    if (ended !== undefined && !['ended', 'acpi', 'quit', 'term'].includes(ended.rung))
      untrue.push(`${what}: ${ended.rung}`);
    await provider.close();
    provider = rig.provider(stage.processes);
    const { findings } = await provider.reconcile([owner.machine]);
    if (findings.get(one.id)?.kind !== 'gone') untrue.push(`${what}: found ${findings.get(one.id)?.kind}`);
    for (const force of random.pick([[true], [false], [false, true]])) {
      const rung = await rungOf(provider, owner, force);
      if (rung !== 'ended') untrue.push(`${what}: stopped by ${rung}`);
    }
    if (!real.isAlive(victim)) killed.push(what);
    if (stranger !== null) await end(stranger);
    if (sibling === null) continue;
    // The victim still answers, and a stop that is meant for it ends it.
    const found = await provider.reconcile([sibling.machine]);
    if (found.findings.get(other.id)?.kind !== 'running') untrue.push(`${what}: the victim was lost`);
    const rung = await rungOf(provider, sibling, true);
    if (rung !== 'quit') untrue.push(`${what}: the victim was stopped by ${rung}`);
  }
  await rig.end();
}

/** A stop that has asked the guest and now waits for it, for some seconds to come. */
function halfStopped(
  provider: MachineProvider,
  { machine }: Owner,
): Promise<{ readonly end: Promise<{ rung: string }> }> {
  return new Promise((resolve, reject) => {
    const progress = (_fraction: number | null, step: string) => {
      if (step === 'Pressing the power button') resolve({ end });
    };
    const end = provider.stop(machine, { force: false, acpiMs: 2000 }, { ...work(), progress });
    end.catch(reject);
  });
}

/** Or why there is none. */
function rungOf(provider: MachineProvider, { machine }: Owner, force: boolean): Promise<string> {
  return provider.stop(machine, { force, acpiMs: 200 }, work()).then(
    ({ rung }) => rung,
    (error: unknown) => String(error),
  );
}

async function strangerAt(pid: number): Promise<ChildProcess> {
  for (;;) {
    giveNext(pid);
    const child = sleeper();
    if (child.pid === pid) return child;
    forcedAgain += 1;
    await end(child);
  }
}

const [rounds = '0', machines = '0', seed = '1', named] = process.argv.slice(2);
const guard = named === 'program' ? 'program' : 'identity';
const random = seededRandom(Number(seed));
await tableRounds(Number(rounds), random, guard);
if (Number(machines) > 0) await machineRounds(Number(machines), random, guard);
const report: PidReuseReport = {
  rounds: Number(rounds),
  machineRounds: Number(machines),
  killed,
  untrue,
  alike,
  forcedAgain,
};
console.log(JSON.stringify(report));
process.exit(0);
