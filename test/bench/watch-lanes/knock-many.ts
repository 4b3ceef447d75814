import { readFileSync } from 'node:fs';
import { createSystemClock } from '../../../main/adapters/clock/system-clock.ts';
import { createProbes } from '../../../main/adapters/probes/probes.ts';
import { createStopSource } from '../../../main/contract/stop-signal.ts';

/**
 * A process of its own that has the product's TCP probe knock at many ports, each on its own beat, until it is told to end.
 * One argument, a `ManyKnocks` as JSON. Each line on its input asks for a line of output, a `KnockReport` since the last.
 */
export interface ManyKnocks {
  /** One port of 127.0.0.1 for each. */
  readonly ports: readonly number[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export interface KnockReport {
  readonly checks: number;
  /** How late the latest began. */
  readonly latestMs: number;
}

const asked = process.argv[2];
if (asked !== undefined && import.meta.main) knockMany(JSON.parse(readFileSync(asked, 'utf8')));

function knockMany({ ports, intervalMs, timeoutMs }: ManyKnocks): void {
  const clock = createSystemClock();
  const probes = createProbes();
  const { signal } = createStopSource();
  let checks = 0;
  let latestMs = 0;
  for (const [index, port] of ports.entries()) {
    let dueMs = clock.monotonicNow() + (index / ports.length) * intervalMs;
    const knock = async () => {
      const begunMs = dueMs;
      const { durationMs } = await probes.tcp('127.0.0.1', port, { timeoutMs, signal });
      latestMs = Math.max(latestMs, clock.monotonicNow() - durationMs - begunMs);
      checks += 1;
      dueMs = Math.max(begunMs + intervalMs, clock.monotonicNow());
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
