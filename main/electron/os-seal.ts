import { safeStorage } from 'electron';
import type { AssemblyOptions } from '../assemble.ts';

type Seal = NonNullable<AssemblyOptions['seal']>;

/** Electron's store of the operating system. Only once the app is ready: before that it knows no store. */
export function createOsSeal(platform: NodeJS.Platform): Seal {
  // Newer Electron has the calls that wait for nobody, older has only the others.
  const isNew = typeof safeStorage.encryptStringAsync === 'function';
  const store = (): string =>
    platform === 'linux' ? safeStorage.getSelectedStorageBackend() : platform === 'darwin' ? 'keychain' : 'dpapi';
  return {
    store,
    refusal: async () => {
      // Its fixed password is in the source of Chromium: whoever has the file can read it.
      if (platform === 'linux' && ['basic_text', 'unknown'].includes(store())) {
        return {
          message: 'This desktop has no key store (Secret Service or KWallet) for Vigil to keep a secret in.',
          hint: 'Install and unlock one and start Vigil again, or give the secret in the environment.',
        };
      }
      const isAvailable = isNew ? await safeStorage.isAsyncEncryptionAvailable() : safeStorage.isEncryptionAvailable();
      if (isAvailable) return null;
      return {
        message: 'The key store of this desktop is locked or does not answer.',
        hint: 'Unlock it and start Vigil again, or give the secret in the environment.',
      };
    },
    close: async (text) => (isNew ? safeStorage.encryptStringAsync(text) : safeStorage.encryptString(text)),
    open: async (sealed) => {
      const bytes = Buffer.from(sealed);
      return isNew ? (await safeStorage.decryptStringAsync(bytes)).result : safeStorage.decryptString(bytes);
    },
  };
}
