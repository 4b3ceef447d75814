import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<CliResult>;
}

const root = path.resolve(import.meta.dirname, '../..');

/** The CLI as a process of its own, from its sources. Nothing of the test's environment but the path reaches it. */
export function spawnCli(home: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): RunningCli {
  const child = spawn(process.execPath, [path.join(root, 'main/cli/main.ts'), ...args], {
    cwd: path.dirname(home),
    env: { PATH: process.env.PATH, HOME: path.dirname(home), VIGIL_HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended };
}

export function runCliProcess(
  home: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CliResult> {
  return spawnCli(home, args, environment).ended;
}
