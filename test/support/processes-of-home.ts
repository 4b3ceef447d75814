import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from './eventually.ts';

export interface HomeProcess {
  readonly pid: number;
  readonly commandLine: readonly string[];
}

/** Every process whose command line names this data home or something in it. Linux. */
export function processesOfHome(home: string): readonly HomeProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), commandLine: commandLineOf(name) }))
    .filter(({ pid, commandLine }) => pid !== process.pid && commandLine.some((part) => names(part, home)));
}

/** The virtual machines of this data home. */
export function machineProcessesOf(home: string): readonly HomeProcess[] {
  return processesOfHome(home).filter(({ commandLine }) => /(^|\/)qemu-system-/.test(commandLine[0] ?? ''));
}

/** For the end of a test: nothing that belongs to this home goes on running. */
export async function killProcessesOfHome(home: string): Promise<void> {
  await eventually(`no process of ${home}`, () => {
    const left = processesOfHome(home);
    for (const { pid } of left) kill(pid);
    return left.length === 0;
  });
}

function names(part: string, home: string): boolean {
  const at = part.indexOf(home);
  return at >= 0 && !/[\w-]/.test(part[at + home.length] ?? '');
}

function commandLineOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It ended meanwhile.
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
