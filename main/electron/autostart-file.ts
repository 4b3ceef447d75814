import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { VigilError } from '../contract/failure.ts';
import { type AutostartEntry, autostartEntry, type FoundEntry, judgeEntry } from './autostart-entry.ts';

/** Larger is no desktop entry. */
const largestEntry = 65_536;

/** The folder the desktop reads at login. A relative `XDG_CONFIG_HOME` counts as absent, as its specification demands. */
export function autostartFolder(environment: NodeJS.ProcessEnv, userHome: string): string {
  const { XDG_CONFIG_HOME: config } = environment;
  const base = config !== undefined && path.isAbsolute(config) ? config : path.join(userHome, '.config');
  return path.join(base, 'autostart');
}

/**
 * Puts the entry into `file`, whole or not at all, mode 0600. One that was switched off in the desktop's own settings stays
 * so unless `insist`. Throws `refused` when a file of that name is not ours, or cannot be written.
 */
export function writeAutostartEntry(file: string, entry: AutostartEntry, insist: boolean): void {
  const text = autostartEntry(entry);
  const there = found(file, entry.home);
  if (there === 'foreign') throw foreign(file);
  if (there === 'ours, switched off' && !insist) return;
  if (there === 'ours' && readFileSync(file, 'utf8') === text) return;
  const next = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(next, text, { mode: 0o600, flag: 'wx' });
    renameSync(next, file);
  } catch (cause) {
    rmSync(next, { force: true });
    throw unwritable(file, cause);
  }
}

/** Takes our entry away; one that is not ours stays and is no fault. Throws `refused` when it cannot be removed. */
export function removeAutostartEntry(file: string, home: string): void {
  const there = found(file, home);
  if (there === null || there === 'foreign') return;
  try {
    rmSync(file, { force: true });
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** Null when there is none. A link leads to a place that somebody else chose: foreign. */
function found(file: string, home: string): FoundEntry | null {
  try {
    const there = lstatSync(file, { throwIfNoEntry: false });
    if (there === undefined) return null;
    if (!there.isFile() || there.size > largestEntry) return 'foreign';
    return judgeEntry(readFileSync(file, 'utf8'), home);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

function foreign(file: string): VigilError {
  return new VigilError(
    'refused',
    `${file} was not made by Vigil and is left alone, so Vigil does not start at login.`,
    {
      hint: 'Move that file away and switch "Start at login" off and on again.',
    },
  );
}

function unwritable(file: string, cause: unknown): VigilError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new VigilError('refused', `${file} could not be changed: ${why}.`, { cause });
}
