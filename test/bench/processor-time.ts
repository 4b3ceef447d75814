import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Clock ticks of Linux in `/proc`, whatever the kernel's own are. */
const tickMs = 10;

/**
 * Processor time that a process and everything it started take within a window, in milliseconds per minute; what ended
 * within it counts through its parent. Linux.
 */
export async function idleProcessorMs(pid: number, windowMs: number): Promise<number> {
  const before = treeMs(pid);
  const begin = performance.now();
  await pause(windowMs);
  const spent = treeMs(pid) - before;
  return (spent * 60_000) / (performance.now() - begin);
}

function treeMs(pid: number): number {
  return ownMs(pid) + childrenOf(pid).reduce((sum, child) => sum + treeMs(child), 0);
}

function ownMs(pid: number): number {
  // The name of a process may hold spaces and brackets; the fields begin behind the last one.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const ticks = fields.slice(11, 15).map(Number);
  return ticks.reduce((sum, each) => sum + (Number.isFinite(each) ? each : 0), 0) * tickMs;
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
