import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const settle = { everyMs: 500, readings: 4, within: 0.01, limitMs: 20_000 } as const;

/** Memory of a process and everything it started, in MiB, once it has stopped changing. Shared pages count by their share. Linux. */
export function settledMemoryMib(pid: number): Promise<number> {
  return settled(() => treeMemoryMib(pid));
}

/** The same of the process alone. */
export function settledOwnMemoryMib(pid: number): Promise<number> {
  return settled(() => ownMemoryMib(pid));
}

async function settled(memoryMib: () => number): Promise<number> {
  const deadline = performance.now() + settle.limitMs;
  const recent: number[] = [];
  for (;;) {
    recent.push(memoryMib());
    if (recent.length > settle.readings) recent.shift();
    const calm = Math.max(...recent) - Math.min(...recent) <= settle.within * Math.max(...recent);
    if ((recent.length === settle.readings && calm) || performance.now() > deadline) return recent.at(-1) ?? 0;
    await pause(settle.everyMs);
  }
}

function treeMemoryMib(pid: number): number {
  return ownMemoryMib(pid) + childrenOf(pid).reduce((sum, child) => sum + treeMemoryMib(child), 0);
}

function ownMemoryMib(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

function childrenOf(pid: number): readonly number[] {
  return threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty for a process that ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
