import type { SecretSlot } from '../../main/contract/channel.ts';
import type { KeptSecrets } from '../../main/engine/ports/secrets.ts';
import type { VaultRefusal } from '../../main/engine/ports/vault.ts';

/** Secrets kept in memory, as a key store would, unless it refuses. */
export function memorySecrets(refusal: VaultRefusal | null = null): KeptSecrets {
  const kept = new Map<SecretSlot, string>();
  return {
    has: (slot) => kept.has(slot),
    read: (slot) => kept.get(slot) ?? null,
    source: (slot) => (kept.has(slot) ? 'store' : null),
    plain: {},
    refusal: async () => refusal,
    trouble: () => null,
    keep: async (slot, text) => void kept.set(slot, text),
    forget: async (slot) => kept.delete(slot),
  };
}
