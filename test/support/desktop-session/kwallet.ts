import { type Bus, openBus } from './bus.ts';

/**
 * A KWallet on the session bus, as Chromium asks it for the password that closes what apps keep. `entries` is what it holds,
 * by folder and key.
 */
export interface KeyWallet {
  readonly entries: ReadonlyMap<string, string>;
  /** Forgets everything, as a wallet that was made anew. */
  empty(): void;
  close(): Promise<void>;
}

const name = 'org.kde.kwalletd5';
const handle = 1;

export async function openKeyWallet(): Promise<KeyWallet> {
  const entries = new Map<string, string>();
  const folders = new Set<string>();
  const bus: Bus = await openBus(({ interface: interfaceName, member, body }) => {
    if (interfaceName !== 'org.kde.KWallet') return null;
    const [, folder, key, value] = body.map(String);
    const entry = `${folder}/${key}`;
    switch (member) {
      case 'isEnabled':
        return { signature: 'b', body: [true] };
      case 'networkWallet':
        return { signature: 's', body: ['kdewallet'] };
      case 'open':
        return { signature: 'i', body: [handle] };
      case 'hasFolder':
        return { signature: 'b', body: [folders.has(String(folder))] };
      case 'createFolder':
        folders.add(String(folder));
        return { signature: 'b', body: [true] };
      case 'hasEntry':
        return { signature: 'b', body: [entries.has(entry)] };
      case 'entryType':
        // A password.
        return { signature: 'i', body: [entries.has(entry) ? 1 : 0] };
      case 'readPassword':
        return { signature: 's', body: [entries.get(entry) ?? ''] };
      case 'writePassword':
        entries.set(entry, String(value));
        return { signature: 'i', body: [0] };
      case 'close':
        return { signature: 'i', body: [0] };
      default:
        return null;
    }
  });
  await bus.own(name);
  return {
    entries,
    empty: () => entries.clear(),
    close: async () => {
      await bus.release(name);
      bus.close();
    },
  };
}
