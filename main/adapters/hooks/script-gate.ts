import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ScriptExamination } from '../../engine/ports/hook-scripts.ts';

/**
 * May this file be run on somebody's behalf? Only when nobody else could have put it there or changed it: the rules of
 * OpenSSH's StrictModes, for the file, for every folder above it, and again for where a link leads.
 */

export const largestScriptBytes = 1024 * 1024;

export interface GatedScript {
  readonly bytes: Buffer;
  readonly sha256: string;
}

export type GateAnswer =
  | { readonly kind: 'open'; readonly script: GatedScript }
  | { readonly kind: 'refused'; readonly reason: string };

export async function examineScript(file: string): Promise<ScriptExamination> {
  const answer = await passGate(file);
  return answer.kind === 'open' ? { kind: 'sound', sha256: answer.script.sha256 } : answer;
}

/** Reads the script through the descriptor that was examined, so that what is answered is what was looked at. */
export async function passGate(file: string): Promise<GateAnswer> {
  if (!path.isAbsolute(file)) return refused(`${file} is not an absolute path.`);
  if (path.normalize(file) !== file) return refused(`${file} is not in its plain form; write ${path.normalize(file)}.`);
  if (/\.(bat|cmd)$/i.test(file)) return refused(`${file} is a batch file, whose arguments cannot be kept safe.`);
  try {
    const above = await faultAbove(file);
    if (above !== null) return refused(above);
    const real = await realpath(file);
    if (real !== file) {
      const beyond = await faultAbove(real);
      if (beyond !== null) return refused(`${file} leads to ${real}: ${beyond}`);
    }
    // A link put in its place after the look above leads nowhere, and a pipe does not keep us waiting.
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await examineOpened(real, handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return refused(sentenceOf(file, error));
  }
}

async function examineOpened(file: string, handle: FileHandle): Promise<GateAnswer> {
  const found = await handle.stat();
  const fault = faultOfFile(file, found);
  if (fault !== null) return refused(fault);
  const bytes = await handle.readFile();
  if (bytes.length > largestScriptBytes) return refused(`${file} is larger than 1 MiB.`);
  return { kind: 'open', script: { bytes, sha256: createHash('sha256').update(bytes).digest('hex') } };
}

function faultOfFile(file: string, found: Stats): string | null {
  if (!found.isFile()) return `${file} is not a regular file.`;
  if (!isTrusted(found.uid)) return `${file} belongs to another user (${found.uid}).`;
  if ((found.mode & 0o022) !== 0) return `Others may change ${file}; run: chmod go-w ${file}`;
  if ((found.mode & 0o6000) !== 0) return `${file} takes another's rights when it runs (setuid or setgid).`;
  if ((found.mode & 0o100) === 0) return `${file} is not executable; run: chmod u+x ${file}`;
  if (found.size > largestScriptBytes) return `${file} is larger than 1 MiB.`;
  if (found.size === 0) return `${file} is empty.`;
  return null;
}

/** Why a folder above the file cannot be trusted; null when every one of them can. */
async function faultAbove(file: string): Promise<string | null> {
  const { root } = path.parse(file);
  const parts = path.dirname(file).slice(root.length).split(path.sep).filter(Boolean);
  let folder = root;
  for (const part of ['', ...parts]) {
    folder = part === '' ? root : path.join(folder, part);
    const link = await lstat(folder);
    if (!isTrusted(link.uid)) return `The folder ${folder} belongs to another user (${link.uid}).`;
    const found = link.isSymbolicLink() ? await stat(folder) : link;
    if (!found.isDirectory()) return `${folder} is not a folder.`;
    if (!isTrusted(found.uid)) return `The folder ${folder} belongs to another user (${found.uid}).`;
    // In a sticky folder of the system, like /tmp, nobody can replace what belongs to another.
    const isSticky = (found.mode & 0o1000) !== 0 && found.uid === 0;
    if ((found.mode & 0o022) !== 0 && !isSticky)
      return `Others may change the folder ${folder}; run: chmod go-w ${folder}`;
  }
  return null;
}

function isTrusted(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.();
}

function refused(reason: string): GateAnswer & { readonly kind: 'refused' } {
  return { kind: 'refused', reason };
}

function sentenceOf(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
      return `${file} is not there.`;
    case 'ENOTDIR':
      return `Part of the path ${file} is not a folder.`;
    case 'EACCES':
    case 'EPERM':
      return `${file} may not be read by this account.`;
    case 'ELOOP':
      return `${file} is a link that leads nowhere.`;
    default:
      return `${file} cannot be read.`;
  }
}
