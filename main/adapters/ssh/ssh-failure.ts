import type { StepFailure } from './tcp-steps.ts';
import { cleanText } from './untrusted-text.ts';

/** Reason codes of a server's goodbye (RFC 4253, 11.1) that say something about us rather than about its health. */
const authGoodbyes = new Set([14]);
const protocolGoodbyes = new Set([2, 3, 5, 6, 7, 8, 9]);

/** What an error of ssh2 means; null for one that ends nothing (an agent that does not sign, a key that does not). */
export function sshFailure(
  error: Error & { level?: string; code?: unknown },
  stage: 'kex' | 'auth',
  where: string,
): StepFailure | null {
  const said = cleanText(error.message);
  const step = stage === 'kex' ? 'key exchange' : 'authentication';
  switch (error.level) {
    case 'agent':
    case 'client-authentication':
      return null;
    case 'client-socket':
    case 'client-timeout':
      return { finding: 'closed', reason: `The connection to ${where} broke during the ${step} (${said}).` };
    default:
      break;
  }
  if (said === 'Connection lost before handshake') {
    return { finding: 'closed', reason: `${where} closed the connection during the ${step}.` };
  }
  if (typeof error.code === 'number') {
    const reason = `${where} ended the ${step}: “${said}”.`;
    // OpenSSH says "Too many authentication failures" with the code of a protocol error.
    if (authGoodbyes.has(error.code) || (stage === 'auth' && /authentication/i.test(said)))
      return { finding: 'auth', reason };
    return { finding: protocolGoodbyes.has(error.code) ? 'protocol' : 'closed', reason };
  }
  return { finding: 'protocol', reason: `No safe session with ${where}: ${said.replace(/\.$/, '')} (${step}).` };
}
