import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { passGate } from './script-gate.ts';

export type Staging =
  /** `file` holds the approved bytes, where nobody else can change them. `remove` never rejects for a file that has gone. */
  | { readonly kind: 'staged'; readonly file: string; readonly folder: string; remove(): Promise<void> }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'changed'; readonly sha256: string };

/**
 * Decides which bytes run: those that were looked at are copied into a folder that only we can enter, and the copy is run.
 * Whoever swaps the file in between swaps nothing.
 */
export async function stageScript(runsFolder: string, file: string, approved: string): Promise<Staging> {
  const answer = await passGate(file);
  if (answer.kind === 'refused') return answer;
  const { bytes, sha256 } = answer.script;
  if (sha256 !== approved) return { kind: 'changed', sha256 };
  await mkdir(runsFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(runsFolder, 'run-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const copy = path.join(folder, path.basename(file));
  try {
    await writeFile(copy, bytes, { mode: 0o700, flag: 'wx' });
  } catch (error) {
    await remove();
    throw error;
  }
  return { kind: 'staged', file: copy, folder, remove };
}
