import { stat } from 'node:fs/promises';
import type { Processes } from '../../engine/ports/processes.ts';

/** The QEMU that is installed here. */
export interface QemuProgram {
  readonly path: string;
  readonly version: string;
  /** Versioned name of the machine type `pc`. */
  readonly machineType: string;
  /** Every machine type it knows, by its name in the list. */
  readonly machineTypes: readonly string[];
  /** Changes when another QEMU takes its place. */
  readonly mark: string;
}

export const qemuProgramName = 'qemu-system-x86_64';

/** Finds QEMU and asks it who it is; null when it or `qemu-img` is missing. Asked again only when the file changed. */
export function createQemuFinder(processes: Processes): () => Promise<QemuProgram | null> {
  let known: Promise<QemuProgram> | null = null;
  let knownMark = '';
  return async () => {
    const [path, image] = await Promise.all([processes.find(qemuProgramName), processes.find('qemu-img')]);
    if (path === null || image === null) return null;
    const file = await stat(path);
    const mark = `${path} ${file.mtimeMs} ${file.size}`;
    if (known === null || mark !== knownMark) {
      knownMark = mark;
      const asked = ask(processes, path, mark);
      known = asked;
      asked.catch(() => {
        if (known === asked) known = null;
      });
    }
    return known;
  };
}

async function ask(processes: Processes, path: string, mark: string): Promise<QemuProgram> {
  const [version, machines] = await Promise.all([
    processes.run(path, ['--version'], { timeoutMs: 10_000 }),
    processes.run(path, ['-machine', 'help'], { timeoutMs: 10_000 }),
  ]);
  return {
    path,
    mark,
    version: parseVersion(version.stdout),
    machineType: parseMachineType(machines.stdout),
    machineTypes: parseMachineTypes(machines.stdout),
  };
}

/** `7.2.22` from the first line of `--version`. */
export function parseVersion(text: string): string {
  return /version (\d+(?:\.\d+)+)/.exec(text)?.[1] ?? 'unknown';
}

/** What `pc` stands for in this QEMU. */
export function parseMachineType(text: string): string {
  return /^pc\s.*\(alias of (\S+)\)\s*$/m.exec(text)?.[1] ?? 'pc';
}

/** The first word of each line of the list. */
export function parseMachineTypes(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /^([a-z][\w.-]*)\s{2,}\S/.exec(line)?.[1] ?? []);
}

/** What a person types to get QEMU. */
export function installAdvice(platform: string): string {
  return platform === 'darwin' ? 'brew install qemu' : 'sudo apt-get install qemu-system-x86 qemu-utils';
}
