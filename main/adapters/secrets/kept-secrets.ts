import { type SecretSlot, type SecretSource, secretSlots } from '../../contract/channel.ts';
import type { KeptSecrets, Secrets } from '../../engine/ports/secrets.ts';
import type { Vault } from '../../engine/ports/vault.ts';

const slots = Object.keys(secretSlots) as SecretSlot[];

/**
 * The secrets of the environment before those of the store, which are opened once, now: a channel that sends waits for no
 * key store. Never rejects: what cannot be opened is a trouble of its slot.
 */
export async function openKeptSecrets(environment: Secrets, vault: Vault): Promise<KeptSecrets> {
  const kept = new Map<SecretSlot, string>();
  const troubles = new Map<SecretSlot, string>();
  for (const slot of slots) {
    try {
      const text = await vault.read(nameOf(slot));
      if (text !== null) kept.set(slot, text);
    } catch (error) {
      troubles.set(slot, error instanceof Error ? error.message : String(error));
    }
  }
  const source = (slot: SecretSlot): SecretSource | null =>
    environment.has(slot) ? 'environment' : kept.has(slot) ? 'store' : null;
  return {
    has: (slot) => source(slot) !== null,
    read: (slot) => environment.read(slot) ?? kept.get(slot) ?? null,
    source,
    plain: environment.plain,
    refusal: () => vault.refusal(),
    trouble: (slot) => troubles.get(slot) ?? null,
    keep: async (slot, text) => {
      await vault.write(nameOf(slot), text);
      kept.set(slot, text);
      troubles.delete(slot);
    },
    forget: async (slot) => {
      const had = await vault.forget(nameOf(slot));
      kept.delete(slot);
      troubles.delete(slot);
      return had;
    },
  };
}

function nameOf(slot: SecretSlot): string {
  return `channel-${slot.replaceAll(' ', '-')}`;
}
