import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSystemClock } from '../../../main/adapters/clock/system-clock.ts';
import { createNetwork } from '../../../main/adapters/network/network.ts';
import { createSsh } from '../../../main/adapters/ssh/ssh.ts';
import { LifecycleConfig } from '../../../main/contract/lifecycle.ts';
import { auditFaults } from '../audit-faults.ts';
import { engineUnderTest, someone } from '../engine-under-test.ts';
import { eventually } from '../eventually.ts';
import { FakeNetwork, FakeProvider, MemoryLifecycle, MemoryStore, RecordingLog } from '../fake-ports.ts';
import { layRunningMachine, messagesOf, restartsOf } from '../own-network-rounds.ts';
import { seededRandom } from '../seeded-random.ts';
import { makeOutside, type NetworkCut, networkCuts } from './outside.ts';

/**
 * The real engine with its real eyes, SSH and network, in a network that is really cut; only the machines are made of words.
 * Run as a program in a network namespace of its own: `ROUNDS SEED guarded|blind|stopped`; its output is one `CutStory` as
 * JSON. Stopped, the whole process is held by a signal, and the network is still gone for a while when it goes on.
 */
export interface CutRound {
  readonly cut: NetworkCut | 'process stopped';
  readonly lastedMs: number;
  readonly restarts: number;
  readonly messages: number;
  /** From the mended network until all are seen as healthy; null when they were not within a minute. */
  readonly recoveredMs: number | null;
  /** Machines that were seen as failing meanwhile. */
  readonly sick: number;
  /** Machines that were checked more than three times within the first interval after it, and those that were not checked then. */
  readonly bursts: number;
  readonly late: number;
}

export interface CutStory {
  readonly rounds: readonly CutRound[];
  readonly faults: readonly string[];
}

const intervalMs = 5000;
/** Sixteen of these wait at a time. */
const pollMs = 100;
const [rounds = '1', seed = '1', eyes = 'guarded'] = process.argv.slice(2);
const isBlind = eyes === 'blind';
const isStopped = eyes === 'stopped';
// Blinded, too few for their falling ill together to be told from chance.
const machines = isBlind ? 2 : 6;
const random = seededRandom(Number(seed));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const folder = mkdtempSync(path.join(tmpdir(), 'vn-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const outside = await makeOutside(folder, machines);
const provider = new FakeProvider();
const store = new MemoryStore();
const lifecycle = new MemoryLifecycle();
const vms: Record<string, unknown> = {};
for (let index = 0; index < machines; index += 1) {
  vms[layRunningMachine(store, provider, index)] = {
    // Some by name, in several networks.
    ssh_host: index % 3 === 2 ? `h${index + 1}.test` : `10.99.${index + 1}.1`,
    ssh_port: outside.sshPort,
    ssh_user: 'root',
    ssh_key: outside.key.file,
    ssh_trust_on_first_use: true,
    check_interval_seconds: intervalMs / 1000,
    health_check_timeout: 4,
    start_allowance_seconds: 0,
    restart_policy: 'on-failure',
  };
}
lifecycle.config = LifecycleConfig.parse({ vms });
const clock = createSystemClock();
const ssh = createSsh({ home: folder, clock, log: new RecordingLog(), knownHostsFiles: [], agentPath: null });
const checks: { readonly host: string; readonly atMs: number }[] = [];
const { engine, events } = await engineUnderTest({
  store,
  provider,
  lifecycle,
  real: {
    clock,
    ssh: {
      ...ssh,
      check: (target, timeoutMs, signal) => {
        checks.push({ host: target.host, atMs: performance.now() });
        return ssh.check(target, timeoutMs, signal);
      },
    },
    network: isBlind ? new FakeNetwork() : createNetwork(),
  },
});
const list = async () => engine.handlers['machine.list']({}, someone);
const isAllWell = async (): Promise<boolean> =>
  (await list()).every(({ health }) => health.status === 'healthy' && health.sshFailures === 0);
/** Nothing of this process goes on until it is over. */
const stopFor = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const script = `kill -STOP ${process.pid}; sleep ${ms / 1000}; kill -CONT ${process.pid}`;
    spawn('sh', ['-c', script], { stdio: 'ignore' }).once('exit', () => resolve());
  });
/** How many times each machine was checked from `fromMs` on, within one interval and what a busy computer adds to it. */
const checksAfter = (fromMs: number): readonly number[] => {
  const counts = Object.values(LifecycleConfig.parse({ vms }).vms).map(
    ({ ssh_host }) =>
      checks.filter(({ host, atMs }) => host === ssh_host && atMs >= fromMs && atMs < fromMs + intervalMs + 2000)
        .length,
  );
  return counts;
};
const told: CutRound[] = [];
try {
  await eventually('the machines to be healthy', isAllWell, 60_000, pollMs);
  for (let round = 0; round < Number(rounds); round += 1) {
    // The blinded one is to see them fall silent.
    const cut = isBlind || isStopped ? 'packets dropped' : (networkCuts[round % networkCuts.length] ?? 'link down');
    const lastedMs = isBlind ? 40_000 : 10_000 + random.below(30_000);
    const before = restartsOf({ store });
    events.seen.length = 0;
    await pause(random.below(intervalMs));
    outside.cut(cut);
    await (isStopped ? stopFor(lastedMs) : pause(lastedMs));
    const wokeMs = performance.now();
    if (isStopped) await pause(random.below(2 * intervalMs));
    const sick = (await list()).filter(({ health }) => health.status !== 'healthy' || health.sshFailures > 0).length;
    outside.mend(cut);
    const mended = performance.now();
    const hasRecovered = await eventually('the machines to be healthy again', isAllWell, 60_000, pollMs).catch(
      () => false,
    );
    const recoveredMs = hasRecovered ? Math.round(performance.now() - mended) : null;
    // The doubt must have had its time, or the next round begins inside of it.
    await pause(5 * intervalMs);
    const messages = messagesOf(events);
    const counts = checksAfter(wokeMs);
    told.push({
      cut: isStopped ? 'process stopped' : cut,
      lastedMs,
      restarts: restartsOf({ store }) - before,
      messages,
      recoveredMs,
      sick,
      bursts: counts.filter((count) => count > 3).length,
      late: counts.filter((count) => count === 0).length,
    });
  }
} finally {
  await engine.stop();
}
console.log(JSON.stringify({ rounds: told, faults: auditFaults(store.journal) } satisfies CutStory));
process.exit(0);
