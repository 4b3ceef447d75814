import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Client } from 'ssh2';

/**
 * Gives Node the session's keys as key objects. ssh2 hands over their bare bytes with every packet, and Node takes three
 * times as long to see that they are no object as it does for the packet. Of no effect where ssh2 keeps them elsewhere.
 */
export function wrapCipherKeys(client: Client): void {
  const { _protocol: protocol } = client as Client & { readonly _protocol?: unknown };
  wrap(memberOf(protocol, '_cipher'), '_encKey');
  wrap(memberOf(protocol, '_decipher'), '_decipherKey');
}

function wrap(cipher: unknown, field: '_encKey' | '_decipherKey'): void {
  const key = memberOf(cipher, field);
  if (Buffer.isBuffer(key)) (cipher as Record<typeof field, Buffer | KeyObject>)[field] = createSecretKey(key);
}

function memberOf(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? (owner as Record<string, unknown>)[name] : undefined;
}
