import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VigilError } from '../../contract/failure.ts';
import { homeMark } from './qemu-paths.ts';

/**
 * The folder that holds the sockets of one data home: in the session's runtime folder where there is one, else in `/tmp`
 * under our user id. Made 0700. Whoever owns it controls our machines, so a folder of somebody else, one that others may
 * enter, or a link in its place is refused.
 */
export async function openRuntimeBase(
  home: string,
  chosen: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const owner = process.getuid?.() ?? 0;
  const session = environment.XDG_RUNTIME_DIR;
  const root =
    chosen ??
    (session !== undefined && (await isOurs(session, owner)) ? join(session, 'vigil') : `/tmp/vigil-${owner}`);
  await makePrivateFolder(root, owner);
  const base = join(root, homeMark(home));
  await makePrivateFolder(base, owner);
  return base;
}

/** Makes it 0700 unless it is there already; refuses what others could have put there. */
export async function makePrivateFolder(path: string, owner = process.getuid?.() ?? 0): Promise<void> {
  await mkdir(path, { mode: 0o700, recursive: true });
  if (!(await isOurs(path, owner))) {
    throw new VigilError('refused', `${path} is not a private folder of this account.`, {
      hint: `Remove ${path}, or make it yours alone (mode 0700).`,
    });
  }
}

async function isOurs(path: string, owner: number): Promise<boolean> {
  try {
    const found = await lstat(path);
    return found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
