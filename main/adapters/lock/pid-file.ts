import { readFile, rm } from 'node:fs/promises';

/** The engine's process number, for scripts that look for it. The lock, not this file, tells who owns the data home. */
export interface PidFileOptions {
  /** Absolute. */
  readonly file: string;
  readonly pid: number;
  /** Writes a file whole, mode 0600. */
  readonly writeFile: (file: string, text: string) => Promise<void>;
}

/** Rejects with `refused` when it cannot be written. The result removes it, unless it names another process by then. */
export async function writePidFile({ file, pid, writeFile }: PidFileOptions): Promise<() => Promise<void>> {
  const text = `${pid}\n`;
  await writeFile(file, text);
  return async () => {
    if ((await readFile(file, 'utf8').catch(() => '')) === text) await rm(file, { force: true });
  };
}
