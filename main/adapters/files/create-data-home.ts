import { chmod, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { VigilError } from '../../contract/failure.ts';

const folders = ['machines', 'logs'];
/** Any of these says that a folder is one of ours already. */
const marks = [
  'settings.toml',
  'lifecycle-config.toml',
  'alert_rules.yaml',
  'machines',
  'logs',
  'state.db',
  'engine.lock',
  'electron',
];

export interface DataHome {
  /** Without links on the way. */
  readonly path: string;
  /** Sentences about what was put right. */
  readonly remarks: readonly string[];
}

/**
 * Makes the data home and what lies in it, mode 0700. One that others may read is closed, and that is said. Throws
 * `refused`, and changes nothing, for a home that belongs to someone else, is no folder, or plainly holds other things.
 */
export async function createDataHome(home: string): Promise<DataHome> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = codeOf(error);
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'it is not a folder' : `the system says ${code}`;
    throw new VigilError('refused', `The data home ${home} cannot be made: ${why}.`, {
      hint: 'Choose another one with --home.',
      cause: error,
    });
  }
  const remarks = [...(await closeFolder(home, true))];
  for (const name of folders) {
    const folder = path.join(home, name);
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw new VigilError('refused', `${folder} cannot be made: the system says ${codeOf(error)}.`, { cause: error });
    });
    remarks.push(...(await closeFolder(folder, false)));
  }
  return { path: await realpath(home), remarks };
}

async function closeFolder(folder: string, isHome: boolean): Promise<readonly string[]> {
  // Through links: what counts is who owns the place that is really used.
  const found = await stat(folder);
  if (!found.isDirectory()) throw new VigilError('refused', `${folder} is not a folder.`);
  const self = process.getuid?.();
  if (self !== undefined && found.uid !== self) {
    throw new VigilError('refused', `${folder} belongs to another account (uid ${found.uid}).`, {
      hint: 'Choose another data home with --home, or run Vigil as that account.',
    });
  }
  if (process.platform === 'win32' || (found.mode & 0o077) === 0) return [];
  if (isHome) await refuseForeign(folder);
  await chmod(folder, 0o700);
  return [`${folder} could be read by others (mode ${(found.mode & 0o777).toString(8)}); it is closed now (700).`];
}

/** `--home /tmp` must not take everybody's folder away from them. */
async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length === 0 || names.some((name) => marks.includes(name))) return;
  throw new VigilError('refused', `${folder} is open to others and holds other things; it is no data home of Vigil.`, {
    hint: 'Choose an empty folder with --home.',
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
