import { readdirSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { VigilError } from '../../contract/failure.ts';
import type { ListedProcess, ProcessIdentity } from '../../engine/ports/processes.ts';

/**
 * Who is who among the processes of this computer, from `/proc`. The one place that knows the platform: on others these
 * functions refuse instead of guessing, because a wrong guess ends in a signal to a stranger.
 */

/** USER_HZ: what `/proc` counts in, whatever the kernel was built with. */
const ticksPerSecond = 100;

export interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly startTime: number;
  /** User and system time of all its threads, in clock ticks. */
  readonly cpuTicks: number;
}

/** Reads `/proc/PID/stat`. The second field is the program's own name and may hold spaces, newlines and parentheses. */
export function parseProcessStat(text: string): ProcessStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 1 || close < open) return null;
  const pid = Number(text.slice(0, open).trim());
  // Hundreds of these are read at a stretch, and nothing beyond the last one asked for below is of use.
  const fields = text
    .slice(close + 1)
    .trim()
    .split(' ', 20);
  const state = fields[0];
  // Field 22 of the whole line; the state is field 3.
  const startTime = Number(fields[19]);
  if (!Number.isSafeInteger(pid) || pid < 1 || state === undefined || state.length !== 1) return null;
  if (fields[19] === undefined || !Number.isSafeInteger(startTime) || startTime < 0) return null;
  // Fields 14 and 15.
  const cpuTicks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isSafeInteger(cpuTicks) || cpuTicks < 0) return null;
  return { pid, state, startTime, cpuTicks };
}

/** `identify` of the processes port. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  if (!Number.isSafeInteger(pid) || pid < 1) return null;
  requireLinux();
  const found = readProcessStat(pid);
  return found === null ? null : { pid, startTime: found.startTime, bootId: readBootId() };
}

export function sameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;
}

/** True while exactly this process lives. */
export function isProcessAlive(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  return now !== null && sameProcess(now, identity);
}

/** `signal` of the processes port: never to pid 0, 1 or a group, never to a process that merely got the same number. */
export function signalProcess(identity: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL'): 'sent' | 'gone' {
  if (!Number.isSafeInteger(identity.pid) || identity.pid <= 1) {
    throw new VigilError('refused', `Process ${identity.pid} is none that Vigil may signal.`);
  }
  if (!isProcessAlive(identity)) return 'gone';
  try {
    process.kill(identity.pid, signal);
    return 'sent';
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ESRCH') return 'gone';
    throw new VigilError('refused', `Process ${identity.pid} may not be signalled by this account.`, { cause });
  }
}

/** Holds a process still, so that it starts nothing more before it is ended. */
export function pauseProcess(identity: ProcessIdentity): void {
  if (identity.pid > 1 && isProcessAlive(identity)) process.kill(identity.pid, 'SIGSTOP');
}

/** `ageMs` of the processes port. */
export function processAgeMs(identity: ProcessIdentity): number {
  return Math.max(0, ((ticksNow() - identity.startTime) / ticksPerSecond) * 1000);
}

/** What a process that starts now has as its start time, or somewhat less. */
export function ticksNow(): number {
  requireLinux();
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * ticksPerSecond;
}

/** `cpuMs` of the processes port. */
export function processCpuMs(identity: ProcessIdentity): number | null {
  requireLinux();
  const found = readProcessStat(identity.pid);
  if (found === null || found.startTime !== identity.startTime || readBootId() !== identity.bootId) return null;
  return (found.cpuTicks / ticksPerSecond) * 1000;
}

/** `list` of the processes port. */
export async function listProcesses(): Promise<readonly ListedProcess[]> {
  requireLinux();
  const own = process.getuid?.();
  const pids = readdirSync('/proc').filter((name) => /^[1-9]\d*$/.test(name));
  const found = await Promise.all(pids.map((pid) => readProcess(Number(pid), own)));
  return found.filter((entry) => entry !== null);
}

async function readProcess(pid: number, owner: number | undefined): Promise<ListedProcess | null> {
  try {
    const folder = `/proc/${pid}`;
    if ((await stat(folder)).uid !== owner) return null;
    const identity = identifyProcess(pid);
    const text = await readFile(`${folder}/cmdline`, 'utf8');
    // Kernel threads and processes that are just ending have no command line.
    if (identity === null || text === '' || !isProcessAlive(identity)) return null;
    return { identity, argv: text.replace(/\0$/, '').split('\0') };
  } catch {
    return null;
  }
}

/** Null when no such process lives. A process that only waits to be collected does not live. */
export function readProcessStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  const found = parseProcessStat(text);
  if (found === null || found.pid !== pid) return null;
  // Z and X: it has ended and only waits to be collected by its parent.
  return found.state === 'Z' || found.state === 'X' || found.state === 'x' ? null : found;
}

let bootId: string | null = null;

/** The boot that start times count from; read once, for no process outlives it. */
export function readBootId(): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
}

function requireLinux(): void {
  if (process.platform !== 'linux') {
    throw new VigilError(
      'refused',
      `Vigil cannot tell processes apart on ${process.platform} yet; local machines need Linux.`,
    );
  }
}
