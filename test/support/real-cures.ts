import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JournalEntry } from '../../main/contract/journal.ts';
import { auditFaults } from './audit-faults.ts';
import { runCliProcess } from './cli-process.ts';
import { eventually } from './eventually.ts';
import { tinyMachine } from './guests/tiny-machine.ts';
import { connectToEngineOf } from './launch-headless.ts';
import { killProcessesOfHome } from './processes-of-home.ts';
import type { SeededRandom } from './seeded-random.ts';

/** One engine with one real guest that really fails, again and again. */

export const realFailures = ['killed', 'stopped process', 'panicked kernel', 'no sshd'] as const;
export type RealFailure = (typeof realFailures)[number];

export interface RealCure {
  readonly failure: RealFailure;
  /** From the failure until it is healthy again; null when it did not come to that. */
  readonly tookMs: number | null;
  readonly rung: string;
}

/** To sign in costs such a guest a good part of a second of its processor. */
const intervalSeconds = 10;
const patienceMs = 400_000;
/** Five engines and their guests have better things to do than to answer. */
const pollMs = 250;

/** `rounds` failures of a guest, all guards on. Also tells what its journal does not account for. */
export async function realCures(
  rounds: number,
  random: SeededRandom,
): Promise<{ readonly cures: readonly RealCure[]; readonly faults: readonly string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vc-'));
  const home = path.join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  const guest = await tinyMachine();
  const vigil = async (...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await runCliProcess(home, args);
    if (exitCode !== 0) throw new Error(stderr);
  };
  const settings = '[healing]\nquiet_after_action_seconds = 0\n[recovery]\nstop_seconds = 2\n';
  writeFileSync(path.join(home, 'settings.toml'), settings, { mode: 0o600 });
  const watch = {
    check_interval_seconds: intervalSeconds,
    health_check_timeout: 4,
    // A boot on a computer whose cores are all in use.
    start_allowance_seconds: 240,
    restart_policy: '"on-failure"',
    ssh_user: `"${guest.user}"`,
    ssh_key: `"${guest.key.file}"`,
    ssh_trust_on_first_use: true,
  };
  const lines = Object.entries(watch).map(([key, value]) => `${key} = ${value}`);
  writeFileSync(path.join(home, 'lifecycle-config.toml'), `[vms.tiny]\n${lines.join('\n')}\n`, { mode: 0o600 });
  try {
    await vigil('create', 'tiny', ...guest.createFlags);
    await vigil('start', 'tiny');
    const engine = await connectToEngineOf(home);
    const present = async () => (await engine.call('machine.get', { machine: 'tiny' })).machine;
    const isHealthy = async (): Promise<boolean> => {
      const { health, state } = await present();
      return state === 'running' && health.status === 'healthy' && health.sshFailures === 0;
    };
    const story = async (): Promise<readonly JournalEntry[]> =>
      (await engine.call('journal.list', { machine: 'tiny', limit: 1000 })).toReversed();
    const cures: RealCure[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await eventually('the guest to be healthy before it fails', isHealthy, patienceMs, pollMs);
      const failure = random.pick(realFailures);
      const known = (await story()).length;
      const begun = performance.now();
      await fail(failure, (await present()).pid ?? 0, guest.run);
      const healed = async (): Promise<boolean> => {
        if (!(await isHealthy())) return false;
        return (await story()).slice(known).some(({ action }) => action === 'healing.intended');
      };
      const isHealed = await eventually(`the cure of ${failure}`, healed, patienceMs, pollMs).catch(() => false);
      const intent = (await story()).slice(known).findLast(({ action }) => action === 'healing.intended');
      cures.push({
        failure,
        tookMs: isHealed ? performance.now() - begun : null,
        rung: String(intent?.details.rung ?? 'none'),
      });
      if (!isHealed) break;
      // The budget of an hour is for other bars.
      await engine.call('lifecycle.release', { machine: 'tiny' });
    }
    const faults = auditFaults(await story());
    engine.close();
    return { cures, faults };
  } finally {
    await runCliProcess(home, ['lifecycle', 'daemon', 'stop']);
    await killProcessesOfHome(home);
    guest.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fail(failure: RealFailure, pid: number, run: (command: string) => Promise<string>): Promise<void> {
  switch (failure) {
    case 'killed':
      process.kill(pid, 'SIGKILL');
      return;
    case 'stopped process':
      process.kill(pid, 'SIGSTOP');
      return;
    case 'panicked kernel':
      // A moment later, so that the command itself ends well.
      await run('(sleep 1; echo c > /proc/sysrq-trigger) < /dev/null > /dev/null 2>&1 &');
      return;
    case 'no sshd':
      await run('killall dropbear');
  }
}
