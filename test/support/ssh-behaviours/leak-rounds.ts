import { readFileSync, writeSync } from 'node:fs';
import { memoryUsage } from 'node:process';
import ssh2 from 'ssh2';
import { createStopSource } from '../../../main/contract/stop-signal.ts';
import type { SshTarget } from '../../../main/engine/ports/ssh.ts';
import { eventually } from '../eventually.ts';
import { createRealClock } from '../real-clock.ts';
import { makeOurSsh } from './try-behaviour.ts';

/**
 * A process of its own that checks one server again and again and tells what that left behind. Run with `--expose-gc`, a
 * bounded young generation and one argument, a `LeakRounds` as JSON; its last line is a `LeakReport`.
 */
export interface LeakRounds {
  readonly folder: string;
  readonly knownHosts: string;
  readonly target: SshTarget;
  readonly warmUp: number;
  readonly rounds: number;
  readonly atOnce: number;
  /** `ends-nothing` is the control: each connection is made and then forgotten. */
  readonly client: 'ours' | 'ends-nothing';
}

export interface LeakReport {
  /** How often each finding came. */
  readonly findings: Readonly<Record<string, number>>;
  /** From the end of the warm-up to the end, after garbage was collected. */
  readonly grownMiB: number;
  /** The same of what JavaScript holds. */
  readonly heapGrownMiB: number;
  readonly handlesLeft: number;
  readonly timersLeft: number;
}

const asked = process.argv[2];
if (asked !== undefined && import.meta.main) {
  writeSync(1, `${JSON.stringify(await leakRounds(JSON.parse(asked)))}\n`);
  // What the control left open would keep it here.
  process.exit(0);
}

async function leakRounds(rounds: LeakRounds): Promise<LeakReport> {
  const clock = createRealClock();
  const ssh = makeOurSsh(rounds, clock, 20_000);
  const never = createStopSource().signal;
  const findings: Record<string, number> = {};
  const once =
    rounds.client === 'ours'
      ? async () => {
          const { finding } = await ssh.check(rounds.target, 30_000, never);
          findings[finding] = (findings[finding] ?? 0) + 1;
        }
      : () => connectAndForget(rounds.target);
  const many = async (count: number) => {
    let left = count;
    const worker = async () => {
      while (left-- > 0) await once();
    };
    await Promise.all(Array.from({ length: rounds.atOnce }, worker));
    await ssh.forget();
    await eventually('nothing waits', () => clock.waiting === 0, 2000).catch(() => undefined);
  };
  await many(rounds.warmUp);
  const before = memory();
  const handlesBefore = handles();
  await many(rounds.rounds);
  const after = memory();
  return {
    findings,
    grownMiB: after.residentMiB - before.residentMiB,
    heapGrownMiB: after.heapMiB - before.heapMiB,
    handlesLeft: Math.max(0, handles() - handlesBefore),
    timersLeft: clock.waiting,
  };
}

function memory(): { readonly residentMiB: number; readonly heapMiB: number } {
  // Twice: what the first frees may have held something else.
  gc?.();
  gc?.();
  const { rss, heapUsed } = memoryUsage();
  return { residentMiB: rss / 2 ** 20, heapMiB: heapUsed / 2 ** 20 };
}

function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
}

function connectAndForget({ host, port, user, keyFile }: SshTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.once('ready', () => resolve()).on('error', reject);
    client.connect({ host, port, username: user, privateKey: readFileSync(keyFile ?? '') });
  });
}
