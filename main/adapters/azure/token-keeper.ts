import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { AzureKeeping } from '../../contract/azure.ts';
import type { Log } from '../../engine/ports/log.ts';
import type { Vault } from '../../engine/ports/vault.ts';

/** Where the tokens of a sign-in outlast Vigil. What cannot be read is as if nobody were signed in. */
export interface TokenKeeper {
  read(): Promise<string | null>;
  write(text: string): Promise<void>;
  forget(): Promise<void>;
  /** Where they really are: the key store of the system may refuse. */
  kept(): Promise<AzureKeeping>;
}

export interface TokenKeeperPorts {
  readonly home: string;
  readonly vault: Vault;
  readonly log: Log;
  /** Whole or not at all, mode 0600. */
  writeFile(file: string, text: string): Promise<void>;
  /** As the settings say now. */
  keeping(): AzureKeeping;
}

const secret = 'azure-sign-in';
const mostBytes = 4 * 1024 * 1024;

export function createTokenKeeper({ home, vault, log, writeFile, keeping }: TokenKeeperPorts): TokenKeeper {
  const file = path.join(home, 'azure-sign-in.json');
  const kept = async (): Promise<AzureKeeping> => {
    const wish = keeping();
    return wish === 'vault' && (await vault.refusal()) !== null ? 'memory' : wish;
  };
  const unreadable = (error: unknown): null => {
    log.write('warn', 'azure', 'the sign-in that was kept cannot be read', { error });
    return null;
  };
  return {
    kept,
    read: async () => {
      const place = await kept();
      if (place === 'memory') return null;
      if (place === 'vault') return vault.read(secret).catch(unreadable);
      return readLimited(file).catch(unreadable);
    },
    write: async (text) => {
      const place = await kept();
      try {
        if (place === 'vault') await vault.write(secret, text);
        if (place === 'in clear on the disk') await writeFile(file, text);
      } catch (error) {
        // Signed in all the same, until Vigil ends.
        log.write('warn', 'azure', 'the sign-in cannot be kept', { error });
      }
    },
    forget: async () => {
      await vault.forget(secret);
      await rm(file, { force: true });
    },
  };
}

async function readLimited(file: string): Promise<string | null> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      return size > mostBytes ? null : await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
