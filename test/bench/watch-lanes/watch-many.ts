import { readFileSync, writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { createSystemClock } from '../../../main/adapters/clock/system-clock.ts';
import { createSsh } from '../../../main/adapters/ssh/ssh.ts';
import { WatchConfig } from '../../../main/contract/lifecycle.ts';
import { createHealthWatch } from '../../../main/engine/health/health-watch.ts';
import { watchedHost } from '../../../main/engine/health/watched-machine.ts';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import type { HostRecord } from '../../../main/engine/ports/state-store.ts';

/**
 * A process of its own in which the real health watch looks after many hosts over real SSH. One argument, a file with a
 * `ManyWatched` as JSON; prints a `WatchReport`.
 */
export interface ManyWatched {
  readonly home: string;
  readonly knownHosts: string;
  readonly hosts: readonly HostRecord[];
  readonly intervalSeconds: number;
  /** What is measured begins after this and lasts for as long as `measureMs`. */
  readonly settleMs: number;
  readonly measureMs: number;
}

export interface WatchReport {
  readonly checks: number;
  readonly failed: number;
  /** From the moment at which a check was due to its begin. */
  readonly latenessP99Ms: number;
  readonly delayP99Ms: number;
  readonly durationP99Ms: number;
  /** Of this process, per check. */
  readonly cpuMs: number;
}

const asked = process.argv[2];
if (asked !== undefined && import.meta.main) {
  writeSync(1, `${JSON.stringify(await watchMany(JSON.parse(readFileSync(asked, 'utf8'))))}\n`);
  process.exit(0);
}

async function watchMany({ home, knownHosts, hosts, ...times }: ManyWatched): Promise<WatchReport> {
  const lateness: number[] = [];
  const durations: number[] = [];
  let failed = 0;
  const clock = createSystemClock();
  /** Tells how much later than asked for something began. */
  const beats: Clock = {
    ...clock,
    after: (delayMs, action) => {
      const dueMs = clock.monotonicNow() + delayMs;
      return clock.after(delayMs, () => {
        lateness.push(clock.monotonicNow() - dueMs);
        action();
      });
    },
  };
  const log = { write: () => {} };
  const ssh = createSsh({ home, clock, log, knownHostsFiles: [knownHosts], agentPath: null });
  const byId = new Map(hosts.map((host) => [host.id, host]));
  const watch = WatchConfig.parse({ check_interval_seconds: times.intervalSeconds });
  const missing = () => Promise.reject(new Error('Only SSH is checked here.'));
  const health = createHealthWatch({
    clock: beats,
    log,
    checks: {
      clock,
      ssh: {
        ...ssh,
        check: async (...args) => {
          const check = await ssh.check(...args);
          durations.push(check.durationMs);
          if (check.finding !== 'ok') failed += 1;
          return check;
        },
      },
      probes: { tcp: missing, http: missing },
      findProcess: missing,
      askAgent: missing,
      searchConsole: missing,
      consoleEnd: missing,
      runScript: missing,
      guestValues: () => null,
    },
    skew: (id) => (Number.parseInt(id.slice(-6), 10) % hosts.length) / hosts.length,
    watched: (id) => {
      const host = byId.get(id);
      return host === undefined ? null : watchedHost(host, watch, host.user ?? '');
    },
    changed: () => {},
    rebooted: () => {},
  });
  health.sync([...byId.keys()]);
  await pause(times.settleMs);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  lateness.length = 0;
  durations.length = 0;
  failed = 0;
  delay.enable();
  const before = process.cpuUsage();
  await pause(times.measureMs);
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  const report: WatchReport = {
    checks: durations.length,
    failed,
    latenessP99Ms: p99(lateness),
    delayP99Ms: delay.percentile(99) / 1e6,
    durationP99Ms: p99(durations),
    cpuMs: (user + system) / 1000 / Math.max(1, durations.length),
  };
  await health.stop();
  return report;
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? 0;
}
