import { chmod, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { VigilError } from '../../contract/failure.ts';
import type { Vault, VaultRefusal } from '../../engine/ports/vault.ts';
import type { Seal } from './seal.ts';

export interface SealedFilesOptions {
  /** Made with the first secret, mode 0700. */
  readonly folder: string;
  /** Null in an engine without an app: the store of the desktop is reached through the app alone. */
  readonly seal: Seal | null;
  /** Whole or not at all, mode 0600. */
  writeFile(file: string, text: string): Promise<void>;
}

const names = /^[a-z0-9][a-z0-9-]{0,63}$/;
const mostCharacters = 1024 * 1024;
/** The longest text, closed and in base 64. */
const mostBytes = 8 * 1024 * 1024;
const sealMs = 20_000;

const SealedFile = z.strictObject({ version: z.literal(1), store: z.string(), sealed: z.string() });

const withoutApp: VaultRefusal = {
  message: 'This engine runs without the app, and the key store of the desktop is reached through the app alone.',
  hint: 'End it with `vigil lifecycle daemon stop` and open Vigil, or give the secret in the environment.',
};

/** A file for each secret. One that is broken, or that another store closed, costs itself and no other. */
export function createSealedFiles({ folder, seal, writeFile }: SealedFilesOptions): Vault {
  /** One after the other, so that the last word stays. */
  let working: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = working.then(work);
    working = done.catch(() => undefined);
    return done;
  };
  const refusal = async (): Promise<VaultRefusal | null> => {
    if (seal === null) return withoutApp;
    return withinLimit(seal.refusal()).catch(() => ({
      message: 'The key store of this desktop does not answer.',
      hint: 'Unlock it and try again, or give the secret in the environment.',
    }));
  };
  const fileOf = (name: string): string => {
    if (!names.test(name)) throw new VigilError('bad-input', 'This is no name of a secret.');
    return path.join(folder, `${name}.json`);
  };

  return {
    refusal,
    read: (name) =>
      inTurn(async () => {
        const file = fileOf(name);
        const text = await readLimited(file);
        if (text === null) return null;
        const kept = parse(text);
        if (kept === null) throw unreadable(file, 'it is damaged');
        if (seal === null) throw unreadable(file, 'only the app can open it');
        if (kept.store !== seal.store()) throw unreadable(file, `the store ${kept.store} closed it`);
        const refused = await refusal();
        if (refused !== null) throw new VigilError('refused', refused.message, { hint: refused.hint });
        return await withinLimit(seal.open(Buffer.from(kept.sealed, 'base64'))).catch(() => {
          // The system's own words may hold parts of what it was given.
          throw unreadable(file, 'the key of this desktop does not fit');
        });
      }),
    write: (name, text) =>
      inTurn(async () => {
        const file = fileOf(name);
        if (text.length > mostCharacters) throw new VigilError('bad-input', 'A secret has at most 1 MiB.');
        const refused = await refusal();
        if (refused !== null || seal === null) {
          const { message, hint } = refused ?? withoutApp;
          throw new VigilError('refused', message, { hint });
        }
        const sealed = await withinLimit(seal.close(text)).catch(() => {
          throw new VigilError(
            'refused',
            'The key store of this desktop did not close the secret; nothing was written.',
          );
        });
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const content = { version: 1, store: seal.store(), sealed: Buffer.from(sealed).toString('base64') };
        await writeFile(file, `${JSON.stringify(content)}\n`);
      }),
    forget: (name) =>
      inTurn(async () => {
        const file = fileOf(name);
        try {
          await rm(file);
          return true;
        } catch (error) {
          if (codeOf(error) === 'ENOENT') return false;
          throw new VigilError('refused', `${file} could not be removed.`, { cause: error });
        }
      }),
  };
}

async function readLimited(file: string): Promise<string | null> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size, mode } = await handle.stat();
      if (size > mostBytes) throw unreadable(file, 'it is damaged');
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(file, 0o600);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error instanceof VigilError ? error : unreadable(file, `the system says ${codeOf(error)}`);
  }
}

function parse(text: string): z.infer<typeof SealedFile> | null {
  try {
    return SealedFile.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function unreadable(file: string, why: string): VigilError {
  return new VigilError('refused', `The secret in ${file} cannot be opened: ${why}.`, {
    hint: 'Set it again, or give it in the environment.',
  });
}

/** A store may ask the person for a password, and wait for as long as it takes. */
async function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new VigilError('timeout', 'The key store did not answer in time.')), sealMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
