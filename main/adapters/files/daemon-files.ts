import { access, constants, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { LifecycleConfig } from '../../contract/lifecycle.ts';
import { type LogLevel, logLevels } from '../../engine/ports/log.ts';
import { writeFileDurably } from './write-file-durably.ts';

/** Where the engine says that it runs and what it does, as `[daemon]` has it. */
export interface DaemonFiles {
  readonly pidFile: string;
  readonly logFile: string;
  readonly logLevel: LogLevel;
  /** Sentences about what of it cannot be had. */
  readonly faults: readonly string[];
}

export interface DaemonFilesOptions {
  /** The data home, absolute. */
  readonly home: string;
  readonly daemon: LifecycleConfig['daemon'];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const levels: Readonly<Record<LifecycleConfig['daemon']['log_level'], LogLevel>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
};

/** Names the log that is written now, for whoever reads it while no engine answers. */
export const logPointer = 'logs/log-file';

/**
 * Resolves `~` and relative paths, which begin at the data home, and tries whether the files can be written. What cannot
 * be had falls back to its place in the data home, with a sentence; never rejects.
 */
export async function findDaemonFiles({ home, daemon, environment }: DaemonFilesOptions): Promise<DaemonFiles> {
  const faults: string[] = [];
  const usable = async (key: string, wanted: string | undefined, usual: string): Promise<string> => {
    if (wanted === undefined) return usual;
    const file = resolved(wanted, home, environment.HOME);
    const why = await faultOf(file);
    if (why === null) return file;
    faults.push(`${key} of [daemon] cannot be used: ${file} ${why}; ${usual} is used instead.`);
    return usual;
  };
  const pidFile = await usable('pid_file', daemon.pid_file, path.join(home, 'engine.pid'));
  const logFile = await usable('log_file', daemon.log_file, path.join(home, 'logs', 'vigil.log'));
  await writeFileDurably(path.join(home, logPointer), `${logFile}\n`).catch((error: unknown) => {
    faults.push(error instanceof Error ? error.message : String(error));
  });
  const asked = environment.VIGIL_LOG_LEVEL?.toLowerCase() ?? '';
  const logLevel = logLevels.find((level) => level === asked || (level === 'warn' && asked === 'warning'));
  return { pidFile, logFile, logLevel: logLevel ?? levels[daemon.log_level], faults };
}

function resolved(text: string, home: string, personHome: string | undefined): string {
  if (personHome !== undefined && (text === '~' || text.startsWith('~/'))) return path.join(personHome, text.slice(1));
  return path.resolve(home, text);
}

/** Step by step: Node's own way of making several folders at once never comes back below /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST') return;
    const above = path.dirname(folder);
    if (code !== 'ENOENT' || above === folder) throw error;
    if (
      await access(above).then(
        () => true,
        () => false,
      )
    )
      throw error;
    await makeFolder(above);
    await mkdir(folder, { mode: 0o700 });
  }
}

/** Why a file cannot be written; null when it can. */
async function faultOf(file: string): Promise<string | null> {
  try {
    await makeFolder(path.dirname(file));
    await access(path.dirname(file), constants.W_OK);
    // A pipe must not keep us waiting, and what is no file is no place for lines.
    const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
    try {
      if (!(await handle.stat()).isFile()) return 'is no file';
    } finally {
      await handle.close();
    }
    return null;
  } catch (error) {
    return `cannot be written (${error instanceof Error && 'code' in error ? String(error.code) : String(error)})`;
  }
}
