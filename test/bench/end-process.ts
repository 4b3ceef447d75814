import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How long a program may take to end in order. */
const patienceMs = 10_000;

/** Asks a program to end, insists when it does not, and comes back when it is gone. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const insist = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.kill(signal);
  await gone;
  clearTimeout(insist);
}
