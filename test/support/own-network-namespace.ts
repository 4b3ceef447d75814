import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { projectNode } from '../../scripts/project.mjs';

/** A network, mounts and process numbers of its own: what is cut there is cut nowhere else, and ends with it. */
const unshare = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];

/** Null when a program can be given a network of its own; otherwise why not. Linux, root. */
export function whyNoNetworkNamespace(): string | null {
  if (process.platform !== 'linux') return 'there are no network namespaces here';
  if (process.getuid?.() !== 0) return 'only root may make a network namespace';
  try {
    const script = 'ip link add v0 type veth peer name v1 && ip route show && test -x "$(command -v nsenter)"';
    execFileSync('unshare', [...unshare, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 });
    return null;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n').at(-1) ?? error.message) : String(error);
  }
}

/** Runs a TypeScript program in a network namespace of its own; whatever it leaves behind ends with it. Its output. */
export async function runInNetworkNamespace(
  script: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run('unshare', [...unshare, projectNode(), script, ...args], {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}
