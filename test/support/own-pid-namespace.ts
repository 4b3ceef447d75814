import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { projectNode } from '../../scripts/project.mjs';

/** How a program gets process numbers of its own on this computer. */
const asRoot = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const asAnyone = ['--user', '--map-root-user', ...asRoot];
const unshare = process.getuid?.() === 0 ? asRoot : asAnyone;

/** Null when a pid namespace can be made and its numbers can be chosen; otherwise why not. Linux. */
export function whyNoPidNamespace(): string | null {
  try {
    const script = 'echo 300 > /proc/sys/kernel/ns_last_pid && sh -c "echo \\$\\$"';
    const said = execFileSync('unshare', [...unshare, 'sh', '-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 10_000,
    }).trim();
    return said === '301' ? null : `the next process got the number ${said}, not 301`;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n').at(-1) ?? error.message) : String(error);
  }
}

/** Runs a TypeScript program in a pid namespace of its own; whatever it leaves behind ends with it. Returns its output. */
export async function runInPidNamespace(script: string, args: readonly string[], timeoutMs: number): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run('unshare', [...unshare, projectNode(), script, ...args], {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}
