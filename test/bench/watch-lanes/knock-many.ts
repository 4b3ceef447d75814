import { readFileSync } from 'node:fs';
import { createSystemClock } from '../../../main/adapters/clock/system-clock.ts';
import { createProbes } from '../../../main/adapters/probes/probes.ts';
import { createStopSource } from '../../../main/contract/stop-signal.ts';

/**
 * A process of its own that has the product's TCP probe knock at many ports, each so long after the begin of the one before, until it is told to end.
 * One argument, a `ManyKnocks` as JSON. Each line on its input asks for a line of output, a `KnockReport` since the last.
 */
export interface ManyKnocks {
  /** One port of 127.0.0.1 for each. */
  readonly ports: readonly number[];
  /** Before the first beat: a process that has watched for an hour has long been compiled. */
  readonly warmUps: number;
  /** Others than those that are checked: a port of which too many connections are remembered is slow to reach. */
  readonly warmUpPorts: readonly number[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface KnockReport {
  readonly checks: number;
  /** How late the latest began. */
  readonly latestMs: number;
}

const warmUpsAtOnce = 2000;

const asked = process.argv[2];
if (asked !== undefined && import.meta.main) await knockMany(JSON.parse(readFileSync(asked, 'utf8')));

async function knockMany({ ports, warmUps, warmUpPorts, intervalMs, timeoutMs }: ManyKnocks): Promise<void> {
  const clock = createSystemClock();
  const probes = createProbes();
  const { signal } = createStopSource();
  for (let done = 0; done < warmUps; done += warmUpsAtOnce) {
    const knocks = Array.from({ length: warmUpsAtOnce }, (_, index) =>
      probes.tcp('127.0.0.1', warmUpPorts[index % warmUpPorts.length] ?? 0, { timeoutMs, signal }),
    );
    await Promise.all(knocks);
  }
  let checks = 0;
  let latestMs = 0;
  for (const [index, port] of ports.entries()) {
    let dueMs = clock.monotonicNow() + (index / ports.length) * intervalMs;
    const knock = async () => {
      const { durationMs } = await probes.tcp('127.0.0.1', port, { timeoutMs, signal });
      const begunMs = clock.monotonicNow() - durationMs;
      latestMs = Math.max(latestMs, begunMs - dueMs);
      checks += 1;
      dueMs = begunMs + intervalMs;
      clock.after(dueMs - clock.monotonicNow(), () => void knock());
    };
    clock.after(dueMs - clock.monotonicNow(), () => void knock());
  }
  process.stdin.on('data', () => {
    const report: KnockReport = { checks, latestMs };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    checks = 0;
    latestMs = 0;
  });
  process.stdin.on('end', () => process.exit(0));
}
