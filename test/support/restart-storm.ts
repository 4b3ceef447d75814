import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { HealingStatus } from '../../main/contract/healing.ts';
import type { JournalEntry } from '../../main/contract/journal.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { eventually } from './eventually.ts';
import { killProcessesOfHome, machineProcessesOf } from './processes-of-home.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A real machine that dies whenever it runs, under real engines that are killed before, inside and after each repair. */
export interface RestartStorm {
  /** A life of the engine, `laterMs` after the one before: the machine dies before or under it, and it dies itself once it has decided what to do. */
  life(laterMs: number): Promise<void>;
  /** One that goes on living. */
  engine(): Promise<EngineProcess>;
  /** Lets the machine die. */
  failMachine(): Promise<void>;
  /** What its engine decides about the failed machine. */
  decided(engine: EngineProcess): Promise<HealingStatus>;
  /** The clock goes on while no engine runs. */
  later(ms: number): void;
  /** As though what was used had never been stored. */
  forgetBudget(): void;
  /** Begins of QEMU, as its program saw them, by the engine's clock; the first is the person's own. */
  starts(): readonly number[];
  story(engine: EngineProcess): Promise<readonly JournalEntry[]>;
  dispose(): Promise<void>;
}

export const stormMachine = 'demo';
const qemu = 'qemu-system-x86_64';
const hourMs = 3_600_000;

export async function startRestartStorm(random: SeededRandom): Promise<RestartStorm> {
  const folder = mkdtempSync('/tmp/vg-');
  const home = path.join(folder, 'home');
  const said = path.join(folder, 'starts');
  let aheadMs = 0;
  const later = (ms: number): void => {
    aheadMs += ms;
    writeFileSync(`${home}.ahead`, String(aheadMs));
  };
  mkdirSync(home, { mode: 0o700 });
  later(0);
  writeFileSync(said, '');
  const path0 = process.env.PATH ?? '';
  process.env.PATH = `${witness(folder, said, `${home}.ahead`)}${path.delimiter}${path0}`;
  writeFileSync(path.join(home, 'settings.toml'), '[healing]\nquiet_after_action_seconds = 0\n', { mode: 0o600 });
  writeFileSync(
    path.join(home, 'lifecycle-config.toml'),
    `[vms.${stormMachine}]\nrestart_policy = "always"\ncheck_interval_seconds = 5\n`,
    { mode: 0o600 },
  );
  const engine = (): Promise<EngineProcess> => startEngineProcess(home, 'test/support/engine-ahead-of-time.ts');
  const failMachine = async (): Promise<void> => {
    const dying = machineProcessesOf(home).map(({ pid }) => pid);
    for (const pid of dying) process.kill(pid, 'SIGKILL');
    // Only those: where nothing holds a living engine back, the next one is there before anybody has looked.
    await eventually('the machine to be gone', () => !machineProcessesOf(home).some(({ pid }) => dying.includes(pid)));
  };
  const status = ({ connection }: EngineProcess): Promise<HealingStatus> =>
    connection.call('lifecycle.healing', { machine: stormMachine });
  const isRunning = async ({ connection }: EngineProcess): Promise<boolean> =>
    (await connection.call('machine.get', { machine: stormMachine })).machine.state === 'running';
  const decided = (living: EngineProcess): Promise<HealingStatus> =>
    eventually(
      'a decision about the machine',
      async () => {
        const found = await status(living);
        return found.decision !== null && found;
      },
      60_000,
    );

  const first = await engine();
  const made = await first.connection.call('machine.create', {
    name: stormMachine,
    memoryMib: 32,
    diskMib: 4,
    start: true,
  });
  await first.connection.call('operation.wait', { operation: made.id });
  await first.kill();

  return {
    engine,
    failMachine,
    decided,
    later,
    life: async (laterMs) => {
      later(laterMs);
      const isBefore = random.below(2) === 0;
      if (isBefore) await failMachine();
      const living = await engine();
      if (!isBefore) await failMachine();
      const { decision } = await decided(living);
      // At times inside the repair, at times after it.
      if (decision?.kind === 'act' && random.below(2) === 0)
        await eventually('it to run', () => isRunning(living), 60_000);
      else await pause(random.below(60));
      await living.kill();
    },
    forgetBudget: () => {
      const database = new DatabaseSync(path.join(home, 'state.db'));
      database.exec('DELETE FROM healing');
      database.close();
    },
    starts: () => readFileSync(said, 'utf8').split('\n').filter(Boolean).map(Number),
    story: async ({ connection }) =>
      (await connection.call('journal.list', { machine: stormMachine, limit: 1000 })).toReversed(),
    dispose: async () => {
      process.env.PATH = path0;
      await killProcessesOfHome(home);
      // Whoever was killed lets go of its files a moment after its command line is gone.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** A folder whose QEMU writes down when it begins to be a machine. */
function witness(folder: string, said: string, ahead: string): string {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const real = execFileSync('/bin/sh', ['-c', `command -v ${qemu}`], { encoding: 'utf8' }).trim();
  const lines = [
    '#!/bin/sh',
    `case " $* " in *" -uuid "*) echo $(($(date +%s%3N) + $(cat '${ahead}'))) >> '${said}' ;; esac`,
    `exec '${real}' "$@"`,
  ];
  writeFileSync(path.join(bin, qemu), `${lines.join('\n')}\n`);
  chmodSync(path.join(bin, qemu), 0o700);
  return bin;
}

/** Begins of restarts, by the clock of whoever wrote the entry. */
export function intendedAt(story: readonly JournalEntry[]): readonly number[] {
  return story.filter(({ action }) => action === 'healing.intended').map(({ at }) => Date.parse(at));
}

/** The most of these moments that fall into one hour. */
export function mostInAnHour(moments: readonly number[]): number {
  return Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + hourMs).length));
}
