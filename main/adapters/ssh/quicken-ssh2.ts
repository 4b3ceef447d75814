import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Client, ParsedKey } from 'ssh2';

/**
 * Two ways of ssh2 that cost time and that it has no option for. They are changed where ssh2 keeps them in its version 1;
 * where it should keep them elsewhere, nothing is changed and only the time is lost.
 */
export function quickenSsh2(client: Client): void {
  const protocol = () => memberOf(client, '_protocol');
  client.once('handshake', () => signAtOnce(protocol()));
  // Told of every later exchange of keys, too.
  client.on('handshake', () => {
    wrapKey(memberOf(protocol(), '_cipher'), '_encKey');
    wrapKey(memberOf(protocol(), '_decipher'), '_decipherKey');
  });
}

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;
type OfferKey = (user: string, key: ParsedKey | string | Buffer, algorithm?: string, sign?: Sign) => void;

/**
 * Offers a key with its signature. ssh2 asks beforehand whether the key would do, and OpenSSH's server lets whoever asks
 * wait for some hundredth of a second.
 */
function signAtOnce(protocol: unknown): void {
  const own = memberOf(protocol, 'authPK');
  if (typeof own !== 'function') return;
  const offer: OfferKey = own.bind(protocol);
  const withSignature: OfferKey = (user, key, algorithm, sign) => {
    // An RSA key leaves a choice of signatures, and only ssh2 knows what the server takes.
    if (sign !== undefined || algorithm !== undefined || !canSign(key)) return offer(user, key, algorithm, sign);
    offer(user, key, algorithm, (data, done) => {
      const signature = key.sign(data);
      if (signature instanceof Error) offer(user, key);
      else done(signature);
    });
  };
  (protocol as { authPK: OfferKey }).authPK = withSignature;
}

function canSign(key: ParsedKey | string | Buffer): key is ParsedKey {
  return typeof key === 'object' && 'isPrivateKey' in key && key.isPrivateKey() && key.type !== 'ssh-rsa';
}

/**
 * Gives Node the session's keys as key objects. ssh2 hands over their bare bytes with every packet, and Node takes three
 * times as long to see that they are no object as it does for the packet.
 */
function wrapKey(cipher: unknown, field: '_encKey' | '_decipherKey'): void {
  const key = memberOf(cipher, field);
  if (Buffer.isBuffer(key)) (cipher as Record<typeof field, Buffer | KeyObject>)[field] = createSecretKey(key);
}

function memberOf(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? (owner as Record<string, unknown>)[name] : undefined;
}
