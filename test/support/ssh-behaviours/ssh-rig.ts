import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerConfig } from 'ssh2';
import type { SshTarget } from '../../../main/engine/ports/ssh.ts';
import { type KeyPair, makeKeyPair } from '../sshd.ts';

/** Keys, a known_hosts file that speaks about them, and how servers and clients of a test use them. */
export interface SshRig {
  readonly folder: string;
  /** Known for every port of 127.0.0.1, ::1 and localhost. */
  readonly hostKey: KeyPair;
  /** Known for `another-host`, marked as revoked for `revoked-host`, an authority for `authority-host`. */
  readonly otherKey: KeyPair;
  /** Known nowhere. */
  readonly ecdsaKey: KeyPair;
  readonly clientKey: KeyPair;
  readonly knownHosts: string;
  target(port: number): SshTarget;
  /** Of a server that shows the known host key. */
  config(changes?: Partial<ServerConfig>): ServerConfig;
  dispose(): void;
}

export function makeSshRig(): SshRig {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigil-bad-ssh-'));
  const hostKey = makeKeyPair(folder, 'host');
  const otherKey = makeKeyPair(folder, 'other');
  const ecdsaKey = makeKeyPair(folder, 'ecdsa', 'ecdsa');
  const clientKey = makeKeyPair(folder, 'client');
  const knownHosts = path.join(folder, 'known');
  const lines = [
    `[127.0.0.1]:*,[::1]:*,[localhost]:* ${hostKey.publicLine}`,
    `another-host ${otherKey.publicLine}`,
    `@revoked revoked-host ${otherKey.publicLine}`,
    `@cert-authority authority-host ${otherKey.publicLine}`,
  ];
  writeFileSync(knownHosts, `${lines.join('\n')}\n`);
  return {
    folder,
    hostKey,
    otherKey,
    ecdsaKey,
    clientKey,
    knownHosts,
    target: (port) => ({
      host: '127.0.0.1',
      port,
      user: 'someone',
      keyFile: clientKey.file,
      hostKeyAlias: null,
      trustOnFirstUse: false,
    }),
    config: (changes = {}) => ({ hostKeys: [readFileSync(hostKey.file)], ...changes }),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
