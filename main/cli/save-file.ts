import { randomBytes } from 'node:crypto';
import { chmod, copyFile, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { VigilError } from '../contract/failure.ts';

/** Saves a file of the user's, mode 0600: there is the old one or the whole new one. Rejects with `refused`. */
export async function saveFile(file: string, content: Uint8Array | { readonly copyOf: string }): Promise<void> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    if ('copyOf' in content) {
      await copyFile(content.copyOf, draft);
      await chmod(draft, 0o600);
    } else {
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VigilError('refused', `${file} could not be written: ${why}.`, { cause });
  }
}
