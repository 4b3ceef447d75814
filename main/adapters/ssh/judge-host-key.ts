import { createHash } from 'node:crypto';
import type { SshTarget } from '../../engine/ports/ssh.ts';
import type { HostKeyFiles } from './host-key-files.ts';
import { type KnownHost, keyTypeOfBlob } from './known-hosts.ts';
import type { StepFailure } from './tcp-steps.ts';
import { cleanText } from './untrusted-text.ts';

/** The judgement over one connection's host key. */
export interface HostKeyJudge {
  /** The verifier: also asked at each later key exchange, where only the very same key is right. */
  accepts(failed: (failure: StepFailure) => void): (key: Buffer) => boolean;
  /**
   * Keeps a key that was taken on first use. Called when the server has proved that it holds the key and before anything is
   * said about us; a key that cannot be kept is not trusted.
   */
  remember(): Promise<StepFailure | null>;
}

export function judgeHostKey(target: SshTarget, where: string, host: KnownHost, files: HostKeyFiles): HostKeyJudge {
  let accepted: Buffer | null = null;
  let isNew = false;
  return {
    accepts: (failed) => (key) => {
      if (accepted !== null) {
        if (accepted.equals(key)) return true;
        failed({
          finding: 'host-key-changed',
          reason: `${where} showed another host key in the middle of the session.`,
        });
        return false;
      }
      const verdict = host.judge(key);
      isNew = verdict === 'unknown' && target.trustOnFirstUse;
      if (verdict === 'trusted' || isNew) {
        // A copy: ssh2 hands over a part of its receive buffer.
        accepted = Buffer.from(key);
        return true;
      }
      const shown = `${where} shows the ${cleanText(keyTypeOfBlob(key) ?? 'unreadable')} key ${fingerprint(key)}`;
      switch (verdict) {
        case 'changed':
          failed({ finding: 'host-key-changed', reason: `${shown}, but another one is known for it.` });
          return false;
        case 'revoked':
          failed({ finding: 'host-key-revoked', reason: `${shown}, which is marked as revoked.` });
          return false;
        case 'authority-only':
          failed({
            finding: 'host-key-unknown',
            reason: `${shown}; only a certificate authority is known for it, which Vigil cannot check.`,
          });
          return false;
        case 'unknown':
          failed({ finding: 'host-key-unknown', reason: `${shown}, which nobody has seen before.` });
          return false;
      }
    },
    remember: async () => {
      if (!isNew || accepted === null) return null;
      try {
        if (await files.remember(target, accepted)) return null;
        return { finding: 'host-key-changed', reason: `${where} showed two host keys to two first checks at once.` };
      } catch {
        return { finding: 'host-key-unknown', reason: `The host key of ${where} is new and could not be remembered.` };
      }
    },
  };
}

/** As `ssh-keygen -l` writes it, so that a person can compare. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
