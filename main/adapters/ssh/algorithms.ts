import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

/**
 * What we offer. No SHA-1, no CBC, no DSA. No ChaCha20-Poly1305 either: it is what Terrapin breaks where a server does not
 * know the strict exchange (which ssh2 always offers), and every server that has it has AES in counter mode too.
 */
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Host key types that are known for the host come first, so that a server with several keys shows one we can judge. */
export function offeredAlgorithms(knownKeyTypes: ReadonlySet<string>): Algorithms {
  const known = hostKeyAlgorithms.filter((algorithm) => knownKeyTypes.has(keyTypeOf(algorithm)));
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group14-sha256',
    ],
    serverHostKey: [...known, ...hostKeyAlgorithms.filter((algorithm) => !known.includes(algorithm))],
    cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
    hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  };
}

function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}
